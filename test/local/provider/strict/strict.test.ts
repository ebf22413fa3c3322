import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { modelFolder, ServiceModels } from "../../../../local/provider/strict/models";
import { toRegExp } from "../../../../local/provider/strict/pattern";
import { requestCheck, RULES } from "../../../../local/provider/strict/strict";
import { validate } from "../../../../local/provider/strict/validate";
import { pythonVenv } from "../../../support/ministack";

const check = requestCheck(modelFolder(pythonVenv()));

const job = {
  Name: "etl",
  Role: "arn:aws:iam::123456789012:role/etl",
  Command: { Name: "glueetl", ScriptLocation: "s3://artifacts/etl.py", PythonVersion: "3" },
  WorkerType: "G.1X",
  NumberOfWorkers: 2,
};

describe("requests checked against AWS's service models", () => {
  it("pass when AWS would take them", () => {
    assert.deepEqual(check("Glue", "CreateJob", job), []);
    assert.deepEqual(check("STS", "GetCallerIdentity", {}), []);
    assert.deepEqual(
      check("DynamoDB", "PutItem", { TableName: "ledger", Item: { pk: { S: "a" }, at: { N: "1" } } }),
      [],
    );
  });

  it("report every problem at once, each with its path and the nearest choice", () => {
    assert.deepEqual(
      check("Glue", "CreateJob", {
        ...job,
        Role: undefined,
        Rol: "etl",
        Command: { Name: "glueetl", PythonVersion: 3 },
        WorkerType: "G.1Y",
        Timeout: 0,
        DefaultArguments: { "--batch": 1 },
      }),
      [
        "CreateJob.Role: is required",
        "CreateJob.Command.PythonVersion: must be text, is 3",
        'CreateJob.WorkerType: "G.1Y" is not allowed; did you mean G.1X?; allowed: Standard, G.1X, G.2X, G.025X, G.4X, G.8X, Z.2X',
        "CreateJob.Rol: is not known here; did you mean Role?",
        "CreateJob.Timeout: is 0, the least allowed is 1",
        "CreateJob.DefaultArguments.--batch: must be text, is 1",
        'Command.PythonVersion: is 3; a glueetl job takes "3"',
      ],
    );
  });

  it("hold lengths, patterns, sizes and unions", () => {
    const schedule = {
      Name: "each day",
      ScheduleExpression: "rate(1 day)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: {
        Arn: "arn:aws:lambda:eu-central-1:123456789012:function:sweep",
        RoleArn: "arn:aws:iam::123456789012:role/run",
      },
    };
    assert.deepEqual(check("Scheduler", "CreateSchedule", schedule), [
      'CreateSchedule.Name: "each day" must match ^[0-9a-zA-Z-_.]+$',
    ]);
    assert.deepEqual(check("IAM", "ListRoles", { MaxItems: 5000 }), [
      "ListRoles.MaxItems: is 5000, the most allowed is 1000",
    ]);
    assert.deepEqual(check("EventBridge", "PutEvents", { Entries: [] }), [
      "PutEvents.Entries: has 0 entries, at least 1 are needed",
    ]);
    const shapes = {
      Request: { type: "structure", members: { Value: { shape: "Value" } } },
      Value: { type: "structure", union: true, members: { S: { shape: "Text" }, N: { shape: "Text" } } },
      Text: { type: "string" },
    };
    const model = { shapes, operations: { Put: { input: { shape: "Request" } } } };
    assert.deepEqual(validate(model, "Put", { Value: { S: "a", N: "1" } }), [
      "Put.Value: must have exactly one of S, N; it has S, N",
    ]);
    assert.deepEqual(validate(model, "Put", { Value: { N: "1" } }), []);
  });

  it("fill in what the SDK fills in, and take any date, stream and bytes", () => {
    assert.deepEqual(check("Athena", "StartQueryExecution", { QueryString: "select 1", WorkGroup: "analysts" }), []);
    assert.deepEqual(
      check("S3", "PutObject", { Bucket: "raw", Key: "a.csv", Body: Buffer.from("a"), Expires: new Date() }),
      [],
    );
  });

  it("name the nearest operation, and the service without a model", () => {
    assert.deepEqual(check("Glue", "CreateJobs", {}), ["there is no such operation; did you mean CreateJob?"]);
    assert.throws(() => check("Gluee", "CreateJob", {}), /no service model of Gluee/);
  });

  it("understand the pattern of every service the platform uses", () => {
    const models = new ServiceModels(modelFolder(pythonVenv()));
    const services = readdirSync(join(__dirname, "../../../../node_modules/@aws-sdk"))
      .filter((name) => name.startsWith("client-"))
      .map((name) => name.slice("client-".length).replaceAll("-", ""));
    const clients: Readonly<Record<string, string>> = {
      applicationautoscaling: "ApplicationAutoScaling",
      cloudwatchlogs: "CloudWatchLogs",
      databasemigrationservice: "DatabaseMigrationService",
      eventbridge: "EventBridge",
      sfn: "SFN",
    };
    assert.ok(services.length >= 10);
    for (const service of services) {
      for (const { pattern } of Object.values(models.of(clients[service] ?? service).shapes)) {
        if (pattern !== undefined) assert.ok(toRegExp(pattern), `${service}: ${pattern}`);
      }
    }
  });

  it("read Java's way of writing expressions", () => {
    const matches = (pattern: string, text: string): boolean | undefined => toRegExp(pattern)?.test(text);
    assert.equal(matches("[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\t]*", "häß 😀\t"), true);
    assert.equal(matches("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", "Straße 7"), true);
    assert.equal(matches("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", "a;b"), false);
    assert.equal(matches("[a-zA-Z0-9-_]+", "a-b_c"), true);
    assert.equal(matches("[a-zA-Z0-9-_]+", "a.b"), false);
    assert.equal(matches("\\p{Print}+", "abc"), true);
    assert.equal(matches("\\p{Print}+", "é"), false);
    assert.equal(matches("\\A\\d{1,3}\\z", "12"), true);
    assert.equal(matches("a", "ab"), false, "a pattern is about the whole text");
  });
});

const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::raw/*" };
const policy = (change: object): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ ...statement, ...change }] });
const machine = (states: object, more: object = {}): object => ({
  name: "flow",
  roleArn: "arn:aws:iam::123456789012:role/flow",
  definition: JSON.stringify({ QueryLanguage: "JSONata", StartAt: "A", States: states, ...more }),
});
const rule = (pattern: unknown): object => ({ Name: "drop", EventPattern: JSON.stringify(pattern) });
const lifecycle = (rules: object[]): object => ({
  Bucket: "raw",
  LifecycleConfiguration: {
    Rules: rules.map((one) => ({ ID: "old", Status: "Enabled", Filter: { Prefix: "" }, ...one })),
  },
});
const crawler = (change: object): object => ({
  Name: "raw",
  Role: "crawler",
  DatabaseName: "lake",
  Targets: { S3Targets: [{ Path: "s3://raw/" }] },
  ...change,
});
const table = (change: object): object => ({
  TableName: "ledger",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  ...change,
});
const alarm = (change: object): object => ({
  AlarmName: "failures",
  Namespace: "AWS/States",
  MetricName: "ExecutionsFailed",
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: "GreaterThanThreshold",
  ...change,
});
const target = (change: object): object => ({
  Rule: "drop",
  Targets: [
    {
      Id: "flow",
      Arn: "arn:aws:states:eu-central-1:123456789012:stateMachine:flow",
      RoleArn: "arn:aws:iam::123456789012:role/r",
      ...change,
    },
  ],
});

/** Request → undefined when AWS takes it, else what is said about it. */
const database = (change: object): object => ({
  DBInstanceIdentifier: "shop",
  DBInstanceClass: "db.r7g.large",
  Engine: "postgres",
  AllocatedStorage: 100,
  MaxAllocatedStorage: 200,
  MasterUsername: "shop_owner",
  ManageMasterUserPassword: true,
  PreferredBackupWindow: "01:00-02:00",
  PreferredMaintenanceWindow: "sun:03:00-sun:04:00",
  MonitoringInterval: 60,
  MonitoringRoleArn: "arn:aws:iam::123456789012:role/monitoring",
  ...change,
});

const CASES: readonly (readonly [service: string, operation: string, params: object, problem?: RegExp])[] = [
  ["S3", "CreateBucket", { Bucket: "lake-raw" }],
  ["S3", "CreateBucket", { Bucket: "Lake_raw" }, /lower-case letters, digits, dots and hyphens only/],
  ["S3", "CreateBucket", { Bucket: "192.168.0.1" }, /IP address/],
  ["S3", "CreateBucket", { Bucket: "lake-s3alias" }, /ends with -s3alias/],
  [
    "S3",
    "PutBucketLifecycleConfiguration",
    lifecycle([{ Transitions: [{ Days: 30, StorageClass: "STANDARD_IA" }], Expiration: { Days: 90 } }]),
  ],
  [
    "S3",
    "PutBucketLifecycleConfiguration",
    lifecycle([{ Transitions: [{ Days: 7, StorageClass: "STANDARD_IA" }] }]),
    /the least is 30/,
  ],
  [
    "S3",
    "PutBucketLifecycleConfiguration",
    lifecycle([{ Transitions: [{ Days: 90, StorageClass: "GLACIER" }], Expiration: { Days: 60 } }]),
    /expires after 60 days/,
  ],
  [
    "S3",
    "PutBucketLifecycleConfiguration",
    lifecycle([
      {
        Transitions: [
          { Days: 60, StorageClass: "STANDARD_IA" },
          { Days: 40, StorageClass: "GLACIER" },
        ],
      },
    ]),
    /to GLACIER after 40 days must come later/,
  ],
  ["S3", "PutBucketLifecycleConfiguration", lifecycle([{}]), /has no action/],
  ["S3", "PutBucketPolicy", { Bucket: "raw", Policy: policy({ Principal: "*" }) }],
  ["S3", "PutBucketPolicy", { Bucket: "raw", Policy: policy({}) }, /Principal: is required/],
  ["IAM", "PutRolePolicy", { RoleName: "r", PolicyName: "p", PolicyDocument: policy({}) }],
  [
    "IAM",
    "PutRolePolicy",
    { RoleName: "r", PolicyName: "p", PolicyDocument: policy({ Effect: "allow" }) },
    /must be Allow or Deny/,
  ],
  [
    "IAM",
    "PutRolePolicy",
    { RoleName: "r", PolicyName: "p", PolicyDocument: policy({ Action: "GetObject" }) },
    /<service>:<action>/,
  ],
  [
    "IAM",
    "PutRolePolicy",
    { RoleName: "r", PolicyName: "p", PolicyDocument: policy({ Resource: "raw/*" }) },
    /must be an ARN/,
  ],
  [
    "IAM",
    "PutRolePolicy",
    { RoleName: "r", PolicyName: "p", PolicyDocument: policy({ Principal: "*" }) },
    /Principal: is not allowed/,
  ],
  [
    "IAM",
    "PutRolePolicy",
    { RoleName: "r", PolicyName: "p", PolicyDocument: policy({ Ressource: "*" }) },
    /did you mean Resource/,
  ],
  [
    "IAM",
    "PutRolePolicy",
    { RoleName: "r", PolicyName: "p", PolicyDocument: policy({ Sid: "read it" }) },
    /letters and digits only/,
  ],
  [
    "IAM",
    "PutRolePolicy",
    { RoleName: "r", PolicyName: "p", PolicyDocument: policy({ Condition: { StringEqual: { a: "b" } } }) },
    /did you mean StringEquals/,
  ],
  ["IAM", "PutRolePolicy", { RoleName: "r", PolicyName: "p", PolicyDocument: "{" }, /not valid JSON/],
  [
    "IAM",
    "CreateRole",
    { RoleName: "r", AssumeRolePolicyDocument: policy({ Resource: undefined, Principal: { Service: "glue" } }) },
    /is not such a principal/,
  ],
  [
    "Lambda",
    "UpdateFunctionConfiguration",
    { FunctionName: "f", Environment: { Variables: { BIG: "x".repeat(5000) } } },
    /at most 4096/,
  ],
  [
    "Lambda",
    "UpdateFunctionConfiguration",
    { FunctionName: "f", Environment: { Variables: { AWS_REGION: "x" } } },
    /Lambda's own/,
  ],
  ["Lambda", "UpdateFunctionConfiguration", { FunctionName: "f", Timeout: 901 }, /allowed is 1 to 900/],
  [
    "Glue",
    "CreateCrawler",
    crawler({ RecrawlPolicy: { RecrawlBehavior: "CRAWL_NEW_FOLDERS_ONLY" } }),
    /needs LOG and LOG/,
  ],
  [
    "Glue",
    "CreateCrawler",
    crawler({
      RecrawlPolicy: { RecrawlBehavior: "CRAWL_NEW_FOLDERS_ONLY" },
      SchemaChangePolicy: { UpdateBehavior: "LOG", DeleteBehavior: "LOG" },
    }),
  ],
  ["Glue", "CreateCrawler", crawler({ Schedule: "cron(0 25 * * ? *)" }), /cron's hour "25"/],
  [
    "Glue",
    "CreateJob",
    { ...job, DefaultArguments: { "--job-bookmark-option": "enable" } },
    /allowed: job-bookmark-enable/,
  ],
  ["Glue", "CreateJob", { ...job, MaxCapacity: 2 }, /not allowed with WorkerType/],
  ["Glue", "CreateTrigger", { Name: "t", Type: "SCHEDULED", Actions: [{ JobName: "etl" }] }, /Schedule: is required/],
  ["SFN", "CreateStateMachine", machine({ A: { Type: "Pass", End: true } })],
  [
    "SFN",
    "CreateStateMachine",
    machine({ A: { Type: "Pass", Assign: { failure: "", query: "{% $states\n.input %}" }, End: true } }),
  ],
  [
    "SFN",
    "CreateStateMachine",
    machine({ A: { Type: "Pass", Next: "Bb" }, B: { Type: "Succeed" } }),
    /Missing .* target: Bb/,
  ],
  [
    "SFN",
    "CreateStateMachine",
    machine({ A: { Type: "Pass", End: true }, B: { Type: "Succeed" } }),
    /State B is not reachable/,
  ],
  ["SFN", "CreateStateMachine", machine({ A: { Type: "Pass", ResultPath: "$.a", End: true } }), /is for JSONPath/],
  [
    "SFN",
    "CreateStateMachine",
    machine({ A: { Type: "Pass", Output: "{% $x", End: true } }),
    /begins with \{% and ends/,
  ],
  ["SFN", "CreateStateMachine", machine({ A: { Type: "Pass" } }), /MUST contain exactly one of "End", "Next"/],
  [
    "SFN",
    "CreateStateMachine",
    machine({
      A: {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke",
        Retry: [{ ErrorEquals: ["States.ALL"] }, { ErrorEquals: ["X"], JitterStrategy: "full" }],
        End: true,
      },
    }),
    /only the last retrier or catcher may have States\.ALL.*JitterStrategy: "full" is not allowed/s,
  ],
  ["EventBridge", "PutRule", rule({ source: ["aws.s3"], detail: { object: { key: [{ suffix: ".csv" }] } } })],
  ["EventBridge", "PutRule", rule({ source: "aws.s3" }), /EventPattern\.source: "aws\.s3" must be in a list/],
  [
    "EventBridge",
    "PutRule",
    rule({ detail: { key: [{ sufix: ".csv" }] } }),
    /sufix is not a comparison; did you mean suffix/,
  ],
  ["EventBridge", "PutRule", rule({ detail: { size: [{ numeric: [">", "0"] }] } }), /must be \[comparison, number\]/],
  ["EventBridge", "PutRule", { Name: "sweep", ScheduleExpression: "rate(1 minutes)" }, /must have the unit minute/],
  ["EventBridge", "PutRule", { Name: "sweep", ScheduleExpression: "cron(0 8 * * * *)" }, /must have \? for either/],
  ["EventBridge", "PutRule", { Name: "sweep", ScheduleExpression: "cron(0/15 8-17 ? * MON-FRI *)" }],
  ["EventBridge", "PutTargets", target({})],
  ["EventBridge", "PutTargets", target({ RoleArn: undefined }), /RoleArn: is required/],
  [
    "EventBridge",
    "PutTargets",
    target({ Input: "{}", InputPath: "$.detail" }),
    /Input and InputPath; only one is allowed/,
  ],
  [
    "EventBridge",
    "PutTargets",
    target({ InputTransformer: { InputPathsMap: { a: "$.detail" }, InputTemplate: "<b>" } }),
    /<b> is not among/,
  ],
  ["DynamoDB", "CreateTable", table({})],
  [
    "DynamoDB",
    "CreateTable",
    table({ KeySchema: [{ AttributeName: "id", KeyType: "HASH" }] }),
    /pk is not a key of the table or an index.*id is not among/s,
  ],
  ["DynamoDB", "CreateTable", table({ BillingMode: "PROVISIONED" }), /ProvisionedThroughput of the table: is required/],
  ["CloudWatch", "PutMetricAlarm", alarm({})],
  ["CloudWatch", "PutMetricAlarm", alarm({ Period: 45 }), /multiples of 60/],
  ["CloudWatch", "PutMetricAlarm", alarm({ DatapointsToAlarm: 2 }), /must not exceed EvaluationPeriods/],
  [
    "CloudWatch",
    "PutDashboard",
    { DashboardName: "lake", DashboardBody: '{"widgets":[{"type":"graph","properties":{}}]}' },
    /"graph" is not allowed/,
  ],
  ["CloudWatchLogs", "PutRetentionPolicy", { logGroupName: "/aws/x", retentionInDays: 31 }, /allowed: 1, 3, 5/],
  ["SQS", "CreateQueue", { QueueName: "dead", Attributes: { VisibilityTimeout: "50000" } }, /allowed is 0 to 43200/],
  [
    "SNS",
    "Subscribe",
    { TopicArn: "arn:aws:sns:eu-central-1:123456789012:t", Protocol: "email", Endpoint: "team" },
    /"team" is not an endpoint of email/,
  ],
  ["KMS", "CreateAlias", { AliasName: "lake", TargetKeyId: "k" }, /must begin with alias/],
  ["RDS", "CreateDBInstance", database({})],
  [
    "RDS",
    "CreateDBInstance",
    database({ MasterUserPassword: "p", MonitoringRoleArn: undefined }),
    /MonitoringRoleArn: is required.*MasterUserPassword: is not allowed/s,
  ],
  ["RDS", "CreateDBInstance", database({ PreferredBackupWindow: "02:30-03:30" }), /must not overlap the backup/],
  ["RDS", "CreateDBInstance", database({ PreferredMaintenanceWindow: "03:00-04:00" }), /must be ddd:hh24:mi/],
  [
    "RDS",
    "CreateDBInstance",
    database({ DBInstanceIdentifier: "a--b", Engine: "aurora-mysql" }),
    /single hyphens.*Aurora/s,
  ],
  [
    "RDS",
    "CreateDBInstance",
    database({ StorageType: "io1", MaxAllocatedStorage: 50 }),
    /Iops: is required.*100 \(Alloc/s,
  ],
  [
    "RDS",
    "ModifyDBInstance",
    { DBInstanceIdentifier: "shop", MonitoringInterval: 2 },
    /allowed: 0, 1, 5, 10, 15, 30, 60/,
  ],
  ["RDS", "ModifyDBInstance", { DBInstanceIdentifier: "shop", BackupRetentionPeriod: 36 }, /allowed is 0 to 35/],
  [
    "RDS",
    "CreateDBCluster",
    { DBClusterIdentifier: "shop", Engine: "mysql" },
    /AllocatedStorage: is required with mysql/,
  ],
  [
    "RDS",
    "CreateDBCluster",
    { DBClusterIdentifier: "shop", Engine: "aurora-mysql", AllocatedStorage: 1 },
    /not allowed with/,
  ],
  ["RDS", "DeleteDBInstance", { DBInstanceIdentifier: "shop", SkipFinalSnapshot: false }, /is required unless Skip/],
  [
    "RDS",
    "DeleteDBCluster",
    { DBClusterIdentifier: "shop", FinalDBSnapshotIdentifier: "final-" },
    /single hyphens inside/,
  ],
  ["RDS", "RegisterDBProxyTargets", { DBProxyName: "shop" }, /one DB instance or one DB cluster/],
  [
    "SecretsManager",
    "RotateSecret",
    { SecretId: "s", RotationRules: { AutomaticallyAfterDays: 30, ScheduleExpression: "rate(30 days)" } },
    /exclude each other/,
  ],
  [
    "ApplicationAutoScaling",
    "RegisterScalableTarget",
    {
      ServiceNamespace: "rds",
      ResourceId: "cluster:shop",
      ScalableDimension: "rds:cluster:ReadReplicaCount",
      MinCapacity: 3,
      MaxCapacity: 2,
    },
    /MinCapacity: is 3, must be 2/,
  ],
];

describe("requests checked beyond the service models", () => {
  for (const [service, operation, params, problem] of CASES) {
    const what = `${service} ${operation} ${JSON.stringify(params).slice(0, 90)}`;
    it(problem ? `${what}: ${problem.source}` : `${what} is taken`, () => {
      const problems = check(service, operation, params);
      if (problem) assert.match(problems.join("\n"), problem);
      else assert.deepEqual(problems, []);
    });
  }

  it("names AWS's documentation for every rule, and an operation the service has", () => {
    const models = new ServiceModels(modelFolder(pythonVenv()));
    for (const { service, operations, source } of RULES) {
      assert.match(source, /^https:\/\/docs\.aws\.amazon\.com\//);
      for (const operation of operations)
        assert.ok(models.of(service).operations[operation], `${service} ${operation}`);
    }
  });

  it("says what is wrong with anything at all, and never breaks on it", () => {
    const texts = [
      "definition",
      "EventPattern",
      "Policy",
      "PolicyDocument",
      "AssumeRolePolicyDocument",
      "DashboardBody",
    ];
    const documents = fc
      .jsonValue()
      .map((value) => Object.fromEntries(texts.map((name) => [name, JSON.stringify(value)])));
    const states = fc.jsonValue().map((value) => ({
      definition: JSON.stringify({
        StartAt: "A",
        States: { A: value, B: { Type: "Map", ItemProcessor: value, Retry: value } },
      }),
      EventPattern: JSON.stringify({ detail: value, $or: value }),
      Policy: JSON.stringify({ Statement: value }),
      PolicyDocument: JSON.stringify({ Statement: [{ Principal: value, Condition: value, Action: value }] }),
      LifecycleConfiguration: { Rules: value },
      Targets: value,
      Attributes: value,
    }));
    fc.assert(
      fc.property(fc.oneof(documents, states, fc.dictionary(fc.string(), fc.anything())), (params) => {
        for (const { service, operations } of RULES) {
          for (const operation of operations) {
            for (const problem of check(service, operation, params)) assert.equal(typeof problem, "string");
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
