import assert from "node:assert/strict";
import {
  ComponentArgumentError,
  DataLake,
  DmsMigration,
  EncryptionKey,
  NotificationTopic,
  SecureBucket,
  type DmsMigrationArgs,
  type MigrationTask,
  type NetworkView,
} from "../../../../components";
import { record, valueOf, type Recording } from "../../../support/harness";

const NETWORK: NetworkView = {
  vpcId: "vpc-1",
  cidrBlock: "10.0.0.0/16",
  publicSubnetIds: [],
  privateSubnetIds: ["subnet-1", "subnet-2"],
  isolatedSubnetIds: [],
};
const SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop";
const certificate = { arn: "arn:aws:dms:eu-central-1:123456789012:cert:RDS" };
const postgres = { engine: "postgres", databaseName: "shop", secretArn: SECRET, certificate } as const;
const aurora = { engine: "aurora", databaseName: "shop", secretArn: SECRET, certificate } as const;
const tables = [{ schema: "public", table: "%" }];
const load: MigrationTask = { type: "full-load", tables };

interface World {
  readonly lake: DataLake;
  readonly bucket: SecureBucket;
  readonly key: EncryptionKey;
}
type Changes = Partial<DmsMigrationArgs> | ((world: World) => Partial<DmsMigrationArgs>);

const make = (
  changes: Changes = {},
  publishers: readonly ("cloudwatch" | "dms" | "events")[] = ["cloudwatch", "dms", "events"],
): Promise<Recording<DmsMigration>> =>
  record(() => {
    const users = ["cloudwatch-logs", "events", "cloudwatch-alarms", "sns", "dms"] as const;
    const key = new EncryptionKey("shop", { description: "Shop", users });
    const alerts = new NotificationTopic("alerts", { key, publishers });
    const lake = new DataLake("lake", { key });
    const bucket = new SecureBucket("staging", { key });
    return new DmsMigration("shop", {
      key,
      alerts,
      network: NETWORK,
      source: postgres,
      target: aurora,
      tasks: { orders: load },
      ...(typeof changes === "function" ? changes({ lake, bucket, key }) : changes),
    });
  });

const ENDPOINT = "dms/endpoint:Endpoint";

describe("DmsMigration", () => {
  it("is private, in two zones, under the key, and takes minor versions by itself", async () => {
    const { inputs } = (await make()).one("dms/replicationInstance:ReplicationInstance");
    const { publiclyAccessible, multiAz, autoMinorVersionUpgrade, kmsKeyArn, preferredMaintenanceWindow } = inputs;
    assert.deepEqual([publiclyAccessible, multiAz, autoMinorVersionUpgrade], [false, true, true]);
    assert.match(kmsKeyArn, /:key\//);
    assert.equal(preferredMaintenanceWindow, "sun:03:00-sun:04:00");
  });

  it("creates the account's roles for this account's DMS only, before anything of DMS", async () => {
    const recording = await make();
    const instance = recording.one("dms/replicationInstance:ReplicationInstance");
    const group = recording.one("dms/replicationSubnetGroup:ReplicationSubnetGroup");
    for (const [suffix, name] of [
      ["vpc-role", "dms-vpc-role"],
      ["logs-role", "dms-cloudwatch-logs-role"],
      ["endpoint-role", "dms-access-for-endpoint"],
    ]) {
      const role = recording.one("iam/role:Role", `shop-${suffix}`);
      assert.equal(role.inputs.name, name);
      const [statement] = recording.statements(role, "assumeRolePolicy");
      assert.deepEqual(statement?.Principal, { Service: "dms.amazonaws.com" });
      assert.deepEqual(statement?.Condition, {
        StringEquals: { "aws:SourceAccount": "123456789012" },
        ArnLike: { "aws:SourceArn": "arn:aws:dms:*:123456789012:*" },
      });
      const attached = recording.one("iam/rolePolicyAttachment:RolePolicyAttachment", `shop-${suffix}-policy`);
      assert.ok(recording.dependsOn(instance, attached) && recording.dependsOn(group, attached), name);
    }
  });

  it("adopts the account's roles without touching them", async () => {
    const recording = await make({ roles: "adopt" });
    const names = recording.all("iam/role:Role").map(({ inputs }) => inputs.name as unknown);
    assert.deepEqual([...new Set(names)], [undefined]);
  });

  it("reads credentials from Secrets Manager by a role of its own, and verifies servers", async () => {
    const recording = await make();
    const { inputs } = recording.one(ENDPOINT, "shop-source");
    assert.equal(inputs.sslMode, "verify-full");
    assert.equal(inputs.secretsManagerArn, SECRET);
    assert.equal(inputs.password, undefined);
    assert.equal(inputs.pauseReplicationTasks, true);
    const role = recording.one("iam/role:Role", "shop-secrets");
    assert.deepEqual(recording.statements(role, "assumeRolePolicy")[0]?.Principal, {
      Service: "dms.eu-central-1.amazonaws.com",
    });
    const [read, decrypt] = recording.statements(recording.one("iam/rolePolicy:RolePolicy", "shop-secrets-policy"));
    assert.deepEqual(read?.Resource, [SECRET]);
    assert.deepEqual(decrypt?.Action, ["kms:Decrypt", "kms:DescribeKey"]);
  });

  it("imports a certificate that is given as text, and keeps a wallet secret", async () => {
    const pem = await make({ source: { ...postgres, certificate: { pem: "-----BEGIN CERTIFICATE-----" } } });
    const made = pem.one("dms/certificate:Certificate");
    assert.equal(pem.one(ENDPOINT, "shop-source").inputs.certificateArn, made.state.certificateArn);
    const oracle = { ...postgres, engine: "oracle", certificate: { wallet: "d2FsbGV0" } } as const;
    const wallet = await make({ source: oracle });
    assert.equal(wallet.one(ENDPOINT, "shop-source").inputs.sslMode, "verify-ca");
    assert.equal(wallet.all("dms/certificate:Certificate").length, 1);
  });

  it("writes Parquet by day into the lake, with the operation and its time, under the key", async () => {
    const recording = await make(({ lake }) => ({ target: { engine: "s3", lake, prefix: "shop/" } }));
    const { inputs } = recording.one("dms/s3Endpoint:S3Endpoint");
    assert.deepEqual(
      [inputs.dataFormat, inputs.bucketFolder, inputs.encryptionMode, inputs.includeOpForFullLoad],
      ["parquet", "shop", "SSE_KMS", true],
    );
    assert.deepEqual(
      [inputs.datePartitionEnabled, inputs.datePartitionSequence, inputs.timestampColumnName],
      [true, "YYYYMMDD", "dms_timestamp"],
    );
    assert.match(inputs.serverSideEncryptionKmsKeyId, /:key\//);
    const statements = recording.statements(recording.one("iam/rolePolicy:RolePolicy", "shop-data-policy"));
    const written = statements.filter(({ Action }) => Action.includes("s3:PutObject"));
    assert.ok(written.length > 0);
    for (const { Resource } of written) assert.ok(Resource.every((arn) => /\/(shop|migrations\/shop)\/\*$/.test(arn)));
    const settings = JSON.parse(recording.one("dms/replicationTask:ReplicationTask").inputs.replicationTaskSettings);
    assert.equal(settings.ValidationSettings.EnableValidation, false);
    // No bucket of its own: the lake's artifacts take the reports.
    assert.match(await valueOf(recording.result.reportsLocation), /artifacts.*\/migrations\/shop\/$/);
  });

  it("keeps transactions in order where that is wanted", async () => {
    const recording = await make(({ lake }) => ({
      target: { engine: "s3", lake, prefix: "shop/", transactionFolder: "transactions" },
    }));
    const { inputs } = recording.one("dms/s3Endpoint:S3Endpoint");
    assert.deepEqual(
      [inputs.preserveTransactions, inputs.cdcPath, inputs.datePartitionEnabled],
      [true, "transactions", false],
    );
  });

  const targets: readonly (readonly [
    string,
    (world: World) => DmsMigrationArgs["target"],
    Record<string, unknown>,
    string[],
  ])[] = [
    [
      "Kinesis",
      () => ({
        engine: "kinesis",
        streamArn: "arn:aws:kinesis:eu-central-1:123456789012:stream/changes",
        details: true,
      }),
      { "kinesisSettings.messageFormat": "json-unformatted", "kinesisSettings.includeTransactionDetails": true },
      ["kinesis:PutRecords"],
    ],
    [
      "Kafka",
      () => ({ engine: "kafka", brokers: "b-1.example.org:9094" }),
      { "kafkaSettings.securityProtocol": "ssl-encryption" },
      [],
    ],
    [
      "Redshift",
      ({ bucket }) => ({
        engine: "redshift",
        databaseName: "dwh",
        secretArn: SECRET,
        staging: { bucket, prefix: "in/" },
      }),
      {
        "redshiftSettings.encryptionMode": "SSE_KMS",
        "redshiftSettings.bucketFolder": "in",
        secretsManagerArn: SECRET,
      },
      ["s3:DeleteObject"],
    ],
    [
      "DynamoDB",
      () => ({ engine: "dynamodb", tableNames: ["orders"] }),
      { engineName: "dynamodb" },
      ["dynamodb:PutItem"],
    ],
    [
      "OpenSearch",
      () => ({
        engine: "opensearch",
        url: "https://s.example.org",
        domainArn: "arn:aws:es:eu-central-1:123456789012:domain/s",
      }),
      { "elasticsearchSettings.useNewMappingType": true, "elasticsearchSettings.errorRetryDuration": 300 },
      ["es:ESHttpPut"],
    ],
    [
      "Redis",
      () => ({ engine: "redis", host: "r.example.org", token: "t" }),
      { "redisSettings.sslSecurityProtocol": "ssl-encryption", "redisSettings.authType": "auth-token" },
      [],
    ],
    [
      "DocumentDB",
      () => ({
        engine: "docdb",
        databaseName: "shop",
        host: "d.example.org",
        username: "dms",
        password: "p",
        certificate,
      }),
      { sslMode: "verify-full", port: 27017 },
      [],
    ],
  ];
  for (const [what, target, expected, rights] of targets) {
    it(`writes to ${what}`, async () => {
      const recording = await make((world) => ({ target: target(world) }));
      const { inputs } = recording.one(ENDPOINT, "shop-target");
      for (const [path, value] of Object.entries(expected)) {
        assert.deepEqual(
          path.split(".").reduce((one: Record<string, never>, part) => one[part] ?? ({} as never), inputs),
          value,
          path,
        );
      }
      const actions = recording
        .statements(recording.one("iam/rolePolicy:RolePolicy", "shop-data-policy"))
        .flatMap(({ Action }) => Action);
      for (const right of rights) assert.ok(actions.includes(right), right);
    });
  }

  it("starts changes where it is told to", async () => {
    const changes = (task: Partial<MigrationTask>, source: DmsMigrationArgs["source"] = aurora): Promise<Recording> =>
      make({ source, tasks: { orders: { type: "cdc", tables, ...task } } });
    const TASK = "dms/replicationTask:ReplicationTask";
    const now = (await changes({ from: "now" })).one(TASK).inputs;
    assert.deepEqual([now.cdcStartPosition, now.cdcStartTime], [undefined, undefined]);
    const time = (await changes({ from: { time: "2026-11-30T18:00:00Z" } })).one(TASK).inputs;
    assert.equal(time.cdcStartTime, "2026-11-30T18:00:00Z");
    const position = { from: { position: "0/AB12" }, running: true };
    const slot = (await changes(position, { ...postgres, slotName: "shop" })).one(TASK).inputs;
    assert.deepEqual([slot.cdcStartPosition, slot.startReplicationTask], ["0/AB12", true]);
  });

  it("tells an operator how to assess, start and stop a task", async () => {
    const recording = await make({
      source: aurora,
      tasks: {
        orders: {
          type: "cdc",
          tables,
          from: { position: "mysql-bin.000001:4 'x'" },
          until: { commitTime: "2026-11-30T18:00:00+01:00" },
        },
      },
    });
    const { orders } = await valueOf(recording.result.commands);
    assert.match(orders?.start ?? "", /^aws dms start-replication-task --replication-task-arn arn:\S+ /);
    assert.match(orders?.start ?? "", /--cdc-start-position 'mysql-bin\.000001:4 '\\''x'\\'''/);
    assert.match(orders?.start ?? "", /--cdc-stop-position commit_time:2026-11-30T17:00:00 --region eu-central-1$/);
    assert.match(
      orders?.assess ?? "",
      /^aws dms start-replication-task-assessment-run .*--result-encryption-mode SSE_KMS/,
    );
    assert.match(orders?.stop ?? "", /^aws dms stop-replication-task --replication-task-arn/);
  });

  it("hears of failures of the instance and of every task, and of late changes", async () => {
    const recording = await make({ tasks: { orders: load, rest: { type: "full-load-and-cdc", tables } } });
    const events = recording.all("dms/eventSubscription:EventSubscription").map(({ inputs }) => inputs);
    assert.deepEqual(events.map(({ sourceType, sourceIds }) => [sourceType, sourceIds.length]).sort(), [
      ["replication-instance", 1],
      ["replication-task", 2],
    ]);
    const alarms = recording
      .all("cloudwatch/metricAlarm:MetricAlarm")
      .map(({ name, inputs }) => [name, inputs.metricName]);
    assert.deepEqual(alarms.sort(), [
      ["shop-instance-cpu", "CPUUtilization"],
      ["shop-instance-storage", "FreeStorageSpace"],
      ["shop-task-rest-source-latency", "CDCLatencySource"],
      ["shop-task-rest-target-latency", "CDCLatencyTarget"],
    ]);
  });

  it("is serverless without an instance", async () => {
    const recording = await make({ compute: { kind: "serverless", minCapacityUnits: 2, maxCapacityUnits: 16 } });
    assert.deepEqual(recording.all("dms/replicationInstance:ReplicationInstance"), []);
    const { computeConfig, replicationType } = recording.one("dms/replicationConfig:ReplicationConfig").inputs;
    assert.equal(replicationType, "full-load");
    assert.deepEqual(
      [computeConfig.minCapacityUnits, computeConfig.maxCapacityUnits, computeConfig.multiAz],
      [2, 16, true],
    );
    assert.match(computeConfig.kmsKeyId, /:key\//);
    // DMS has event subscriptions for instances and tasks only.
    assert.deepEqual(recording.all("dms/eventSubscription:EventSubscription"), []);
    const rule = recording.one("cloudwatch/eventRule:EventRule", "shop-tasks-failed");
    assert.deepEqual(
      JSON.parse(rule.inputs.eventPattern).resources,
      Object.values(await valueOf(recording.result.taskArns)),
    );
  });

  it("converts schemas in a project that is not public and reports into the bucket", async () => {
    const recording = await make({
      schemaConversion: { source: { host: "old.example.org" }, target: { host: "new.example.org", port: 3307 } },
    });
    assert.equal(recording.one("dms/instanceProfile:InstanceProfile").inputs.publiclyAccessible, false);
    const { settings } = recording.one("dms/dataProvider:DataProvider", "shop-source-provider").inputs;
    assert.deepEqual(settings.postgresqlSettings, {
      serverName: "old.example.org",
      port: 5432,
      databaseName: "shop",
      sslMode: "verify-full",
      certificateArn: certificate.arn,
    });
    const project = recording.one("dms/migrationProject:MigrationProject").inputs;
    assert.equal(project.sourceDataProviderDescriptors[0].secretsManagerSecretId, SECRET);
    assert.match(project.schemaConversionApplicationAttributes.s3BucketPath, /^s3:\/\/.*\/migrations\/shop\/$/);
  });

  it("lets a role start and stop its own tasks only", async () => {
    const { result } = await make();
    const [own, lists] = result.grantOperate();
    assert.ok(own?.actions.includes("dms:StartReplicationTask"));
    assert.deepEqual(await valueOf(own?.resources), Object.values(await valueOf(result.taskArns)));
    assert.ok(lists?.actions.every((action) => action.startsWith("dms:Describe")));
  });

  it("names its resources after a role, which is unique", async () => {
    const recording = await make();
    const { replicationInstanceId } = recording.one("dms/replicationInstance:ReplicationInstance").inputs;
    assert.match(replicationInstanceId, /^shop-instance-[0-9a-f]{7}$/);
    const { replicationTaskId } = recording.one("dms/replicationTask:ReplicationTask").inputs;
    assert.equal(replicationTaskId.slice(-7), replicationInstanceId.slice(-7));
  });

  const bad: readonly (readonly [string, Changes, RegExp])[] = [
    ["no task", { tasks: {} }, /tasks is \{\}; allowed: one task or more/],
    ["a task's name is no name", { tasks: { "All Of It": load } }, /tasks is "All Of It"/],
    ["roles are something else", { roles: "reuse" as never }, /roles is "reuse"; allowed: create, adopt/],
    [
      "an engine is unknown",
      { source: { ...postgres, engine: "sybase" as never } },
      /source\.engine is "sybase"; allowed: postgres, /,
    ],
    ["Neptune is asked for", { target: { engine: "neptune" } as never }, /target\.engine is "neptune".*graph mapping/],
    ["MongoDB is a target", { target: { ...postgres, engine: "mongodb" } as never }, /target\.engine is "mongodb"/],
    ["Redshift is a source", { source: { ...postgres, engine: "redshift" } as never }, /source\.engine is "redshift"/],
    [
      "a mode is not the engine's",
      { source: { ...aurora, tls: "require" as never } },
      /source\.tls is "require"; allowed: none, verify-ca, verify-full/,
    ],
    [
      "a certificate is missing",
      { source: { ...postgres, certificate: undefined } },
      /source\.certificate is unset; .*tls: require/,
    ],
    ["a wallet is not Oracle's", { source: { ...postgres, certificate: { wallet: "x" } } }, /wallets are Oracle's/],
    [
      "MySQL has a slot",
      { source: { ...aurora, slotName: "x" } as never },
      /source\.slotName is "x"; allowed: the names engine, databaseName, .*certificate/,
    ],
    [
      "cdc has no start",
      { tasks: { orders: { type: "cdc", tables } } },
      /tasks\.orders\.from is unset; allowed: "now", \{ position \}/,
    ],
    [
      "PostgreSQL starts by time",
      { tasks: { orders: { type: "cdc", tables, from: { time: "2026-11-30T18:00:00Z" } } } },
      /cannot tell the position of a time/,
    ],
    [
      "PostgreSQL starts without a slot",
      { tasks: { orders: { type: "cdc", tables, from: { position: "0/1" } } } },
      /source\.slotName is unset/,
    ],
    ["a load has a start", { tasks: { orders: { ...load, from: "now" } } }, /tasks\.orders\.from is "now"/],
    [
      "a load has an end",
      { tasks: { orders: { ...load, until: { serverTime: "2026-11-30T18:00:00Z" } } } },
      /tasks\.orders\.until/,
    ],
    [
      "a task with an end is started by the provider",
      {
        tasks: {
          orders: { type: "full-load-and-cdc", tables, running: true, until: { serverTime: "2026-11-30T18:00:00Z" } },
        },
      },
      /tasks\.orders\.running is true; allowed: false: .*see commands/,
    ],
    [
      "a serverless replication is started at a position by the provider",
      {
        source: aurora,
        compute: { kind: "serverless" },
        tasks: { orders: { type: "cdc", tables, running: true, from: { position: "1" } } },
      },
      /tasks\.orders\.running/,
    ],
    [
      "settings are wrong",
      { tasks: { orders: { ...load, tuning: { parallelTables: 99 } } } },
      /tasks\.orders\.tuning\.parallelTables is 99/,
    ],
    [
      "rows of files are to be compared",
      ({ lake }) => ({
        target: { engine: "s3", lake, prefix: "a/" },
        tasks: { orders: { ...load, tuning: { validation: true } } },
      }),
      /DMS does not compare rows of s3/,
    ],
    [
      "a prefix is no folder",
      ({ lake }) => ({ target: { engine: "s3", lake, prefix: "/a" } }),
      /target\.prefix is "\/a"/,
    ],
    [
      "days and transactions are both wanted",
      ({ lake }) => ({ target: { engine: "s3", lake, prefix: "a/", transactionFolder: "t", datePartition: "day" } }),
      /target\.datePartition is "day"; allowed: none/,
    ],
    [
      "files have no tables",
      ({ lake }) => ({ source: { engine: "s3", lake, prefix: "a/" } as never }),
      /source\.tables is unset/,
    ],
    [
      "files of changes have no folder",
      ({ lake }) => ({
        source: { engine: "s3", lake, prefix: "a/", tables: {} },
        tasks: { orders: { type: "full-load-and-cdc", tables } },
      }),
      /source\.changesFolder is unset/,
    ],
    ["brokers have no port", { target: { engine: "kafka", brokers: "b-1" } }, /target\.brokers is "b-1"/],
    ["OpenSearch is not https", { target: { engine: "opensearch", url: "http://x", domainArn: "a" } }, /target\.url/],
    [
      "storage is too small",
      { compute: { kind: "instance", storageGiB: 4 } },
      /compute\.storageGiB is 4; allowed: .*5 to 6144/,
    ],
    [
      "a class is none",
      { compute: { kind: "instance", instanceClass: "db.t3.medium" } },
      /compute\.instanceClass is "db\.t3\.medium"/,
    ],
    [
      "a window is short",
      { compute: { kind: "instance", maintenanceWindow: "sun:03:00-sun:03:10" } },
      /compute\.maintenanceWindow/,
    ],
    [
      "capacity is not sold",
      { compute: { kind: "serverless", maxCapacityUnits: 5 as never } },
      /compute\.maxCapacityUnits is 5; allowed: 1, 2, 4/,
    ],
    [
      "capacity shrinks",
      { compute: { kind: "serverless", minCapacityUnits: 8, maxCapacityUnits: 4 } },
      /compute\.minCapacityUnits is 8/,
    ],
    [
      "files have a schema",
      ({ lake }) => ({
        target: { engine: "s3", lake, prefix: "a/" },
        schemaConversion: { source: { host: "a" }, target: { host: "b" } },
      }),
      /schemaConversion is "target s3"/,
    ],
  ];
  for (const [what, changes, says] of bad) {
    it(`is refused when ${what}`, async () => {
      await assert.rejects(make(changes), (error: Error) => {
        assert.ok(error instanceof ComponentArgumentError, String(error));
        assert.match(error.message, says);
        return true;
      });
    });
  }

  it("names every problem of its arguments at once", async () => {
    const source = { ...aurora, tls: "require" as never };
    await assert.rejects(make({ source, limits: { cpuPercent: 0 }, roles: "reuse" as never }), (error: Error) => {
      assert.match(error.message, /^DmsMigration "shop": 3 problems/);
      for (const said of [/source\.tls is "require"/, /limits\.cpuPercent is 0/, /roles is "reuse"/])
        assert.match(error.message, said);
      return true;
    });
  });

  it("is refused when its topic does not let DMS publish", async () => {
    await assert.rejects(
      make({}, ["cloudwatch"]),
      /alerts is "a topic that DMS cannot publish to"; allowed: .*"dms" among its publishers/,
    );
  });

  it("is refused when its topic does not let EventBridge publish, which a serverless replication tells", async () => {
    await assert.rejects(
      make({ compute: { kind: "serverless" } }, ["cloudwatch", "dms"]),
      /alerts is "a topic that EventBridge cannot publish to"; allowed: .*"events" among its publishers/,
    );
  });

  it("is refused under a name DMS does not take", async () => {
    await assert.rejects(
      record(() => {
        const key = new EncryptionKey("k", { description: "k" });
        return new DmsMigration("my--shop", {
          key,
          network: NETWORK,
          source: postgres,
          target: aurora,
          tasks: { a: load },
        });
      }),
      /name is "my--shop"; allowed: lower-case letters, digits and single hyphens/,
    );
  });
});
