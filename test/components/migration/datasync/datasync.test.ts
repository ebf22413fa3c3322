import assert from "node:assert/strict";
import {
  DataLake,
  DataSyncTransfer,
  EncryptionKey,
  NotificationTopic,
  type DataSyncTransferArgs,
  type TransferLocation,
} from "../../../../components";
import { halfAnHourLater, isHourlyAtMost } from "../../../../components/migration/datasync/schedule";
import { record, type Recording } from "../../../support/harness";

const AGENT = "arn:aws:datasync:eu-central-1:123456789012:agent/agent-0123456789abcdef0";
const SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:share-AbCdEf";
const GROUP = "arn:aws:ec2:eu-central-1:123456789012:security-group/sg-1";
const NFS: TransferLocation = { kind: "nfs", host: "files.example.com", path: "/export", agentArns: [AGENT] };
const SMB: TransferLocation = {
  kind: "smb",
  host: "files.example.com",
  path: "/share",
  secretArn: SECRET,
  agentArns: [AGENT],
};

type Changes = Partial<Omit<DataSyncTransferArgs, "key" | "destination">> & { readonly to?: TransferLocation };

const make = ({ to, ...changes }: Changes = {}): Promise<Recording> =>
  record(() => {
    const key = new EncryptionKey("lake", { description: "Lake" });
    const lake = new DataLake("lake", { key });
    const alerts = new NotificationTopic("alerts", { key });
    new DataSyncTransfer("files", {
      key,
      alerts,
      source: NFS,
      destination: to ?? { kind: "s3", bucket: lake.zones.raw, prefix: "files/" },
      reports: { bucket: lake.zones.artifacts },
      ...changes,
    });
  });

describe("DataSyncTransfer", () => {
  it("keeps owners, permissions and times between file systems and S3", async () => {
    const { options } = (await make()).one("datasync/task:Task").inputs;
    assert.deepEqual(
      [options.uid, options.gid, options.posixPermissions, options.mtime, options.securityDescriptorCopyFlags],
      ["INT_VALUE", "INT_VALUE", "PRESERVE", "PRESERVE", "NONE"],
    );
  });

  it("keeps Windows' permissions between Windows shares, and asks nothing of S3 that it does not have", async () => {
    const windows: TransferLocation = {
      kind: "fsxWindows",
      fileSystemArn: "arn:aws:fsx:::fs",
      securityGroupArns: [GROUP],
      secretArn: SECRET,
    };
    const both = (await make({ source: SMB, to: windows })).one("datasync/task:Task").inputs.options;
    assert.deepEqual([both.securityDescriptorCopyFlags, both.uid], ["OWNER_DACL", "NONE"]);
    const toS3 = (await make({ source: SMB })).one("datasync/task:Task").inputs.options;
    assert.deepEqual([toS3.securityDescriptorCopyFlags, toS3.uid, toS3.posixPermissions], ["NONE", "NONE", "NONE"]);
  });

  it("limits bandwidth in bytes, or not at all", async () => {
    const of = async (bandwidthMiBps?: number): Promise<number> =>
      (await make({ options: { bandwidthMiBps } })).one("datasync/task:Task").inputs.options.bytesPerSecond;
    assert.equal(await of(100), 104_857_600);
    assert.equal(await of(), -1);
  });

  it("lets a source be read, and a destination written, nothing else of the bucket", async () => {
    const recording = await make();
    const destination = recording.one("iam/rolePolicy:RolePolicy", "files-destination-role-policy");
    const objects = recording
      .statements(destination)
      .filter(({ Action }) => Action.some((action) => /^s3:(Get|Put|Delete)Object$/.test(action)));
    assert.ok(objects.length > 0);
    for (const { Resource } of objects) {
      for (const arn of Resource) assert.match(arn, /lake-raw-bucket-\w+\/files\/\*$/);
    }
  });

  it("brings back what is new, half an hour later, without ever overwriting or removing", async () => {
    const recording = await make({ bidirectional: true, schedule: "cron(15 * * * ? *)" });
    const there = recording.one("datasync/task:Task", "files-task").inputs;
    const back = recording.one("datasync/task:Task", "files-return-task").inputs;
    assert.deepEqual(
      [back.sourceLocationArn, back.destinationLocationArn],
      [there.destinationLocationArn, there.sourceLocationArn],
    );
    assert.deepEqual([there.options.overwriteMode, back.options.overwriteMode], ["ALWAYS", "NEVER"]);
    assert.deepEqual([back.options.preserveDeletedFiles, back.options.transferMode], ["PRESERVE", "CHANGED"]);
    assert.deepEqual(
      [there.schedule.scheduleExpression, back.schedule.scheduleExpression],
      ["cron(15 * * * ? *)", "cron(45 * * * ? *)"],
    );
  });

  it("takes a share's password from its secret, and keeps it secret", async () => {
    const recording = await make({ source: SMB });
    const location = recording.one("datasync/locationSmb:LocationSmb");
    assert.ok(location.propertyDependencies.password?.some((urn) => urn.includes("aws:secretsmanager/secret:Secret")));
    assert.equal(location.inputs.user, "username-of-secret");
    assert.doesNotMatch(JSON.stringify(location.inputs.user), /password/);
  });

  it("reaches shares through agents it activates", async () => {
    const recording = await make({
      source: { kind: "nfs", host: "files.example.com", path: "/export" },
      agents: { plant: { ipAddress: "10.0.0.9" } },
    });
    const agent = recording.one("datasync/agent:Agent", "files-plant-agent");
    const { onPremConfig } = recording.one("datasync/nfsLocation:NfsLocation").inputs;
    assert.deepEqual(onPremConfig.agentArns, [agent.state.arn]);
  });

  it("tells of runs that fail, of these tasks only", async () => {
    const recording = await make({ bidirectional: true });
    const pattern = JSON.parse(recording.one("cloudwatch/eventRule:EventRule").inputs.eventPattern);
    assert.deepEqual(pattern.detail, { State: ["ERROR"] });
    assert.deepEqual(
      pattern.resources.map(({ prefix }: { prefix: string }) => prefix).sort(),
      recording
        .all("datasync/task:Task")
        .map(({ state }) => state.arn as string)
        .sort(),
    );
  });

  it("makes every kind of location", async () => {
    const vpc = { fileSystemArn: "arn:aws:fsx:::fs", securityGroupArns: [GROUP] };
    const ends: [TransferLocation, string][] = [
      [{ kind: "efs", ...vpc, subnetArn: "arn:aws:ec2:::subnet/s" }, "datasync/efsLocation:EfsLocation"],
      [{ kind: "fsxLustre", ...vpc }, "datasync/locationFsxLustre:LocationFsxLustre"],
      [{ kind: "fsxOpenZfs", ...vpc }, "datasync/fsxOpenZfsFileSystem:FsxOpenZfsFileSystem"],
      [
        { kind: "fsxOntapNfs", storageVirtualMachineArn: "arn:aws:fsx:::svm", securityGroupArns: [GROUP] },
        "datasync/locationFsxOntapFileSystem:LocationFsxOntapFileSystem",
      ],
      [
        { kind: "objectStorage", host: "minio.example.com", bucketName: "b", secretArn: SECRET },
        "datasync/locationObjectStorage:LocationObjectStorage",
      ],
    ];
    for (const [to, type] of ends) assert.equal((await make({ to })).all(type).length, 1, type);
  });

  const refused: [string, Changes, RegExp][] = [
    [
      "a schedule of five minutes",
      { schedule: "rate(5 minutes)" },
      /schedule is "rate\(5 minutes\)"; allowed: once an hour or slower/,
    ],
    ["a schedule of every minute", { schedule: "cron(* * * * ? *)" }, /schedule is "cron\(\* /],
    ["a schedule of two minutes an hour", { schedule: "cron(0,30 * * * ? *)" }, /schedule is "cron\(0,30/],
    [
      "a share without an agent",
      { source: { kind: "nfs", host: "h", path: "/e" } },
      /source\.agentArns is \[\]; allowed: one at least/,
    ],
    [
      "a folder without its slash",
      { source: { ...NFS, path: "export" } as TransferLocation },
      /source\.path is "export"/,
    ],
    [
      "more than an agent moves",
      { options: { bandwidthMiBps: 1193 } },
      /options\.bandwidthMiBps is 1193; allowed: a whole number from 1 to 1192/,
    ],
    [
      "removing without comparing",
      { options: { transfer: "all", deleted: "remove" } },
      /options\.deleted is "remove"; allowed: keep, with transfer/,
    ],
    [
      "removing in both directions",
      { bidirectional: true, options: { deleted: "remove" } },
      /options\.deleted is "remove"; allowed: keep, when bidirectional/,
    ],
    [
      "both directions without times",
      { bidirectional: true, options: { metadata: "discard" } },
      /options\.metadata is "discard"/,
    ],
    [
      "a filter without its slash",
      { include: ["logs"] },
      /include\[0\] is "logs"; allowed: patterns that begin with \//,
    ],
    [
      "an agent of two keys",
      { agents: { a: { ipAddress: "10.0.0.1", activationKey: "K" } } },
      /agents\.a is "10\.0\.0\.1"; allowed: ipAddress or activationKey/,
    ],
    [
      "six security groups",
      { to: { kind: "fsxLustre", fileSystemArn: "a", securityGroupArns: Array<string>(6).fill(GROUP) } },
      /destination\.securityGroupArns is \[.*\]; allowed: a list of 1 to 5 entries/,
    ],
    ["an unknown kind", { source: { kind: "ftp" } as never }, /source\.kind is "ftp"; allowed: s3, efs/],
  ];
  for (const [what, changes, message] of refused) {
    it(`refuses ${what}`, () => assert.rejects(make(changes), message));
  }

  it("names every problem of its arguments at once", () =>
    assert.rejects(
      make({ schedule: "rate(5 minutes)", include: ["logs"], bidirectional: "no" as never }),
      (error: Error) => {
        assert.match(error.message, /^DataSyncTransfer "files": 3 problems/);
        for (const said of [/schedule is/, /include\[0\] is/, /bidirectional is "no"; allowed: true, false/])
          assert.match(error.message, said);
        return true;
      },
    ));
});

describe("a transfer's schedule", () => {
  for (const [schedule, allowed] of [
    ["rate(1 hour)", true],
    ["rate(60 minutes)", true],
    ["rate(59 minutes)", false],
    ["rate(1 day)", true],
    ["rate(1 second)", false],
    ["cron(0 12 * * ? *)", true],
    ["cron(0 12 * * ?)", false],
    ["cron(*/30 * * * ? *)", false],
    ["cron(60 * * * ? *)", false],
    ["hourly", false],
  ] as const) {
    it(`${schedule} is ${allowed ? "slow enough" : "refused"}`, () => assert.equal(isHourlyAtMost(schedule), allowed));
  }

  it("is half an hour later on the way back, whatever the hour", () => {
    assert.equal(halfAnHourLater("cron(50 3 * * ? *)"), "cron(20 3 * * ? *)");
    assert.equal(halfAnHourLater("rate(1 day)"), "rate(1 day)");
  });
});
