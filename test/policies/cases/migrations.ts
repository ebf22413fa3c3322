import { AWS_KEY, KEY, UNKNOWN, UNSET, type Cases, type Fixture } from "./case";

const instance: Fixture = {
  type: "aws:dms/replicationInstance:ReplicationInstance",
  props: {
    replicationInstanceId: "shop",
    publiclyAccessible: false,
    kmsKeyArn: KEY,
    autoMinorVersionUpgrade: true,
    multiAz: true,
  },
};
const profile = (props: object): Fixture => ({
  type: "aws:dms/instanceProfile:InstanceProfile",
  props: { publiclyAccessible: false, kmsKeyArn: KEY, ...props },
});
const config = (compute: object, settings = "{}"): Fixture => ({
  type: "aws:dms/replicationConfig:ReplicationConfig",
  props: { computeConfig: { kmsKeyId: KEY, multiAz: true, ...compute }, replicationSettings: settings },
});
const endpoint = (engineName: string, props: object = {}): Fixture => ({
  type: "aws:dms/endpoint:Endpoint",
  props: { engineName, ...props },
});
const provider = (engine: string, settings: object): Fixture => ({
  type: "aws:dms/dataProvider:DataProvider",
  props: { engine, settings },
});
const files = (props: object): Fixture => ({
  type: "aws:dms/s3Endpoint:S3Endpoint",
  props: { endpointType: "target", encryptionMode: "SSE_KMS", serverSideEncryptionKmsKeyId: KEY, ...props },
});

const ENOUGH = "LOGGER_SEVERITY_DEFAULT";
const logs = (change: Readonly<Record<string, string>> = {}, enabled: unknown = true): string =>
  JSON.stringify({
    Logging: {
      EnableLogging: enabled,
      LogComponents: Object.entries({
        SOURCE_CAPTURE: ENOUGH,
        SOURCE_UNLOAD: ENOUGH,
        TARGET_APPLY: ENOUGH,
        TARGET_LOAD: ENOUGH,
        ...change,
      }).map(([Id, Severity]) => ({ Id, Severity })),
    },
  });
const task: Fixture = {
  type: "aws:dms/replicationTask:ReplicationTask",
  props: { replicationTaskId: "orders", replicationTaskSettings: logs() },
};

const subscription = (sourceType: string, eventCategories: readonly string[], props: object = {}): Fixture => ({
  type: "aws:dms/eventSubscription:EventSubscription",
  props: { sourceType, eventCategories, enabled: true, ...props },
});
const CRITICAL = ["failover", "failure", "low storage"];
const ofInstances = subscription("replication-instance", CRITICAL, { sourceIds: ["shop"] });

const SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop";

export const MIGRATIONS: Cases = {
  "dms/not-public": {
    stack: { instance },
    fields: {},
    noFields: "false is what is wanted",
    compliant: { "is a profile of schema conversion": { instance: profile({}) } },
    violating: {
      "says nothing": [{ "instance.publiclyAccessible": UNSET }, /internet/],
      "is public": [{ "instance.publiclyAccessible": true }, /internet/],
      "is a profile that leaves it to DMS": [{ instance: profile({ publiclyAccessible: undefined }) }, /internet/],
    },
    unknown: { "is not known to be private": { "instance.publiclyAccessible": UNKNOWN } },
  },
  "dms/encryption": {
    stack: { instance },
    fields: { "instance.kmsKeyArn": {} },
    compliant: {
      "is serverless with a key": { instance: config({}) },
      "is a profile with a key": { instance: profile({}) },
      "writes files under a key": { instance: files({}) },
    },
    violating: {
      "has AWS's own key": [{ "instance.kmsKeyArn": AWS_KEY }, /customer managed key/],
      "is serverless without a key": [{ instance: config({ kmsKeyId: undefined }) }, /computeConfig\.kmsKeyId/],
      "is a profile without a key": [{ instance: profile({ kmsKeyArn: undefined }) }, /customer managed key/],
      "writes files under S3's key": [{ instance: files({ encryptionMode: "SSE_S3" }) }, /not SSE_KMS/],
      "writes files under no key": [
        { instance: files({ serverSideEncryptionKmsKeyId: undefined }) },
        /serverSideEncryptionKmsKeyId/,
      ],
    },
    notApplicable: { "only reads files": { instance: files({ endpointType: "source", encryptionMode: undefined }) } },
    unknown: { "has a serverless key to come": { instance: config({ kmsKeyId: UNKNOWN }) } },
  },
  "dms/auto-minor-upgrade": {
    stack: { instance },
    fields: { "instance.autoMinorVersionUpgrade": {} },
    violating: {},
  },
  "dms/endpoint-tls": {
    stack: { endpoint: endpoint("postgres", { sslMode: "verify-full" }) },
    fields: { "endpoint.sslMode": {} },
    compliant: {
      "encrypts without verifying": { "endpoint.sslMode": "require" },
      "is Oracle with the authority checked": { endpoint: endpoint("oracle", { sslMode: "verify-ca" }) },
      "is a data provider by TLS": {
        endpoint: provider("postgres", { postgresqlSettings: { sslMode: "verify-full" } }),
      },
      "is Kafka by TLS": { endpoint: endpoint("kafka", { kafkaSettings: { securityProtocol: "ssl-encryption" } }) },
      "is OpenSearch by https": {
        endpoint: endpoint("opensearch", { elasticsearchSettings: { endpointUri: "https://search.example.org" } }),
      },
    },
    violating: {
      "is plain": [{ "endpoint.sslMode": "none" }, /without TLS/],
      "is a data provider that says nothing": [
        { endpoint: provider("postgres", { postgresqlSettings: { serverName: "a" } }) },
        /without TLS/,
      ],
      "is MongoDB in plain": [{ endpoint: endpoint("mongodb") }, /without TLS/],
      "is Kafka in plain": [
        { endpoint: endpoint("kafka", { kafkaSettings: { securityProtocol: "plaintext" } }) },
        /securityProtocol/,
      ],
      "is Kafka that says nothing": [{ endpoint: endpoint("kafka") }, /securityProtocol/],
      "is OpenSearch by http": [
        { endpoint: endpoint("opensearch", { elasticsearchSettings: { endpointUri: "http://search.example.org" } }) },
        /https/,
      ],
    },
    notApplicable: {
      "is a data provider of Redshift": { endpoint: provider("redshift", { redshiftSettings: {} }) },
      "is Redshift, always by TLS": { endpoint: endpoint("redshift") },
      "is Kinesis": { endpoint: endpoint("kinesis") },
    },
  },
  "dms/mongodb-authentication": {
    stack: { endpoint: endpoint("mongodb", { mongodbSettings: { authType: "password" } }) },
    fields: { "endpoint.mongodbSettings.authType": {} },
    violating: {
      "connects as nobody": [{ "endpoint.mongodbSettings.authType": "no" }, /without authentication/],
      "has no settings": [{ endpoint: endpoint("mongodb") }, /without authentication/],
    },
    notApplicable: { "is of PostgreSQL": { endpoint: endpoint("postgres") } },
  },
  "dms/redis-tls": {
    stack: { endpoint: endpoint("redis", { redisSettings: { sslSecurityProtocol: "ssl-encryption" } }) },
    fields: { "endpoint.redisSettings.sslSecurityProtocol": {} },
    violating: { "is plain": [{ "endpoint.redisSettings.sslSecurityProtocol": "plaintext" }, /without TLS/] },
    notApplicable: { "is of PostgreSQL": { endpoint: endpoint("postgres") } },
  },
  "dms/neptune-iam": {
    stack: { endpoint: endpoint("neptune", { extraConnectionAttributes: "errorRetryDuration=5;iamAuthEnabled=true" }) },
    fields: { "endpoint.extraConnectionAttributes": {} },
    compliant: { "says it the short way": { "endpoint.extraConnectionAttributes": "IamAuthEnabled=Y" } },
    violating: {
      "says no": [{ "endpoint.extraConnectionAttributes": "iamAuthEnabled=false" }, /without IAM/],
      "says something else": [{ "endpoint.extraConnectionAttributes": "myIamAuthEnabled=true" }, /without IAM/],
    },
    notApplicable: { "is of PostgreSQL": { endpoint: endpoint("postgres") } },
  },
  "dms/logging": {
    stack: { task },
    fields: { "task.replicationTaskSettings": {} },
    compliant: {
      "logs in detail": {
        "task.replicationTaskSettings": logs({ SOURCE_UNLOAD: "LOGGER_SEVERITY_DETAILED_DEBUG", SORTER: "x" }),
      },
      "is serverless": { task: config({}, logs()) },
    },
    violating: {
      "is switched off": [{ "task.replicationTaskSettings": logs({}, false) }, /logs nothing/],
      "cannot be read": [{ "task.replicationTaskSettings": "{" }, /logs nothing/],
      "is null": [{ "task.replicationTaskSettings": "null" }, /logs nothing/],
      "logs errors only": [
        { "task.replicationTaskSettings": logs({ TARGET_APPLY: "LOGGER_SEVERITY_ERROR" }) },
        /does not log TARGET_APPLY at/,
      ],
      "names no components": [
        { "task.replicationTaskSettings": '{"Logging":{"EnableLogging":true}}' },
        /SOURCE_CAPTURE, SOURCE_UNLOAD, TARGET_APPLY, TARGET_LOAD/,
      ],
      "is serverless without a log": [{ task: config({}) }, /logs nothing/],
    },
  },
  "dms/multi-az": {
    stack: { instance },
    fields: { "instance.multiAz": {} },
    compliant: { "is serverless in two zones": { instance: config({}) } },
    violating: { "is serverless in one zone": [{ instance: config({ multiAz: false }) }, /computeConfig\.multiAz/] },
  },
  "dms/no-passwords": {
    stack: { endpoint: endpoint("postgres", { secretsManagerArn: SECRET }) },
    fields: { "endpoint.secretsManagerArn": {} },
    violating: {
      "has a password beside its secret": [{ "endpoint.password": "hunter2" }, /password of its own: password/],
      "has a password among its attributes": [
        { "endpoint.extraConnectionAttributes": "asm_password=hunter2" },
        /asm_password/,
      ],
      "is of DocumentDB": [{ endpoint: endpoint("docdb", { password: "hunter2" }) }, /password of its own/],
      "is of Kafka with a password": [
        { endpoint: endpoint("kafka", { kafkaSettings: { saslPassword: "hunter2" } }) },
        /kafkaSettings\.saslPassword/,
      ],
    },
    notApplicable: { "needs none": { endpoint: endpoint("kinesis") } },
    unknown: { "has a password to come": { "endpoint.password": UNKNOWN } },
  },
  "dms/events": {
    stack: { instance, ofInstances },
    fields: {
      "ofInstances.sourceIds": { unset: ["compliant", "it is for all sources then"], off: ["compliant", "so is it"] },
    },
    compliant: {
      "is a task that is heard": {
        instance: task,
        ofInstances: subscription("replication-task", ["failure", "state change"], { sourceIds: ["orders"] }),
      },
      "is heard by two subscriptions": {
        ofInstances: subscription("replication-instance", ["failure"]),
        another: subscription("replication-instance", ["failover", "low storage"]),
      },
    },
    violating: {
      "is heard by nobody": [{ ofInstances: UNSET }, /failover, failure, low storage/],
      "is heard by one that is off": [{ "ofInstances.enabled": false }, /has the categories/],
      "is not the one that is heard": [{ "ofInstances.sourceIds": ["another"] }, /has the categories/],
      "is heard in part": [
        { "ofInstances.eventCategories": ["failure", "failover"] },
        /has the categories low storage/,
      ],
      "is a task, where only instances are heard": [{ instance: task }, /replication-task/],
    },
  },
};
