import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  DatabaseMigrationServiceClient,
  DescribeEndpointsCommand,
  DescribeReplicationInstancesCommand,
  DescribeReplicationSubnetGroupsCommand,
  DescribeReplicationTasksCommand,
  type ReplicationTask,
} from "@aws-sdk/client-database-migration-service";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  DataLake,
  DmsMigration,
  EncryptionKey,
  normalisedSettings,
  NotificationTopic,
  type DmsMigrationArgs,
} from "../../../components";
import { serveProvider, type RunningProvider } from "../../../local/provider/server";
import { modelFolder } from "../../../local/provider/strict/models";
import { requestCheck } from "../../../local/provider/strict/strict";
import { withSeconds } from "../../../local/provider/types/dms/moto";
import { pythonVenv, sharedMinistack } from "../../support/ministack";
import { startMoto, type Moto } from "../../support/moto";
import { withStack } from "../../support/stack";

const LOSE = { posture: "disposable", allowDataLoss: true } as const;
const CERTIFICATE = { pem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" };
const SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf";

describe("migrations in the local cloud", function () {
  this.timeout(180_000);
  let moto: Moto;
  let provider: RunningProvider;
  let dms: DatabaseMigrationServiceClient;
  let iam: IAMClient;

  before(async () => {
    moto = await startMoto();
    const { endpoint } = await sharedMinistack();
    provider = await serveProvider({
      endpoints: { ministack: endpoint, moto: moto.endpoint },
      check: requestCheck(modelFolder(pythonVenv())),
      codeDirectory: mkdtempSync(join(tmpdir(), "function-code-")),
    });
    const at = { region: "eu-central-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
    dms = withSeconds(new DatabaseMigrationServiceClient({ ...at, endpoint: moto.endpoint }));
    iam = new IAMClient({ ...at, endpoint });
  });
  after(async () => {
    await provider.stop();
    await moto.stop();
  });

  const program =
    (more: Partial<DmsMigrationArgs> = {}, lakeTarget = true) =>
    async (): Promise<Record<string, unknown>> => {
      const users = ["cloudwatch-logs", "events", "cloudwatch-alarms", "sns", "dms"] as const;
      const key = new EncryptionKey("shop", { description: "Shop", users, protection: LOSE });
      const alerts = new NotificationTopic("alerts", { key, publishers: ["cloudwatch", "dms", "events"] });
      const lake = new DataLake("lake", { key, protection: LOSE });
      const vpc = new aws.ec2.Vpc("network", { cidrBlock: "10.0.0.0/16" });
      const subnets = ["a", "b"].map(
        (zone, index) =>
          new aws.ec2.Subnet(`network-${zone}`, {
            vpcId: vpc.id,
            cidrBlock: `10.0.${index}.0/24`,
            availabilityZone: `eu-central-1${zone}`,
          }),
      );
      const migration = new DmsMigration("shop", {
        key,
        alerts,
        protection: LOSE,
        network: {
          vpcId: vpc.id,
          cidrBlock: vpc.cidrBlock,
          publicSubnetIds: [],
          privateSubnetIds: pulumi.all(subnets.map(({ id }) => id)),
          isolatedSubnetIds: [],
        },
        source: { engine: "postgres", databaseName: "shop", secretArn: SECRET, certificate: CERTIFICATE },
        target: lakeTarget
          ? { engine: "s3", lake, prefix: "shop/" }
          : { engine: "aurora", databaseName: "shop", secretArn: SECRET, certificate: CERTIFICATE },
        tasks: { orders: { type: "full-load-and-cdc", tables: [{ schema: "public", table: "order%" }] } },
        ...more,
      });
      return { tasks: migration.taskArns, commands: migration.commands, securityGroup: migration.securityGroupId };
    };

  const tasks = async (): Promise<ReplicationTask[]> =>
    (await dms.send(new DescribeReplicationTasksCommand({}))).ReplicationTasks ?? [];

  it("are made, found unchanged, changed in place, run, and gone", async () => {
    await withStack(
      async ({ up, preview, refresh, destroy }) => {
        const { outputs } = await up(program());
        assert.deepEqual(await preview(program()), {}, "a second deployment would change something");
        assert.deepEqual(await refresh(program()), {}, "what was made is not what was asked for");

        const { ReplicationInstances: [instance] = [] } = await dms.send(new DescribeReplicationInstancesCommand({}));
        assert.equal(instance?.PubliclyAccessible, false);
        assert.equal(instance?.MultiAZ, true);
        assert.equal(instance?.AutoMinorVersionUpgrade, true);
        assert.match(instance?.KmsKeyId ?? "", /:key\//);
        assert.deepEqual(
          instance?.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId),
          [outputs.securityGroup?.value],
        );
        assert.match(instance?.ReplicationInstanceIdentifier ?? "", /^shop-instance-[0-9a-f]{7}$/);

        const { Endpoints = [] } = await dms.send(new DescribeEndpointsCommand({}));
        const source = Endpoints.find(({ EndpointType }) => EndpointType?.toLowerCase() === "source");
        assert.equal(source?.SslMode, "verify-full");
        assert.match(source?.CertificateArn ?? "", /:dms:.*:cert:/);
        assert.equal(source?.PostgreSQLSettings?.SecretsManagerSecretId, SECRET);
        assert.equal(source?.PostgreSQLSettings?.DatabaseName, "shop");
        const target = Endpoints.find(({ EndpointType }) => EndpointType?.toLowerCase() === "target");
        assert.equal(target?.S3Settings?.DataFormat, "parquet");
        assert.equal(target?.S3Settings?.BucketFolder, "shop");
        assert.equal(target?.S3Settings?.EncryptionMode, "sse-kms");
        assert.equal(target?.S3Settings?.IncludeOpForFullLoad, true);

        const [made] = await tasks();
        assert.equal(made?.MigrationType, "full-load-and-cdc");
        assert.equal(made?.ReplicationTaskArn, (outputs.tasks?.value as Record<string, string>).orders);
        assert.equal(normalisedSettings(made?.ReplicationTaskSettings ?? ""), made?.ReplicationTaskSettings);
        const { Role } = await iam.send(new GetRoleCommand({ RoleName: "dms-vpc-role" }));
        assert.match(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""), /"aws:SourceAccount"/);

        const started = program({
          tasks: {
            orders: {
              type: "full-load-and-cdc",
              tables: [
                { schema: "public", table: "order%" },
                { schema: "public", table: "customer" },
              ],
              running: true,
            },
          },
        });
        const { summary } = await up(started);
        assert.equal(summary.resourceChanges?.update, 1, JSON.stringify(summary.resourceChanges));
        const [running] = await tasks();
        assert.equal(running?.Status, "running");
        assert.equal(running?.ReplicationTaskArn, made?.ReplicationTaskArn);
        assert.match(running?.TableMappings ?? "", /customer/);
        assert.deepEqual(await preview(started), {});

        await destroy();
        assert.deepEqual(await tasks(), []);
        assert.deepEqual((await dms.send(new DescribeEndpointsCommand({}))).Endpoints, []);
        assert.deepEqual((await dms.send(new DescribeReplicationInstancesCommand({}))).ReplicationInstances, []);
        const { ReplicationSubnetGroups } = await dms.send(new DescribeReplicationSubnetGroupsCommand({}));
        assert.deepEqual(ReplicationSubnetGroups, []);
        await assert.rejects(iam.send(new GetRoleCommand({ RoleName: "dms-vpc-role" })), {
          name: "NoSuchEntityException",
        });
      },
      {},
      provider.attachment,
    );
  });

  it("stop their tasks for a changed endpoint, and resume them", async () => {
    const task = { type: "full-load-and-cdc", tables: [{ schema: "public", table: "%" }], running: true } as const;
    await withStack(
      async ({ up, destroy }) => {
        await up(program({ tasks: { all: task } }, false));
        const [before] = await tasks();
        const source = {
          engine: "postgres",
          databaseName: "shop",
          secretArn: SECRET,
          certificate: CERTIFICATE,
          heartbeatMinutes: 5,
        } as const;
        const { summary } = await up(program({ tasks: { all: task }, source }, false));
        assert.equal(summary.resourceChanges?.update, 1, JSON.stringify(summary.resourceChanges));
        const [after] = await tasks();
        assert.equal(after?.Status, "running");
        assert.ok(after?.ReplicationTaskStartDate && before?.ReplicationTaskStartDate);
        assert.ok(after.ReplicationTaskStartDate > before.ReplicationTaskStartDate, "the task was not stopped");
        const { Endpoints = [] } = await dms.send(new DescribeEndpointsCommand({}));
        assert.ok(Endpoints.some(({ PostgreSQLSettings }) => PostgreSQLSettings?.HeartbeatEnable === true));
        await destroy();
      },
      {},
      provider.attachment,
    );
  });

  it("refuse to change the lake's endpoint while a task runs, as DMS does", async () => {
    const task = { type: "full-load", tables: [{ schema: "public", table: "%" }], running: true } as const;
    await withStack(
      async ({ up, stack }) => {
        await up(program({ tasks: { all: task } }));
        const transform = {
          lakeEndpoint: (args: object) => ({ ...args, cdcMinFileSize: 64_000 }),
        } as DmsMigrationArgs["transform"];
        await assert.rejects(
          stack.up({ program: program({ tasks: { all: task }, transform }) }),
          /in use by running tasks .*stop them first/s,
        );
        await up(program({ tasks: { all: { ...task, running: false } } }));
      },
      {},
      provider.attachment,
    );
  });

  it("are checked and kept in the stack's state where they are serverless or convert schemas", async () => {
    const more: Partial<DmsMigrationArgs> = {
      compute: { kind: "serverless", maxCapacityUnits: 8 },
      roles: "adopt",
      schemaConversion: { source: { host: "old.example.org" }, target: { host: "new.example.org" } },
    };
    await withStack(
      async ({ up, preview, destroy }) => {
        const { outputs } = await up(program(more, false));
        assert.match((outputs.tasks?.value as Record<string, string>).orders ?? "", /:replication-config:/);
        assert.deepEqual(await preview(program(more, false)), {});
        const wider = { ...more, compute: { kind: "serverless", maxCapacityUnits: 16 } } as const;
        assert.equal((await up(program(wider, false))).summary.resourceChanges?.update, 1);
        await destroy();
        assert.deepEqual((await dms.send(new DescribeEndpointsCommand({}))).Endpoints, []);
      },
      {},
      provider.attachment,
    );
  });
});
