import { ACCOUNT, AWS_KEY, KEY, UNKNOWN, UNSET, type Cases, type Change, type Fixture, type RuleCases } from "./case";

const instance: Fixture = {
  type: "aws:rds/instance:Instance",
  props: {
    identifier: "shop",
    engine: "postgres",
    storageEncrypted: true,
    kmsKeyId: KEY,
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: KEY,
    parameterGroupName: "shop-postgres",
    deletionProtection: true,
    skipFinalSnapshot: false,
    finalSnapshotIdentifier: "shop-final",
    backupRetentionPeriod: 14,
    multiAz: true,
    publiclyAccessible: false,
    enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
    monitoringInterval: 60,
    monitoringRoleArn: `arn:aws:iam::${ACCOUNT}:role/monitoring`,
    autoMinorVersionUpgrade: true,
    iamDatabaseAuthenticationEnabled: true,
    copyTagsToSnapshot: true,
    username: "shop_owner",
    port: 5433,
    caCertIdentifier: "rds-ca-rsa2048-g1",
    manageMasterUserPassword: true,
    masterUserSecretKmsKeyId: KEY,
  },
};
const without = (...names: readonly string[]): Fixture["props"] =>
  Object.fromEntries(Object.entries(instance.props).filter(([name]) => !names.includes(name)));

const cluster: Fixture = {
  type: "aws:rds/cluster:Cluster",
  props: {
    ...without("identifier", "parameterGroupName", "username", "multiAz", "caCertIdentifier"),
    clusterIdentifier: "shop",
    engine: "aurora-postgresql",
    dbClusterParameterGroupName: "shop-aurora",
    enabledCloudwatchLogsExports: ["postgresql"],
    masterUsername: "shop_owner",
  },
};
/** A cluster that describes its three instances itself. */
const standbys: Fixture = {
  ...cluster,
  props: {
    ...cluster.props,
    engine: "postgres",
    dbClusterInstanceClass: "db.m6gd.large",
    caCertificateIdentifier: "rds-ca-rsa4096-g1",
  },
};
const member: Fixture = {
  type: "aws:rds/clusterInstance:ClusterInstance",
  props: {
    clusterIdentifier: "shop",
    performanceInsightsEnabled: true,
    performanceInsightsKmsKeyId: KEY,
    publiclyAccessible: false,
    monitoringInterval: 60,
    monitoringRoleArn: `arn:aws:iam::${ACCOUNT}:role/monitoring`,
    autoMinorVersionUpgrade: true,
    caCertIdentifier: "rds-ca-rsa2048-g1",
  },
  from: { clusterIdentifier: "database" },
};
const replica = (...lacking: readonly string[]): Change => ({
  database: {
    ...instance,
    props: { ...without(...lacking), replicateSourceDb: "shop-main" },
  },
});
const group: Fixture = {
  type: "aws:rds/parameterGroup:ParameterGroup",
  props: { name: "shop-postgres", family: "postgres17", parameters: [{ name: "rds.force_ssl", value: "1" }] },
};
/** The same database as another type, with changes to what it says. */
const as = (fixture: Fixture, props: Fixture["props"] = {}): Change => ({
  database: { ...fixture, props: { ...fixture.props, ...props } },
});
const restored = { snapshotIdentifier: "shop-2026-11-01" };

const secret: Fixture = {
  type: "aws:secretsmanager/secret:Secret",
  props: { id: "arn:secret", arn: "arn:secret", kmsKeyId: KEY },
};

const TOPIC = `arn:aws:sns:eu-central-1:${ACCOUNT}:databases`;
const subscription = (sourceType: string, eventCategories: readonly string[]): Fixture => ({
  type: "aws:rds/eventSubscription:EventSubscription",
  props: { snsTopic: TOPIC, sourceType, eventCategories, enabled: true },
});

/** A rule that somebody hears of these events of a source. */
function events(database: Fixture, sourceType: string, categories: readonly string[]): RuleCases {
  const [first = "", ...others] = categories;
  const listening = subscription(sourceType, categories);
  const about = new RegExp(`no event subscription of ${sourceType} has the categories ${categories.join(", ")}`);
  return {
    stack: { database, listening },
    fields: {
      "listening.enabled": { unset: ["compliant", "a subscription is on unless somebody says otherwise"] },
      "listening.eventCategories": {
        unset: ["compliant", "no categories means all of them"],
        off: ["compliant", "no categories means all of them"],
      },
      "listening.sourceType": {
        unset: ["compliant", "no type of source means all of them"],
        off: ["compliant", "no type of source means all of them"],
      },
    },
    compliant: {
      "has a subscription for every category": {
        listening: UNSET,
        ...Object.fromEntries(categories.map((one, index) => [`listening${index}`, subscription(sourceType, [one])])),
      },
      ...Object.fromEntries(
        Object.keys(database.props)
          .filter((one) => ["identifier", "clusterIdentifier", "name"].includes(one))
          .map((one) => [
            `is named by its ${one} among others`,
            { "listening.sourceIds": ["another", String(database.props[one])] },
          ]),
      ),
      "is named by its id": { "listening.sourceIds": ["the-id"], "database.id": "the-id" },
      "is named by a dependency of the subscription": {
        listening: { ...listening, props: { ...listening.props, sourceIds: UNKNOWN }, from: { sourceIds: "database" } },
      },
    },
    violating: {
      "has no subscription": [{ listening: UNSET }, about],
      "has a subscription of another kind of source": [{ "listening.sourceType": "custom-engine-version" }, about],
      "has a subscription for other sources": [{ "listening.sourceIds": ["another"] }, about],
      "lacks one category": [
        { "listening.eventCategories": others.length > 0 ? others : ["creation"] },
        new RegExp(`has the categories ${first}$`),
      ],
    },
    unknown: { "has a subscription for who knows whom": { "listening.sourceIds": UNKNOWN } },
  };
}

/** Groups of clusters are judged as those of instances are. */
const ofClusterGroups = (cases: RuleCases): RuleCases => ({
  ...cases,
  violating: {
    ...cases.violating,
    "is a cluster's and has no subscription": [
      { database: { ...group, type: "aws:rds/clusterParameterGroup:ClusterParameterGroup" }, listening: UNSET },
      /no event subscription of db-parameter-group/,
    ],
  },
});

export const DATABASES: Cases = {
  "rds/storage-encryption": {
    stack: { database: instance },
    fields: { "database.storageEncrypted": {}, "database.kmsKeyId": {} },
    compliant: { "is a cluster": as(cluster) },
    violating: {
      "uses AWS's key": [{ "database.kmsKeyId": "alias/aws/rds" }, /customer managed key/],
      "is a cluster in the clear": [as(cluster, { storageEncrypted: false }), /customer managed key/],
    },
    notApplicable: { "is a replica": replica("storageEncrypted", "kmsKeyId") },
    unknown: { "may be a replica": { "database.replicateSourceDb": UNKNOWN, "database.storageEncrypted": UNSET } },
  },
  "rds/insights-encryption": {
    stack: { database: instance },
    fields: { "database.performanceInsightsKmsKeyId": {} },
    compliant: { "is a cluster's instance": as(member), "is a cluster": as(cluster) },
    violating: {
      "uses AWS's key": [{ "database.performanceInsightsKmsKeyId": AWS_KEY }, /customer managed key/],
      "is a cluster's instance with AWS's key": [
        as(member, { performanceInsightsKmsKeyId: AWS_KEY }),
        /customer managed key/,
      ],
    },
    notApplicable: {
      "has no insights": {
        "database.performanceInsightsEnabled": false,
        "database.performanceInsightsKmsKeyId": UNSET,
      },
    },
    unknown: {
      "may have insights": {
        "database.performanceInsightsEnabled": UNKNOWN,
        "database.performanceInsightsKmsKeyId": UNSET,
      },
    },
  },
  "rds/forced-tls": {
    stack: { database: { ...instance, from: { parameterGroupName: "group" } }, group },
    fields: {
      "database.engine": {},
      "group.parameters": {},
      "group.parameters.0.name": {},
      "group.parameters.0.value": {},
    },
    compliant: {
      "is of a group known by its id alone": {
        "database.@from": UNSET,
        "group.name": UNSET,
        "group.id": "shop-postgres",
      },
      "is of a group known by dependency alone": { "database.parameterGroupName": UNKNOWN, "group.name": UNKNOWN },
      "is of a group known by name alone": { "database.@from": UNSET },
      ...Object.fromEntries(
        ["mysql", "mariadb"].map((engine) => [
          `is ${engine} with its own parameter`,
          {
            "database.engine": engine,
            "group.parameters": [{ name: "require_secure_transport", value: "ON" }],
          },
        ]),
      ),
      "is a cluster of Aurora MySQL": {
        ...as(cluster, { engine: "aurora-mysql" }),
        group: {
          type: "aws:rds/clusterParameterGroup:ClusterParameterGroup",
          props: { name: "shop-aurora", parameters: [{ name: "require_secure_transport", value: "1" }] },
        },
      },
      "is SQL Server of any edition": { "database.engine": "sqlserver-ex" },
      "is Oracle with the option of TLS": {
        "database.engine": "oracle-se2",
        "database.optionGroupName": "tls",
        group: { type: "aws:rds/optionGroup:OptionGroup", props: { name: "tls", options: [{ optionName: "SSL" }] } },
      },
      "is a replica of one that forces it": {
        ...replica("engine"),
        "database.replicateSourceDb": "main",
        main: { ...instance, props: { ...instance.props, identifier: "main" } },
      },
      "is a replica of one in another place, named by its ARN": {
        ...replica("engine"),
        "database.replicateSourceDb": "arn:main",
        main: { ...instance, props: { ...instance.props, identifier: "main", arn: "arn:main" } },
      },
      "is a cluster": {
        ...as(cluster),
        group: {
          ...group,
          type: "aws:rds/clusterParameterGroup:ClusterParameterGroup",
          props: { ...group.props, name: "shop-aurora" },
        },
      },
    },
    violating: {
      "has a group that forbids nothing": [
        { "group.parameters.0.value": "0" },
        /unencrypted connections: group sets rds\.force_ssl to 0$/,
      ],
      "has a group that does not speak of it": [
        { "group.parameters.0.name": "log_connections" },
        /group sets rds\.force_ssl to nothing$/,
      ],
      "has AWS's group": [
        { "database.@from": UNSET, "database.parameterGroupName": "default.postgres17" },
        /no parameter group of this stack/,
      ],
      "names no group": [
        { "database.@from": UNSET, "database.parameterGroupName": UNSET },
        /no parameter group of this stack/,
      ],
      "is an engine nobody knows": [
        { "database.engine": "db2-se" },
        /does not know how to require TLS of the engine "db2-se"/,
      ],
      "is Oracle without the option of TLS": [
        {
          "database.engine": "oracle-se2",
          "database.optionGroupName": "tls",
          group: {
            type: "aws:rds/optionGroup:OptionGroup",
            props: { name: "tls", options: [{ optionName: "STATSPACK" }] },
          },
        },
        /no option SSL/,
      ],
      "is Oracle without options": [{ "database.engine": "oracle-ee" }, /no option SSL/],
      "is a cluster with a group of instances": [as(cluster), /no parameter group of this stack/],
    },
    unknown: { "has a group of an unknown name": { "database.@from": UNSET, "database.parameterGroupName": UNKNOWN } },
  },
  "rds/snapshot-encryption": {
    stack: { copy: { type: "aws:rds/snapshotCopy:SnapshotCopy", props: { kmsKeyId: KEY } } },
    fields: { "copy.kmsKeyId": {} },
    violating: {
      "uses AWS's key": [{ "copy.kmsKeyId": "alias/aws/rds" }, /customer managed key/],
      "is a cluster's without a key": [
        { copy: { type: "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy", props: {} } },
        /customer managed key/,
      ],
    },
  },
  "rds/deletion-protection": {
    stack: { database: instance },
    fields: { "database.deletionProtection": {} },
    compliant: { "is a cluster": as(cluster) },
    violating: {
      "is a cluster without": [as(cluster, { deletionProtection: false }), /one request deletes/],
      "is a global cluster without": [
        { database: { type: "aws:rds/globalCluster:GlobalCluster", props: {} } },
        /one request deletes/,
      ],
    },
  },
  "rds/final-snapshot": {
    stack: { database: instance },
    fields: { "database.finalSnapshotIdentifier": {} },
    compliant: { "is a cluster": as(cluster), "leaves it at AWS's choice": { "database.skipFinalSnapshot": UNSET } },
    violating: {
      "skips it": [{ "database.skipFinalSnapshot": true }, /skipFinalSnapshot is true/],
      "is a cluster that skips it": [as(cluster, { skipFinalSnapshot: true }), /skipFinalSnapshot is true/],
    },
    notApplicable: { "is a replica": replica("finalSnapshotIdentifier") },
    unknown: { "may skip it": { "database.skipFinalSnapshot": UNKNOWN } },
  },
  "rds/backup-retention": {
    stack: { database: instance },
    fields: { "database.backupRetentionPeriod": {} },
    compliant: { "is a cluster": as(cluster) },
    violating: {
      "keeps 13 days": [{ "database.backupRetentionPeriod": 13 }, /is 13.*less than 14 days/],
      "keeps 13 days of a cluster": [as(cluster, { backupRetentionPeriod: 13 }), /less than 14 days/],
    },
    notApplicable: {
      "is a replica": replica("backupRetentionPeriod"),
      "is a cluster that is a replica": as(cluster, {
        replicationSourceIdentifier: "arn:main",
        backupRetentionPeriod: 1,
      }),
    },
  },
  "rds/multi-az": {
    stack: { database: instance },
    fields: { "database.multiAz": {} },
    compliant: {
      "is a cluster of two instances": { ...as(cluster), one: member, other: member },
      ...Object.fromEntries(
        ["id", "clusterIdentifier"].map((one) => [
          `is a cluster of two instances that name it by its ${one}`,
          {
            ...as(cluster, { id: "the-id", clusterIdentifier: "the-clusterIdentifier" }),
            one: { ...member, props: { clusterIdentifier: `the-${one}` }, from: undefined },
            other: { ...member, props: { clusterIdentifier: `the-${one}` }, from: undefined },
          },
        ]),
      ),
      "is a cluster with standbys": as(standbys),
    },
    violating: {
      "is a cluster of one instance": [{ ...as(cluster), one: member }, /1 instance:/],
      "is a cluster without instances": [as(cluster), /0 instances/],
      "is a cluster beside another's instances": [
        {
          ...as(cluster),
          one: member,
          other: { ...member, props: { clusterIdentifier: "another" }, from: undefined },
        },
        /1 instance:/,
      ],
    },
    notApplicable: { "is a replica": replica("multiAz") },
  },
  "rds/not-public": {
    stack: { database: instance },
    fields: {
      "database.publiclyAccessible": {
        unset: ["compliant", "a database has no public address unless somebody asks for one"],
        off: ["compliant", "off is what the rule asks for"],
      },
    },
    violating: {
      "is public": [{ "database.publiclyAccessible": true }, /public address/],
      "is a cluster's instance that is public": [as(member, { publiclyAccessible: true }), /public address/],
    },
  },
  "rds/log-exports": {
    stack: { database: instance },
    fields: { "database.enabledCloudwatchLogsExports": {} },
    compliant: {
      "is Aurora": as(cluster),
      ...Object.fromEntries(
        ["mysql", "mariadb", "aurora-mysql"].map((engine) => [
          `is ${engine} with both`,
          { "database.engine": engine, "database.enabledCloudwatchLogsExports": ["error", "slowquery"] },
        ]),
      ),
      "is SQL Server": { "database.engine": "sqlserver-ex", "database.enabledCloudwatchLogsExports": ["error"] },
      "is an engine nobody knows with some log": {
        "database.engine": "db2-se",
        "database.enabledCloudwatchLogsExports": ["diag.log"],
      },
      "is Oracle with all four": {
        "database.engine": "oracle-se2",
        "database.enabledCloudwatchLogsExports": ["alert", "audit", "listener", "trace"],
      },
    },
    violating: {
      "lacks one": [{ "database.enabledCloudwatchLogsExports": ["postgresql"] }, /: upgrade$/],
      ...Object.fromEntries(
        [
          ["mysql", /: error, slowquery$/],
          ["mariadb", /: error, slowquery$/],
          ["aurora-mysql", /: error, slowquery$/],
          ["sqlserver-ee", /: error$/],
          ["oracle-ee", /: alert, audit, listener, trace$/],
        ].map(([engine, says]) => [
          `is ${String(engine)} with the logs of another engine`,
          [{ "database.engine": engine }, says as RegExp] as const,
        ]),
      ),
      "is Aurora without": [as(cluster, { enabledCloudwatchLogsExports: [] }), /: postgresql$/],
      "has none": [{ "database.enabledCloudwatchLogsExports": [] }, /: postgresql, upgrade$/],
      "is an engine nobody knows without logs": [
        { "database.engine": "db2-se", "database.enabledCloudwatchLogsExports": [] },
        /no log is sent/,
      ],
    },
    notApplicable: { "is a replica": replica("enabledCloudwatchLogsExports") },
  },
  "rds/enhanced-monitoring": {
    stack: { database: instance },
    fields: { "database.monitoringInterval": {}, "database.monitoringRoleArn": {} },
    compliant: {
      "is looked at every second": { "database.monitoringInterval": 1 },
      "is a cluster's instance": as(member),
      "is a cluster with standbys": as(standbys),
    },
    violating: {
      "is a cluster's instance without": [as(member, { monitoringInterval: 0 }), /operating system/],
      "is a cluster with standbys without": [as(standbys, { monitoringInterval: 0 }), /operating system/],
    },
    notApplicable: { "is a cluster whose instances say it": as(cluster) },
  },
  "rds/auto-minor-upgrade": {
    stack: { database: instance },
    fields: {
      "database.autoMinorVersionUpgrade": { unset: ["compliant", "databases are upgraded unless somebody forbids it"] },
    },
    compliant: { "is a cluster's instance": as(member), "is a cluster with standbys": as(standbys) },
    violating: {
      "is a cluster's instance without": [as(member, { autoMinorVersionUpgrade: false }), /security fixes/],
      "is a cluster with standbys without": [as(standbys, { autoMinorVersionUpgrade: false }), /security fixes/],
    },
    notApplicable: { "is a cluster whose instances say it": as(cluster) },
  },
  "rds/iam-authentication": {
    stack: { database: instance },
    fields: { "database.iamDatabaseAuthenticationEnabled": {} },
    compliant: { "is a cluster": as(cluster) },
    violating: {
      "is a cluster without": [as(cluster, { iamDatabaseAuthenticationEnabled: false }), /without a password/],
      "is a replica that turns it off": [
        { "database.replicateSourceDb": "main", "database.iamDatabaseAuthenticationEnabled": false },
        /without a password/,
      ],
    },
    notApplicable: {
      "is Oracle": { "database.engine": "oracle-se2", "database.iamDatabaseAuthenticationEnabled": UNSET },
      "is SQL Server": { "database.engine": "sqlserver-se", "database.iamDatabaseAuthenticationEnabled": UNSET },
      "is a replica that says nothing": replica("iamDatabaseAuthenticationEnabled"),
    },
    unknown: { "is an unknown engine": { "database.engine": UNKNOWN } },
  },
  "rds/copy-tags": {
    stack: { database: instance },
    fields: { "database.copyTagsToSnapshot": {} },
    violating: { "is a cluster without": [as(cluster, { copyTagsToSnapshot: false }), /copyTagsToSnapshot/] },
  },
  "rds/cluster-events": events(cluster, "db-cluster", ["maintenance", "failure"]),
  "rds/instance-events": events(instance, "db-instance", ["maintenance", "configuration change", "failure"]),
  "rds/parameter-group-events": ofClusterGroups(events(group, "db-parameter-group", ["configuration change"])),
  "rds/security-group-events": events(instance, "db-security-group", ["configuration change", "failure"]),
  "rds/admin-name": {
    stack: { database: instance },
    fields: { "database.username": {} },
    compliant: { "is a cluster": as(cluster) },
    violating: {
      ...Object.fromEntries(
        ["admin", "administrator", "awsuser", "master", "mysql", "postgres", "root", "sa", "user"].map((name) => [
          `is called ${name}`,
          [{ "database.username": name }, new RegExp(`called "${name}"`)] as const,
        ]),
      ),
      "is called Postgres in capitals": [{ "database.username": "POSTGRES" }, /called "POSTGRES"/],
      "is a cluster whose administrator is root": [as(cluster, { masterUsername: "root" }), /called "root"/],
      "is restored and renamed to admin": [
        { "database.snapshotIdentifier": "snapshot", "database.username": "admin" },
        /called "admin"/,
      ],
    },
    notApplicable: {
      "is a replica": replica("username"),
      "is restored from a snapshot": { database: { ...instance, props: { ...without("username"), ...restored } } },
    },
  },
  "rds/port": {
    stack: { database: instance },
    fields: { "database.port": {} },
    compliant: { "is a cluster": as(cluster) },
    violating: Object.fromEntries(
      [1433, 1521, 3306, 5432].map((port) => [
        `listens on ${port}`,
        [{ "database.port": port }, new RegExp(`port is ${port}`)] as const,
      ]),
    ),
  },
  "rds/certificate-authority": {
    stack: { database: instance },
    fields: { "database.caCertIdentifier": {} },
    compliant: {
      "has that of elliptic curves": { "database.caCertIdentifier": "rds-ca-ecc384-g1" },
      "is a cluster's instance": as(member),
      "is a cluster with standbys": as(standbys),
    },
    violating: {
      "has that of 2019": [{ "database.caCertIdentifier": "rds-ca-2019" }, /"rds-ca-2019"; current ones/],
      "is a cluster with standbys without": [as(standbys, { caCertificateIdentifier: undefined }), /not set/],
    },
    notApplicable: { "is a cluster whose instances say it": as(cluster) },
  },
  "rds/event-readers": {
    stack: {
      topic: { type: "aws:sns/topic:Topic", props: { arn: TOPIC, id: TOPIC } },
      listening: { ...subscription("db-instance", []), from: { snsTopic: "topic" } },
      reader: {
        type: "aws:sns/topicSubscription:TopicSubscription",
        props: { topic: TOPIC, protocol: "email", endpoint: "dba@example.com" },
        from: { topic: "topic" },
      },
    },
    joins: ["reader.topic"],
    fields: {},
    noFields: "it asks for a resource, not for a value of it",
    violating: { "has no reader": [{ reader: UNSET }, /no subscriber/] },
    notApplicable: { "receives no database events": { listening: UNSET } },
  },
  "secretsmanager/rotation": {
    stack: {
      secret,
      rotation: {
        type: "aws:secretsmanager/secretRotation:SecretRotation",
        props: { secretId: "arn:secret", rotationEnabled: true },
        from: { secretId: "secret" },
      },
    },
    joins: ["rotation.secretId"],
    fields: {
      "rotation.rotationEnabled": { unset: ["compliant", "a rotation is on: the provider has it as an output only"] },
    },
    violating: { "has no rotation": [{ rotation: UNSET }, /no SecretRotation/] },
  },
  "secretsmanager/encryption": {
    stack: { secret },
    fields: { "secret.kmsKeyId": {} },
    compliant: {
      "is an administrator's that RDS keeps": { secret: instance },
      "is a cluster's administrator's": { secret: cluster },
    },
    violating: {
      "uses AWS's key": [{ "secret.kmsKeyId": "alias/aws/secretsmanager" }, /it is not encrypted/],
      "is an administrator's without a key": [
        { secret: { ...instance, props: without("masterUserSecretKmsKeyId") } },
        /secret of its administrator/,
      ],
    },
    notApplicable: {
      "is a database with another secret": { secret: { ...instance, props: without("manageMasterUserPassword") } },
    },
  },
};
