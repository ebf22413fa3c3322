import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  ComponentArgumentError,
  EncryptionKey,
  NotificationTopic,
  RelationalDatabase,
  type ConnectionGuide,
  type RelationalDatabaseArgs,
} from "../../../../components";
import { evaluate } from "../../../../policies/evaluate";
import { TABLE } from "../../../../policies/table";
import { record, valueOf, type Recording } from "../../../support/harness";

const NETWORK = {
  vpcId: "vpc-1",
  cidrBlock: "10.0.0.0/16",
  publicSubnetIds: ["subnet-p1", "subnet-p2"],
  privateSubnetIds: ["subnet-a1", "subnet-a2"],
  isolatedSubnetIds: ["subnet-i1", "subnet-i2"],
};

type Wanted = Omit<RelationalDatabaseArgs, "network" | "key" | "engine" | "instanceClass"> &
  Partial<Pick<RelationalDatabaseArgs, "engine" | "instanceClass" | "network">>;

const make = (wanted: Wanted, alerts = false): RelationalDatabase => {
  const key = new EncryptionKey("sales", { description: "Sales" });
  return new RelationalDatabase("orders", {
    engine: "postgres",
    instanceClass: "db.r7g.large",
    network: NETWORK,
    key,
    ...(alerts ? { alerts: new NotificationTopic("alerts", { key }) } : {}),
    ...wanted,
  });
};
const database = (wanted: Wanted = {}, alerts = false): Promise<Recording<RelationalDatabase>> =>
  record(() => make(wanted, alerts));

const INSTANCE = "rds/instance:Instance";
const CLUSTER = "rds/cluster:Cluster";
const MEMBER = "rds/clusterInstance:ClusterInstance";
const GIVEN = { kind: "given", password: "from the stack's configuration" } as const;

describe("a relational database", () => {
  it("is encrypted, has a standby, backups of two weeks and a password of RDS's own under the key", async () => {
    const run = await database({ databaseName: "orders" });
    const { inputs } = run.one(INSTANCE);
    const key = run.one("kms/key:Key").state.arn;
    assert.equal(inputs.storageEncrypted, true);
    for (const field of ["kmsKeyId", "masterUserSecretKmsKeyId", "performanceInsightsKmsKeyId"])
      assert.equal(inputs[field], key, field);
    assert.equal(inputs.manageMasterUserPassword, true);
    assert.equal(inputs.password, undefined);
    assert.equal(inputs.multiAz, true);
    assert.equal(inputs.backupRetentionPeriod, 14);
    assert.equal(inputs.publiclyAccessible, false);
    assert.equal(inputs.deletionProtection, true);
    assert.equal(inputs.caCertIdentifier, "rds-ca-rsa2048-g1");
    assert.notEqual(inputs.port, 5432);
    assert.deepEqual(run.one("rds/subnetGroup:SubnetGroup").inputs.subnetIds, NETWORK.isolatedSubnetIds);
    const { inputs: rotation } = run.one("secretsmanager/secretRotation:SecretRotation");
    assert.deepEqual(rotation.rotationRules, { automaticallyAfterDays: 30 });
    assert.equal(rotation.secretId, await valueOf(run.result.secretArn));
  });

  const TLS: readonly (readonly [RelationalDatabaseArgs["engine"], string, string, string])[] = [
    ["postgres", "postgres17", "rds.force_ssl", "1"],
    ["mysql", "mysql8.4", "require_secure_transport", "1"],
    ["mariadb", "mariadb11.8", "require_secure_transport", "1"],
    ["sqlserver-se", "sqlserver-se-16.0", "rds.force_ssl", "1"],
  ];
  for (const [engine, family, parameter, value] of TLS) {
    it(`forces TLS on ${engine} by ${parameter} in a group of family ${family}`, async () => {
      const run = await database({ engine, instanceClass: "db.m6i.large" });
      const { inputs, state } = run.one("rds/parameterGroup:ParameterGroup");
      assert.equal(inputs.family, family);
      assert.equal(inputs.parameters.find(({ name }: { name: string }) => name === parameter)?.value, value);
      assert.equal(run.one(INSTANCE).inputs.parameterGroupName, state.name);
    });
  }

  it("has a listener for TLS with Oracle, and lets clients to no other port", async () => {
    const clients = { cidrBlocks: ["10.0.16.0/20"] };
    const run = await database({ engine: "oracle-se2", instanceClass: "db.m6i.large", clients });
    const { inputs } = run.one("rds/optionGroup:OptionGroup");
    assert.equal(inputs.options[0].optionName, "SSL");
    assert.equal(inputs.options[0].port, 2484);
    const rule = run.one("vpc/securityGroupIngressRule:SecurityGroupIngressRule").inputs;
    assert.deepEqual([rule.fromPort, rule.toPort, rule.cidrIpv4], [2484, 2484, "10.0.16.0/20"]);
    assert.equal(await valueOf(run.result.port), 2484);
    assert.equal(run.one(INSTANCE).inputs.licenseModel, "license-included");
  });

  it("lets in the clients that are named and nobody else", async () => {
    const run = await database({ clients: { securityGroups: { etl: "sg-1" }, cidrBlocks: ["10.0.1.0/24"] } });
    const rules = run.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(({ inputs }) => inputs);
    assert.deepEqual(rules.map((rule) => rule.referencedSecurityGroupId ?? rule.cidrIpv4).sort(), [
      "10.0.1.0/24",
      "sg-1",
    ]);
    assert.ok(rules.every((rule) => rule.fromPort === 5433 && rule.toPort === 5433 && rule.ipProtocol === "tcp"));
    const { inputs } = run.one("ec2/securityGroup:SecurityGroup");
    assert.equal(inputs.ingress, undefined);
  });

  it("makes its log groups, with key and retention, before RDS would", async () => {
    const run = await database({ logs: ["postgresql"], logRetentionDays: 30 });
    const logs = run.one("cloudwatch/logGroup:LogGroup");
    const { inputs } = run.one(INSTANCE);
    assert.equal(logs.inputs.name, `/aws/rds/instance/${inputs.identifier}/postgresql`);
    assert.equal(logs.inputs.retentionInDays, 30);
    assert.ok(logs.inputs.kmsKeyId);
    assert.ok(run.dependsOn(run.one(INSTANCE), logs));
  });

  it("is called after its subnet group and what AWS replaces it for; an update changes neither name nor final snapshot", async () => {
    const names = async (wanted: Wanted): Promise<string[]> => {
      const { inputs } = (await database(wanted)).one(INSTANCE);
      return [inputs.identifier, inputs.finalSnapshotIdentifier];
    };
    const [identifier = "", snapshot = ""] = await names({});
    assert.match(identifier, /^orders-1a2b3c4-[0-9a-f]{4}$/);
    assert.equal(snapshot, `${identifier}-final`);
    assert.deepEqual(await names({ instanceClass: "db.r7g.xlarge", storage: { allocatedGiB: 200 } }), [
      identifier,
      snapshot,
    ]);
    const [replaced, itsSnapshot] = await names({ databaseName: "sales" });
    assert.notEqual(replaced, identifier);
    assert.notEqual(itsSnapshot, snapshot);
  });

  it("can only lose its data with both keys", async () => {
    const kept = (await database({ protection: { posture: "disposable", allowDataLoss: false } })).one(INSTANCE);
    assert.deepEqual(
      [kept.inputs.skipFinalSnapshot, kept.inputs.deletionProtection, kept.inputs.deleteAutomatedBackups],
      [false, true, false],
    );
    const lost = (await database({ protection: { posture: "disposable", allowDataLoss: true } })).one(INSTANCE);
    assert.deepEqual(
      [lost.inputs.skipFinalSnapshot, lost.inputs.deletionProtection, lost.inputs.deleteAutomatedBackups],
      [true, false, true],
    );
    const locked = await database({ protection: { posture: "locked", allowDataLoss: true } });
    assert.equal(locked.one(INSTANCE).protect, true);
    assert.equal(locked.one(INSTANCE).inputs.skipFinalSnapshot, false);
  });

  it("measures the operating system every second through a role of its own, or not at all", async () => {
    const every = await database({ monitoring: { intervalSeconds: 1 } });
    assert.equal(every.one(INSTANCE).inputs.monitoringInterval, 1);
    assert.equal(
      every.one(INSTANCE).inputs.monitoringRoleArn,
      every.one("iam/role:Role", "orders-monitoring").state.arn,
    );
    const never = await database({ monitoring: { intervalSeconds: 0, insightsDays: 0 } });
    assert.equal(never.all("iam/role:Role").length, 0);
    assert.equal(never.one(INSTANCE).inputs.performanceInsightsEnabled, false);
  });

  it("has Aurora's members in the order in which they take over, and more readers while those are busy", async () => {
    const aurora = { readers: 2, autoscaling: { minimum: 2, maximum: 6, connections: 400 } };
    const run = await database({ engine: "aurora-postgresql", aurora });
    assert.deepEqual(
      run.all(MEMBER).map(({ inputs }) => inputs.promotionTier),
      [0, 1, 2],
    );
    const cluster = run.one(CLUSTER);
    assert.equal(cluster.inputs.storageEncrypted, true);
    assert.equal(cluster.inputs.allocatedStorage, undefined);
    const target = run.one("appautoscaling/target:Target").inputs;
    assert.deepEqual(
      [target.minCapacity, target.maxCapacity, target.scalableDimension],
      [2, 6, "rds:cluster:ReadReplicaCount"],
    );
    const { targetTrackingScalingPolicyConfiguration: tracking } = run.one("appautoscaling/policy:Policy").inputs;
    assert.equal(tracking.targetValue, 400);
    assert.equal(tracking.predefinedMetricSpecification.predefinedMetricType, "RDSReaderAverageDatabaseConnections");
    const group = run.one("rds/clusterParameterGroup:ClusterParameterGroup");
    assert.equal(cluster.inputs.dbClusterParameterGroupName, group.state.name);
    assert.equal(cluster.inputs.databaseInsightsMode, "standard");
  });

  it("scales Aurora's serverless instances between capacities", async () => {
    const aurora = { readers: 1, serverless: { minimum: 0.5, maximum: 8 } };
    const run = await database({ engine: "aurora-mysql", instanceClass: "db.serverless", aurora });
    assert.deepEqual(run.one(CLUSTER).inputs.serverlessv2ScalingConfiguration, { minCapacity: 0.5, maxCapacity: 8 });
    assert.ok(run.all(MEMBER).every(({ inputs }) => inputs.instanceClass === "db.serverless"));
  });

  it("has two standbys that can be read as one cluster with disks of its own", async () => {
    const storage = { type: "io1", allocatedGiB: 100, iops: 1000 } as const;
    const run = await database({
      engine: "mysql",
      instanceClass: "db.r6gd.large",
      availability: "readableStandbys",
      storage,
    });
    const { inputs } = run.one(CLUSTER);
    assert.deepEqual(
      [
        inputs.dbClusterInstanceClass,
        inputs.storageType,
        inputs.allocatedStorage,
        inputs.iops,
        inputs.monitoringInterval,
      ],
      ["db.r6gd.large", "io1", 100, 1000, 60],
    );
    assert.equal(run.all(MEMBER).length, 0);
    assert.equal(await valueOf(run.result.readerEndpoint), run.one(CLUSTER).state.readerEndpoint);
  });

  it("is copied by replicas, whose administrator's password the program gives and a secret keeps", async () => {
    const run = await database(
      { credentials: GIVEN, replicas: { near: {}, reports: { instanceClass: "db.r7g.xlarge" } } },
      true,
    );
    const source = run.one(INSTANCE, "orders-instance").state.identifier;
    const replica = run.one(INSTANCE, "orders-reports").inputs;
    assert.equal(replica.replicateSourceDb, source);
    assert.equal(replica.identifier, `${source}-reports`);
    assert.equal(replica.instanceClass, "db.r7g.xlarge");
    assert.equal(replica.skipFinalSnapshot, true);
    const secret = JSON.parse(run.one("secretsmanager/secretVersion:SecretVersion").inputs.secretString);
    assert.equal(secret.username, "platform_admin");
    assert.equal(secret.password, GIVEN.password);
    assert.ok(run.one("secretsmanager/secret:Secret").inputs.kmsKeyId);
    assert.equal(run.one("cloudwatch/metricAlarm:MetricAlarm", "orders-reports-lag").inputs.metricName, "ReplicaLag");
  });

  it("has a proxy that alone reads the secret, takes TLS only, and stands between clients and database", async () => {
    const run = await database({
      proxy: { maxConnectionsPercent: 80 },
      clients: { securityGroups: { api: "sg-api" } },
    });
    const proxy = run.one("rds/proxy:Proxy").inputs;
    assert.equal(proxy.requireTls, true);
    assert.equal(proxy.auths[0].iamAuth, "REQUIRED");
    assert.equal(proxy.auths[0].secretArn, await valueOf(run.result.secretArn));
    const role = run.one("iam/rolePolicy:RolePolicy", "orders-proxy-role-policy");
    const decrypt = run.statements(role).find(({ Action }) => Action.includes("kms:Decrypt"));
    assert.deepEqual(decrypt?.Condition, {
      StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" },
    });
    const target = run.one("rds/proxyTarget:ProxyTarget").inputs;
    assert.equal(target.dbInstanceIdentifier, run.one(INSTANCE).inputs.identifier);
    assert.equal(
      run.one("rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup").inputs.connectionPoolConfig.maxConnectionsPercent,
      80,
    );
    const rules = run.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    const ports = Object.fromEntries(rules.map(({ name, inputs }) => [name, inputs.fromPort]));
    assert.deepEqual(ports, { "orders-from-api": 5433, "orders-from-proxy": 5433, "orders-proxy-from-api": 5432 });
  });

  it("grants one user of the database by ARN, through the proxy too, and the secret with its key", async () => {
    const run = await record(() => {
      const made = make({ proxy: {} });
      return { made, connect: made.grantConnect("etl"), secret: made.grantReadSecret() };
    });
    const resources = await valueOf(pulumi.all([...(run.result.connect[0]?.resources ?? [])]));
    const id = await valueOf(run.result.made.resourceId);
    assert.equal(resources[0], `arn:aws:rds-db:eu-central-1:123456789012:dbuser:${id}/etl`);
    assert.match(resources[1] ?? "", /^arn:aws:rds-db:eu-central-1:123456789012:dbuser:.+\/etl$/);
    assert.deepEqual(run.result.connect[0]?.actions, ["rds-db:connect"]);
    const actions = run.result.secret.flatMap((statement) => statement.actions);
    for (const action of ["secretsmanager:GetSecretValue", "kms:Decrypt"]) assert.ok(actions.includes(action), action);
  });

  it("lets a later client in, to proxy and database", async () => {
    const run = await record(() => {
      const made = make({ proxy: {} });
      made.allowFrom("function", "sg-function");
      return made;
    });
    const rules = run
      .all("vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .filter(({ inputs }) => inputs.referencedSecurityGroupId === "sg-function");
    assert.deepEqual(rules.map(({ inputs }) => inputs.fromPort).sort(), [5432, 5433]);
  });

  it("alarms of CPU, memory, connections and storage, by thresholds that follow from class and disks", async () => {
    const run = await database({ storage: { allocatedGiB: 200 } }, true);
    const alarms = Object.fromEntries(
      run
        .all("cloudwatch/metricAlarm:MetricAlarm")
        .map(({ name, inputs }) => [name, [inputs.metricName, inputs.threshold]]),
    );
    const GIB = 1024 ** 3;
    assert.deepEqual(alarms, {
      "orders-cpu": ["CPUUtilization", 80],
      "orders-memory": ["FreeableMemory", Math.floor(16 * GIB * 0.05)],
      "orders-connections": ["DatabaseConnections", Math.floor(Math.floor((16 * GIB) / 9_531_392) * 0.8)],
      "orders-storage": ["FreeStorageSpace", 20 * GIB],
    });
  });

  it("starts from a snapshot or a moment in the past, with the administrator that was there", async () => {
    const snapshot = (await database({ origin: { from: "snapshot", snapshotId: "before-the-accident" } })).one(
      INSTANCE,
    ).inputs;
    assert.equal(snapshot.snapshotIdentifier, "before-the-accident");
    assert.equal(snapshot.username, undefined);
    const at = "2026-11-23T04:00:00Z";
    const past = await database({
      engine: "aurora-mysql",
      origin: { from: "pointInTime", sourceIdentifier: "old", at },
    });
    assert.deepEqual(past.one(CLUSTER).inputs.restoreToPointInTime, {
      sourceClusterIdentifier: "old",
      restoreToTime: at,
    });
    const latest = await database({ origin: { from: "pointInTime", sourceIdentifier: "old" } });
    assert.deepEqual(latest.one(INSTANCE).inputs.restoreToPointInTime, {
      sourceDbInstanceIdentifier: "old",
      useLatestRestorableTime: true,
    });
  });

  it("keeps copies of its backups in another region, under a key of it", async () => {
    const otherRegion = { region: "eu-west-1", keyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" };
    const run = await database({ backup: { retentionDays: 21, otherRegion } });
    const { inputs } = run.one("rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication");
    assert.deepEqual([inputs.region, inputs.kmsKeyId, inputs.retentionPeriod], ["eu-west-1", otherRegion.keyArn, 21]);
    assert.equal(inputs.sourceDbInstanceArn, run.one(INSTANCE).state.arn);
  });

  it("has addresses of some of Aurora's members only", async () => {
    const endpoints = { reports: { kind: "reader", members: [2] } } as const;
    const run = await database({ engine: "aurora-mysql", aurora: { readers: 2, endpoints } });
    const { inputs } = run.one("rds/clusterEndpoint:ClusterEndpoint");
    assert.equal(inputs.customEndpointType, "READER");
    assert.deepEqual(inputs.staticMembers, [run.one(MEMBER, "orders-member-2").inputs.identifier]);
    assert.deepEqual(Object.keys((await valueOf(run.result.endpoints)) as object), ["reports"]);
  });

  it("takes its user's options and last words, and stays the same database when its origin is said otherwise", async () => {
    const run = await record(() => {
      const key = new EncryptionKey("sales", { description: "Sales" });
      const transform = { instance: <T>(args: T): T => ({ ...args, networkType: "DUAL" }) };
      const args = { engine: "postgres", instanceClass: "db.r7g.large", network: NETWORK, key, transform } as const;
      return new RelationalDatabase("orders", args, { ignoreChanges: ["engineVersion"], retainOnDelete: true });
    });
    const instance = run.one(INSTANCE);
    assert.equal(instance.inputs.networkType, "DUAL");
    assert.equal(instance.retainOnDelete, true);
    assert.deepEqual([...instance.ignoreChanges].sort(), [
      "engineVersion",
      "restoreToPointInTime",
      "snapshotIdentifier",
    ]);
  });

  it("is updated on a copy that takes over, where that is wanted", async () => {
    const run = await database({ engine: "mysql", credentials: GIVEN, blueGreenUpdates: true });
    assert.deepEqual(run.one(INSTANCE).inputs.blueGreenUpdate, { enabled: true });
  });

  it("sends MySQL's slow queries and general log as files, which CloudWatch takes", async () => {
    const run = await database({ engine: "mysql", logs: ["general", "slowquery"] });
    const { parameters } = run.one("rds/parameterGroup:ParameterGroup").inputs;
    const set = Object.fromEntries(parameters.map(({ name, value }: { name: string; value: string }) => [name, value]));
    assert.deepEqual([set.log_output, set.general_log, set.slow_query_log], ["FILE", "1", "1"]);
  });

  it("tells clients how to connect, drivers and failover included", async () => {
    const run = await database({ engine: "aurora-postgresql", databaseName: "orders", proxy: {} });
    const guide = (await valueOf(run.result.connection)) as ConnectionGuide;
    assert.equal(guide.tls.caBundleUrl, "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem");
    assert.match(guide.tls.settings.libpq ?? "", /sslmode=verify-full/);
    assert.deepEqual([guide.port, guide.proxyPort, guide.databaseName], [5433, 5432, "orders"]);
    assert.match(guide.failover.join("\n"), /networkaddress\.cache\.ttl=5/);
    assert.match(guide.failover.join("\n"), /proxy/);
  });

  const REFUSED: readonly (readonly [string, Wanted, RegExp])[] = [
    ["an engine there is not", { engine: "db2" as never }, /engine is "db2"; allowed: aurora-mysql/],
    ["a version nobody has", { engineVersion: "9.6" }, /engineVersion is "9\.6"; allowed: 17, 18/],
    ["a version that only begins like one", { engineVersion: "170" }, /engineVersion is "170"/],
    [
      "a class of another kind",
      { engine: "oracle-ee", instanceClass: "db.r7g.large" },
      /instanceClass is "db\.r7g\.large"/,
    ],
    ["a class that is none", { instanceClass: "r7g.large" }, /instanceClass is "r7g\.large"; allowed: db\.<family>/],
    [
      "a standby of Express",
      { engine: "sqlserver-ex", instanceClass: "db.t3.small" },
      /availability is "standby"; allowed: single/,
    ],
    [
      "readable standbys of MySQL 5.7",
      { engine: "mysql", engineVersion: "5.7", instanceClass: "db.m6gd.large", availability: "readableStandbys" },
      /engineVersion is "5\.7"; allowed: 8\.0 and later/,
    ],
    [
      "readable standbys of MariaDB",
      { engine: "mariadb", availability: "readableStandbys" },
      /allowed: single, standby$/m,
    ],
    [
      "readable standbys without disks",
      { availability: "readableStandbys" },
      /instanceClass is "db\.r7g\.large".*c6gd/,
    ],
    ["Aurora's options elsewhere", { aurora: { readers: 2 } }, /aurora is .*unset, with postgres/],
    [
      "storage with Aurora",
      { engine: "aurora-mysql", storage: { allocatedGiB: 100 } },
      /Aurora: its storage grows by itself/,
    ],
    ["availability with Aurora", { engine: "aurora-mysql", availability: "single" }, /availability is "single"/],
    [
      "sixteen readers",
      { engine: "aurora-mysql", aurora: { readers: 16 } },
      /aurora\.readers is 16; allowed: a whole number from 0 to 15/,
    ],
    [
      "fewer readers than there are",
      { engine: "aurora-mysql", aurora: { readers: 3, autoscaling: { minimum: 1, maximum: 5 } } },
      /autoscaling\.minimum is 1/,
    ],
    [
      "two figures to scale by",
      { engine: "aurora-mysql", aurora: { autoscaling: { minimum: 1, maximum: 5, cpuPercent: 50, connections: 5 } } },
      /not both/,
    ],
    [
      "serverless without bounds",
      { engine: "aurora-mysql", instanceClass: "db.serverless" },
      /aurora\.serverless is unset/,
    ],
    [
      "quarters of capacity",
      { engine: "aurora-mysql", instanceClass: "db.serverless", aurora: { serverless: { minimum: 0.25, maximum: 4 } } },
      /serverless\.minimum is 0\.25/,
    ],
    [
      "no backups",
      { backup: { retentionDays: 0 } },
      /backup\.retentionDays is 0; allowed: a whole number from 1 to 35/,
    ],
    ["more than 35 days of backups", { backup: { retentionDays: 36 } }, /retentionDays is 36/],
    [
      "copies of Aurora's backups",
      { engine: "aurora-mysql", backup: { otherRegion: { region: "eu-west-1", keyArn: "key" } } },
      /backup\.otherRegion is "eu-west-1"; allowed: unset, with aurora/,
    ],
    ["copies in no region", { backup: { otherRegion: { region: "Ireland", keyArn: "key" } } }, /region is "Ireland"/],
    [
      "an address of a member there is not",
      { engine: "aurora-mysql", aurora: { endpoints: { reports: { kind: "reader", members: [2] } } } },
      /endpoints\.reports\.members is 2; allowed: a whole number from 0 to 1/,
    ],
    ["a window of other words", { backup: { window: "1am" } }, /backup\.window is "1am"/],
    [
      "windows that overlap",
      { backup: { window: "03:30-04:30" } },
      /maintenance\.window is "sun:03:00-sun:04:00".*does not overlap/,
    ],
    [
      "a log of another engine",
      { logs: ["slowquery"] },
      /logs is "slowquery"; allowed: iam-db-auth-error, postgresql, upgrade/,
    ],
    ["logs of a month and a day", { logRetentionDays: 31 as never }, /logRetentionDays is 31; allowed: 1, 3, 5/],
    [
      "a monitoring interval between",
      { monitoring: { intervalSeconds: 2 as never } },
      /intervalSeconds is 2; allowed: 0, 1, 5, 10, 15, 30, 60/,
    ],
    ["insights of ten days", { monitoring: { insightsDays: 10 } }, /insightsDays is 10/],
    [
      "insights on the smallest MySQL",
      { engine: "mysql", instanceClass: "db.t4g.micro", monitoring: { insightsDays: 7 } },
      /insightsDays is 7; allowed: 0/,
    ],
    ["a name everybody tries", { adminName: "Postgres" }, /adminName is "Postgres"/],
    [
      "a database's name with SQL Server",
      { engine: "sqlserver-se", instanceClass: "db.m6i.large", databaseName: "orders" },
      /databaseName is "orders"; allowed: unset/,
    ],
    [
      "a long name with Oracle",
      { engine: "oracle-ee", instanceClass: "db.m6i.large", databaseName: "TOOLONGNAME" },
      /databaseName/,
    ],
    [
      "tokens with SQL Server",
      { engine: "sqlserver-se", instanceClass: "db.m6i.large", iamAuthentication: true },
      /iamAuthentication is true; allowed: false/,
    ],
    ["connections in the clear", { parameters: { "rds.force_ssl": "0" } }, /parameters is "rds\.force_ssl"/],
    ["options with PostgreSQL", { options: [{ name: "TDE" }] }, /options is \["TDE"\]/],
    [
      "replicas of a managed password",
      { replicas: { near: {} } },
      /credentials\.kind is "managed"; allowed: "given".*read replicas/,
    ],
    [
      "replicas of SE",
      { engine: "sqlserver-se", instanceClass: "db.m6i.large", replicas: { near: {} } },
      /replicas is \["near"\]/,
    ],
    ["blue/green with a managed password", { blueGreenUpdates: true }, /credentials\.kind.*blue\/green/],
    [
      "blue/green of Aurora",
      { engine: "aurora-mysql", credentials: GIVEN, blueGreenUpdates: true },
      /blueGreenUpdates is true/,
    ],
    [
      "a proxy of Oracle",
      { engine: "oracle-ee", instanceClass: "db.m6i.large", proxy: {} },
      /proxy is "a proxy"; allowed: none/,
    ],
    [
      "a name with an origin",
      { adminName: "chief", origin: { from: "snapshot", snapshotId: "s" } },
      /adminName is "chief"; allowed: unset/,
    ],
    [
      "a time that is none",
      { origin: { from: "pointInTime", sourceIdentifier: "old", at: "yesterday" } },
      /origin\.at is "yesterday"/,
    ],
    ["a port SQL Server keeps", { engine: "sqlserver-se", instanceClass: "db.m6i.large", port: 1434 }, /port is 1434/],
    ["a port below 1150", { port: 443 }, /port is 443/],
    [
      "a range outside the VPC",
      { clients: { cidrBlocks: ["192.168.0.0/24"] } },
      /cidrBlocks is "192\.168\.0\.0\/24"; allowed: a range inside the VPC's own, 10\.0\.0\.0\/16/,
    ],
    [
      "everybody",
      { publiclyAccessible: true, clients: { cidrBlocks: ["0.0.0.0/0"] } },
      /cidrBlocks is "0\.0\.0\.0\/0"/,
    ],
    ["a license of PostgreSQL", { license: "own" }, /license is "own"; allowed: unset/],
    ["support AWS does not sell", { engine: "mariadb", extendedSupport: true }, /extendedSupport is true/],
    ["an authority that is gone", { caCertificate: "rds-ca-2019" as never }, /caCertificate is "rds-ca-2019"/],
  ];
  for (const [what, wanted, message] of REFUSED) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(database(wanted), (error: Error) => {
        assert.ok(error instanceof ComponentArgumentError, String(error));
        assert.match(error.message, /^RelationalDatabase "orders": /);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("names every problem of its arguments at once", async () => {
    const wanted: Wanted = {
      engineVersion: "9.6",
      backup: { retentionDays: 0 },
      clients: { cidrBlocks: ["192.168.0.0/24"] },
    };
    await assert.rejects(database(wanted), (error: Error) => {
      assert.match(error.message, /^RelationalDatabase "orders": 3 problems/);
      for (const said of [
        /engineVersion is "9\.6"/,
        /backup\.retentionDays is 0/,
        /cidrBlocks is "192\.168\.0\.0\/24"/,
      ])
        assert.match(error.message, said);
      return true;
    });
  });

  const KINDS: Readonly<Record<string, Wanted>> = {
    "a pair": {},
    "a pair with a proxy": { proxy: {}, clients: { cidrBlocks: ["10.0.1.0/24"] } },
    "MySQL with replicas": {
      engine: "mysql",
      credentials: {
        ...GIVEN,
        rotation: { functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:rotate", days: 30 },
      },
      replicas: { near: {} },
    },
    MariaDB: { engine: "mariadb" },
    Oracle: { engine: "oracle-ee", instanceClass: "db.r6i.large" },
    "SQL Server": { engine: "sqlserver-se", instanceClass: "db.r6i.xlarge" },
    "readable standbys": { engine: "postgres", instanceClass: "db.m6gd.large", availability: "readableStandbys" },
    "Aurora MySQL": { engine: "aurora-mysql", aurora: { autoscaling: { minimum: 1, maximum: 3 } } },
    "serverless Aurora": {
      engine: "aurora-postgresql",
      instanceClass: "db.serverless",
      aurora: { serverless: { minimum: 0, maximum: 16 } },
    },
  };
  for (const [what, wanted] of Object.entries(KINDS)) {
    it(`satisfies the policies of production as ${what}`, async () => {
      const run = await database(wanted, true);
      const table = TABLE.filter(({ id, path }) => !id.startsWith("cross-") && !/^rds\/[a-z-]+-events$/.test(path));
      const policed = run.resources.filter(({ custom }) => custom);
      const report = evaluate(
        policed.map((one) => ({
          urn: one.urn,
          type: one.type,
          name: one.name,
          props: { ...one.state, ...one.inputs },
          opts: { protect: one.protect, parent: one.parent },
          propertyDependencies: one.propertyDependencies,
        })),
        { environment: "prod", exemptions: [], table },
      );
      const told = [...report.violations, ...report.unknown].map(
        ({ rule, resource, message }) => `${rule.id} ${resource.name}: ${message}`,
      );
      assert.deepEqual(told, []);
    });
  }

  it("refuses a range outside a VPC whose own becomes known later", async () => {
    const network = { ...NETWORK, cidrBlock: pulumi.output(Promise.resolve("10.1.0.0/16")) };
    await assert.rejects(
      database({ network, clients: { cidrBlocks: ["10.0.0.0/24"] } }),
      /inside the VPC's own, 10\.1\.0\.0\/16/,
    );
  });

  it("refuses to grant a user where the database takes no tokens, or all users", async () => {
    const sqlserver = { engine: "sqlserver-se", instanceClass: "db.m6i.large" } as const;
    await assert.rejects(
      record(() => make(sqlserver).grantConnect("etl")),
      /databases with iamAuthentication/,
    );
    await assert.rejects(
      record(() => make({}).grantConnect("*")),
      /without wildcards/,
    );
  });

  it("leaves the log group of the account's databases to RDS, or declares it before the first measurement", async () => {
    const groupsOf = (run: Recording) =>
      run.all("cloudwatch/logGroup:LogGroup").filter(({ inputs }) => inputs.name === "RDSOSMetrics");
    assert.deepEqual(groupsOf(await database()), []);
    const run = await database({ monitoring: { logGroup: "create" }, logRetentionDays: 14 });
    const [group] = groupsOf(run);
    assert.ok(group);
    assert.equal(group.inputs.retentionInDays, 14);
    assert.ok(run.dependsOn(run.one("rds/instance:Instance"), group));
  });
});
