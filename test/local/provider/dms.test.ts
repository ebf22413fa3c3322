import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  DataLake,
  DmsMigration,
  EncryptionKey,
  normalisedSettings,
  NotificationTopic,
  type DmsMigrationArgs,
} from "../../../components";
import { sharedMinistack } from "../../support/ministack";
import { WatchedProvider } from "../../support/requests";
import { withStack } from "../../support/stack";

const LOSE = { posture: "disposable", allowDataLoss: true } as const;
const CERTIFICATE = { pem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" };
const SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf";

describe("migrations in the local cloud", function () {
  this.timeout(180_000);
  let provider: WatchedProvider;
  let iam: IAMClient;

  before(async () => {
    provider = await WatchedProvider.start();
    const { endpoint } = await sharedMinistack();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    iam = new IAMClient({ region: "eu-central-1", credentials, endpoint });
  });
  beforeEach(() => provider.forget());
  after(() => provider.stop());

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

  it("are made, found unchanged, changed in place, run, and gone", async () => {
    await withStack(
      async ({ up, preview, refresh, destroy }) => {
        const { outputs } = await up(program());
        assert.deepEqual(await preview(program()), {}, "a second deployment would change something");
        assert.deepEqual(await refresh(program()), {}, "what was made is not what was asked for");

        const instance = provider.only("CreateReplicationInstance");
        assert.equal(instance.PubliclyAccessible, false);
        assert.equal(instance.MultiAZ, true);
        assert.equal(instance.AutoMinorVersionUpgrade, true);
        assert.match(instance.KmsKeyId, /:key\//);
        assert.deepEqual(instance.VpcSecurityGroupIds, [outputs.securityGroup?.value]);
        assert.match(instance.ReplicationInstanceIdentifier, /^shop-instance-[0-9a-f]{7}$/);
        const { SubnetIds, ReplicationSubnetGroupIdentifier: group } = provider.only("CreateReplicationSubnetGroup");
        assert.equal(SubnetIds.length, 2);
        assert.equal(instance.ReplicationSubnetGroupIdentifier, group);

        const endpoints = provider.requests("CreateEndpoint").map(({ params }) => params);
        const source = endpoints.find(({ EndpointType }) => EndpointType === "source");
        assert.equal(source?.SslMode, "verify-full");
        assert.match(source?.CertificateArn, /:dms:.*:cert:/);
        assert.equal(source?.PostgreSQLSettings?.SecretsManagerSecretId, SECRET);
        assert.equal(source?.PostgreSQLSettings?.DatabaseName, "shop");
        const target = endpoints.find(({ EndpointType }) => EndpointType === "target");
        assert.equal(target?.EngineName, "s3");
        assert.equal(target?.S3Settings?.DataFormat, "parquet");
        assert.equal(target?.S3Settings?.BucketFolder, "shop");
        assert.equal(target?.S3Settings?.EncryptionMode, "sse-kms");
        assert.equal(target?.S3Settings?.IncludeOpForFullLoad, true);

        const made = provider.only("CreateReplicationTask");
        assert.equal(made.MigrationType, "full-load-and-cdc");
        assert.equal(normalisedSettings(made.ReplicationTaskSettings), made.ReplicationTaskSettings);
        assert.deepEqual(provider.requests("StartReplicationTask"), [], "it was not to run");
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
        const ReplicationTaskArn = (outputs.tasks?.value as Record<string, string>).orders;
        const changed = provider.only("ModifyReplicationTask");
        assert.equal(changed.ReplicationTaskArn, ReplicationTaskArn);
        assert.match(changed.TableMappings, /customer/);
        assert.deepEqual(provider.only("StartReplicationTask"), {
          ReplicationTaskArn,
          StartReplicationTaskType: "start-replication",
        });
        assert.deepEqual(await preview(started), {});
        assert.deepEqual(await refresh(started), {});

        provider.forget();
        await destroy();
        const order = provider
          .requests("StopReplicationTask", "DeleteReplicationTask", "DeleteEndpoint", "DeleteReplicationInstance")
          .map(({ operation }) => operation);
        assert.deepEqual(
          order.slice(0, 2),
          ["StopReplicationTask", "DeleteReplicationTask"],
          "a running task is stopped",
        );
        assert.deepEqual(order.slice(2).sort(), ["DeleteEndpoint", "DeleteEndpoint", "DeleteReplicationInstance"]);
        assert.equal(provider.only("DeleteReplicationSubnetGroup").ReplicationSubnetGroupIdentifier, group);
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
        const { outputs } = await up(program({ tasks: { all: task } }, false));
        const ReplicationTaskArn = (outputs.tasks?.value as Record<string, string>).all;
        const source = {
          engine: "postgres",
          databaseName: "shop",
          secretArn: SECRET,
          certificate: CERTIFICATE,
          heartbeatMinutes: 5,
        } as const;
        provider.forget();
        const { summary } = await up(program({ tasks: { all: task }, source }, false));
        assert.equal(summary.resourceChanges?.update, 1, JSON.stringify(summary.resourceChanges));
        const requests = provider.requests("StopReplicationTask", "ModifyEndpoint", "StartReplicationTask");
        assert.deepEqual(
          requests.map(({ operation }) => operation),
          ["StopReplicationTask", "ModifyEndpoint", "StartReplicationTask"],
        );
        const [stopped, changed, resumed] = requests.map(({ params }) => params);
        assert.deepEqual(stopped, { ReplicationTaskArn });
        assert.equal(changed.PostgreSQLSettings.HeartbeatEnable, true);
        assert.deepEqual(resumed, { ReplicationTaskArn, StartReplicationTaskType: "resume-processing" });
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
        assert.equal(provider.requests("DeleteEndpoint").length, provider.requests("CreateEndpoint").length);
      },
      {},
      provider.attachment,
    );
  });
});
