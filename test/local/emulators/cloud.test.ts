import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { awsEnv, cloudDown, cloudReset, cloudStatus, cloudUp, pulumiEnv, type Cloud } from "../../../local/cloud";
import { isRunning, startTime } from "../../../local/emulators/process";
import { REPOSITORY } from "../../../local/paths";
import { writeJson } from "../../../local/state";
import { temporaryHome, until, type TemporaryHome } from "../../support/home";

const LAUNCHER = join(REPOSITORY, "cli", "bin", "platform.js");
const client = { region: "eu-central-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
const s3 = (cloud: Cloud): S3Client =>
  new S3Client({ ...client, endpoint: awsEnv(cloud).AWS_ENDPOINT_URL, forcePathStyle: true });
const dynamo = (cloud: Cloud): DynamoDBClient =>
  new DynamoDBClient({ ...client, endpoint: awsEnv(cloud).AWS_ENDPOINT_URL });
const parts = (cloud: Cloud): Cloud["processes"][keyof Cloud["processes"]][] => Object.values(cloud.processes);

/** Running processes that were started for a `.platform` folder. */
function processesOf(home: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        return pid !== process.pid && environment.includes(`PLATFORM_HOME=${home}`) && startTime(pid) !== undefined;
      } catch {
        return false;
      }
    });
}

/** The addresses a process listens on, as Linux writes them: `0100007F:…` is 127.0.0.1. */
function listening(pid: number): string[] {
  const sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
    } catch {
      return undefined;
    }
  });
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === "0A" && sockets.includes(inode))
      .map(([, address]) => address ?? ""),
  );
}

describe("the local cloud", function () {
  this.timeout(120_000);
  let home: TemporaryHome;

  before(function () {
    // Processes are looked up in /proc.
    if (process.platform !== "linux") this.skip();
  });
  beforeEach(() => (home = temporaryHome({ emulators: true })));
  afterEach(async () => {
    const { folder } = home;
    await cloudDown();
    const left = processesOf(folder);
    home.remove();
    assert.deepEqual(left, [], "processes were left behind");
  });

  /** The `platform` command in a process of its own; resolves to its exit code. */
  function platform(...args: string[]): { readonly pid: number; readonly ended: Promise<number> } {
    const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: "ignore" });
    return { pid: child.pid as number, ended: once(child, "exit").then(([code]) => code as number) };
  }

  it("listens on loopback only, is used as it is the next time, and stops whole", async () => {
    const { cloud, started } = await cloudUp();
    assert.ok(started);
    for (const one of parts(cloud)) {
      const addresses = processesOf(home.folder).flatMap(listening);
      const port = one.port.toString(16).toUpperCase().padStart(4, "0");
      assert.ok(addresses.includes(`0100007F:${port}`), `${one.port} is not served`);
      for (const address of addresses) assert.match(address, /^0100007F:/);
    }
    assert.equal(
      pulumiEnv(cloud).PULUMI_DEBUG_PROVIDERS,
      `aws:${cloud.processes.provider.port},awsx:${cloud.awsxPort}`,
    );
    const again = await cloudUp();
    assert.ok(!again.started);
    assert.equal(again.cloud.instance, cloud.instance);
    assert.ok(await cloudDown());
    assert.ok(!parts(cloud).some(isRunning));
    assert.equal((await cloudStatus()).reason, "it is not running");
    assert.ok(!(await cloudDown()));
  });

  it("keeps what it holds while it is stopped, until it is reset", async () => {
    const key = "sales/a b+ü.csv";
    const first = (await cloudUp()).cloud;
    await s3(first).send(new CreateBucketCommand({ Bucket: "kept" }));
    await s3(first).send(new PutObjectCommand({ Bucket: "kept", Key: key, Body: "id\n1\n" }));
    await dynamo(first).send(
      new CreateTableCommand({
        TableName: "ledger",
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      }),
    );
    await dynamo(first).send(new PutItemCommand({ TableName: "ledger", Item: { pk: { S: "x" }, rows: { N: "7" } } }));
    await cloudDown();

    const second = (await cloudUp()).cloud;
    assert.notEqual(second.instance, first.instance);
    const object = await s3(second).send(new GetObjectCommand({ Bucket: "kept", Key: key }));
    assert.equal(await object.Body?.transformToString(), "id\n1\n");
    const item = await dynamo(second).send(new GetItemCommand({ TableName: "ledger", Key: { pk: { S: "x" } } }));
    assert.equal(item.Item?.rows?.N, "7");

    await cloudReset();
    const third = (await cloudUp()).cloud;
    assert.deepEqual((await s3(third).send(new ListBucketsCommand())).Buckets ?? [], []);
  });

  for (const part of ["ministack", "provider"] as const) {
    it(`is replaced when its ${part} has died`, async () => {
      const { cloud } = await cloudUp();
      process.kill(cloud.processes[part].pid, "SIGKILL");
      await until(`${part} is dead`, () => !isRunning(cloud.processes[part]));
      const status = await cloudStatus();
      assert.equal(status.reason, `${part} does not answer`);
      const again = await cloudUp();
      assert.ok(again.started);
      assert.ok(!parts(cloud).some(isRunning));
      assert.ok((await cloudStatus()).usable);
    });
  }

  it("is replaced when it was started from other versions", async () => {
    const { cloud } = await cloudUp();
    writeJson(join(home.folder, "cloud.json"), { ...cloud, fingerprint: "of other versions" });
    assert.equal((await cloudStatus()).reason, "it was started from other versions of its code or packages");
    assert.ok((await cloudUp()).started);
    assert.ok(!parts(cloud).some(isRunning));
  });

  it("is replaced completely when its file is damaged", async () => {
    const { cloud } = await cloudUp();
    writeFileSync(join(home.folder, "cloud.json"), '{"instance": "x", "proc');
    assert.match((await cloudStatus()).reason ?? "", /its file .*cloud\.json is lost, but \d+ of its processes run/);
    const again = await cloudUp();
    assert.ok(again.started);
    assert.deepEqual(parts(cloud).filter(isRunning), []);
    assert.ok((await cloudStatus()).usable);
  });

  it("is stopped completely when its file is lost", async () => {
    const { cloud } = await cloudUp();
    rmSync(join(home.folder, "cloud.json"));
    assert.ok(await cloudDown());
    assert.deepEqual(parts(cloud).filter(isRunning), []);
    assert.equal((await cloudStatus()).reason, "it is not running");
  });

  it("is not running when its file is left from processes that have ended", async () => {
    const { cloud } = await cloudUp();
    await cloudDown();
    const stale = Object.fromEntries(
      Object.entries(cloud.processes).map(([name, one]) => [name, { ...one, pid: process.pid }]),
    );
    writeJson(join(home.folder, "cloud.json"), { ...cloud, processes: stale });
    assert.ok(!(await cloudStatus()).usable);
    assert.ok(await cloudDown());
    assert.ok(startTime(process.pid), "this process was taken for a part of the cloud");
  });

  it("is started once by two commands at the same time", async () => {
    const commands = [platform("local", "up", "--no-deploy"), platform("local", "up", "--no-deploy")];
    assert.deepEqual(await Promise.all(commands.map(({ ended }) => ended)), [0, 0]);
    const { cloud, usable } = await cloudStatus();
    assert.ok(cloud && usable);
    assert.deepEqual(
      processesOf(home.folder).sort(),
      parts(cloud)
        .map(({ pid }) => pid)
        .sort(),
    );
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`leaves nothing running when its start is ended by ${signal}, and starts the next time`, async () => {
      const up = platform("local", "up", "--no-deploy");
      const log = join(home.folder, "logs", "ministack.log");
      await until("MiniStack has been started", () => existsSync(log));
      process.kill(up.pid, signal);
      assert.equal(await up.ended, 130);
      await until("all its processes have ended", () => processesOf(home.folder).length === 0);
      assert.ok(!existsSync(join(home.folder, "cloud.json")));
      assert.equal(await platform("local", "up", "--no-deploy").ended, 0);
      assert.ok((await cloudStatus()).usable);
    });
  }
});
