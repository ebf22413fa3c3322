import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { typeInfo } from "../../../evaluate/type-facts";
import { IMPLICIT_LOG_GROUPS } from "../../../evaluate/lints/implicit-log-groups";
import { logGroups } from "../../../evaluate/lints/log-groups";
import { record } from "../../support/harness";

const KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234";
const ROLE = "arn:aws:iam::123456789012:role/service/etl";

/** Returns what the lint finds in a program, a line a problem. */
async function found(program: () => unknown): Promise<string[]> {
  const { resources } = await record(() => void program());
  return logGroups(resources).map(({ resource, message }) => `${resource.name}: ${message.split(/,|: /)[0]}`);
}

/** Returns the log groups that a program lacks. */
const lacking = async (program: () => unknown): Promise<string[]> =>
  (await found(program)).map((line) => /writes to the log group (\S+)/.exec(line)?.[1] ?? line).sort();

const security = (mode: string): pulumi.Output<string> =>
  new aws.glue.SecurityConfiguration("security", {
    name: "security",
    encryptionConfiguration: {
      cloudwatchEncryption: { cloudwatchEncryptionMode: mode, kmsKeyArn: KEY },
      jobBookmarksEncryption: {},
      s3Encryption: {},
    },
  }).name;

const job = (args: Partial<aws.glue.JobArgs>): aws.glue.Job =>
  new aws.glue.Job("job", { roleArn: ROLE, glueVersion: "5.0", command: { scriptLocation: "s3://a/b.py" }, ...args });

describe("the lint of log groups that services create by themselves", () => {
  it("knows types and properties that exist", () => {
    for (const type of Object.keys(IMPLICIT_LOG_GROUPS)) assert.ok(typeInfo(type).inputs.size > 0, type);
  });

  it("names DataSync's own group for a task in enhanced mode, whatever group the task names", async () => {
    const group = "arn:aws:logs:eu-central-1:123456789012:log-group:transfers";
    const task = (taskMode: string): aws.datasync.Task =>
      new aws.datasync.Task("task", {
        sourceLocationArn: "arn:aws:datasync:eu-central-1:123456789012:location/a",
        destinationLocationArn: "arn:aws:datasync:eu-central-1:123456789012:location/b",
        cloudwatchLogGroupArn: group,
        taskMode,
      });
    assert.deepEqual(await lacking(() => task("BASIC")), ["transfers"]);
    assert.deepEqual(await lacking(() => task("ENHANCED")), ["/aws/datasync"]);
  });

  it("names the groups of Glue's jobs by security configuration, role, version and arguments", async () => {
    assert.deepEqual(await lacking(() => job({})), ["/aws-glue/jobs/error", "/aws-glue/jobs/output"]);
    assert.deepEqual(await lacking(() => job({ securityConfiguration: security("SSE-KMS") })), [
      "/aws-glue/jobs/security-role/service/etl/error",
      "/aws-glue/jobs/security-role/service/etl/output",
    ]);
    assert.deepEqual(await lacking(() => job({ securityConfiguration: security("DISABLED") })), [
      "/aws-glue/jobs/error",
      "/aws-glue/jobs/output",
    ]);
    assert.deepEqual(await lacking(() => job({ defaultArguments: { "--custom-logGroup-prefix": "/etl" } })), [
      "/etl/error",
      "/etl/output",
    ]);
    const old = { glueVersion: "4.0", defaultArguments: { "--enable-continuous-cloudwatch-log": "true" } };
    assert.deepEqual(await lacking(() => job({ ...old, securityConfiguration: security("SSE-KMS") })), [
      "/aws-glue/jobs/logs-v2-security",
      "/aws-glue/jobs/security-role/service/etl/error",
      "/aws-glue/jobs/security-role/service/etl/output",
    ]);
    assert.deepEqual(await lacking(() => job({ command: { name: "pythonshell", scriptLocation: "s3://a/b.py" } })), [
      "/aws-glue/python-jobs/error",
      "/aws-glue/python-jobs/output",
    ]);
  });

  it("names the group of a crawler", async () => {
    const crawler = (args: Partial<aws.glue.CrawlerArgs>): unknown =>
      new aws.glue.Crawler("crawler", { databaseName: "sales", role: "etl", ...args });
    assert.deepEqual(await lacking(() => crawler({})), ["/aws-glue/crawlers"]);
    assert.deepEqual(await lacking(() => crawler({ securityConfiguration: security("SSE-KMS") })), [
      "/aws-glue/crawlers-role/etl-security",
    ]);
  });

  it("names the groups of DMS by instance, and by the end of a serverless replication's ARN", async () => {
    const endpoints = { sourceEndpointArn: "arn:source", targetEndpointArn: "arn:target", tableMappings: "{}" };
    const task = (settings: unknown) => () => {
      const instance = new aws.dms.ReplicationInstance("machine", {
        replicationInstanceId: "shop",
        replicationInstanceClass: "dms.t3.medium",
      });
      new aws.dms.ReplicationTask("task", {
        ...endpoints,
        replicationTaskId: "all",
        migrationType: "cdc",
        replicationInstanceArn: instance.replicationInstanceArn,
        replicationTaskSettings: JSON.stringify(settings),
      });
    };
    assert.deepEqual(await lacking(task({ Logging: { EnableLogging: true } })), ["dms-tasks-shop"]);
    assert.deepEqual(await lacking(task({ Logging: { EnableLogging: false } })), []);
    const config = (resourceIdentifier?: string) => () =>
      new aws.dms.ReplicationConfig("config", {
        ...endpoints,
        resourceIdentifier,
        replicationConfigIdentifier: "all",
        replicationType: "cdc",
        computeConfig: { replicationSubnetGroupId: "subnets" },
      });
    assert.deepEqual(await lacking(config("shop")), ["dms-serverless-replication-shop"]);
    assert.match((await lacking(config()))[0] ?? "", /^dms-serverless-replication-[^:/]+$/);
  });

  it("names the groups of databases and of their proxies", async () => {
    assert.deepEqual(
      await lacking(() => {
        const exports = ["postgresql", "upgrade"];
        new aws.rds.Instance("db", {
          identifier: "shop",
          instanceClass: "db.t4g.micro",
          enabledCloudwatchLogsExports: exports,
        });
        new aws.rds.Cluster("cluster", {
          clusterIdentifier: "aurora",
          engine: "aurora-postgresql",
          enabledCloudwatchLogsExports: ["postgresql"],
        });
        new aws.rds.Proxy("proxy", {
          name: "pool",
          engineFamily: "POSTGRESQL",
          roleArn: ROLE,
          auths: [],
          vpcSubnetIds: [],
        });
      }),
      [
        "/aws/rds/cluster/aurora/postgresql",
        "/aws/rds/instance/shop/postgresql",
        "/aws/rds/instance/shop/upgrade",
        "/aws/rds/proxy/pool",
      ],
    );
  });

  it("names the groups of APIs, functions, topics, builds and streams", async () => {
    const groups = await lacking(() => {
      new aws.appsync.GraphQLApi("graphql", {
        authenticationType: "AWS_IAM",
        logConfig: { cloudwatchLogsRoleArn: ROLE, fieldLogLevel: "ERROR" },
      });
      new aws.apigatewayv2.Stage("stage", {
        apiId: "abc",
        name: "live",
        defaultRouteSettings: { loggingLevel: "ERROR" },
      });
      new aws.apigatewayv2.Stage("quiet", { apiId: "abc", name: "quiet" });
      new aws.apigateway.MethodSettings("methods", {
        restApi: "rest",
        stageName: "v1",
        methodPath: "*/*",
        settings: { loggingLevel: "INFO" },
      });
      new aws.lambda.Function("own", { name: "own", role: ROLE });
      new aws.lambda.Function("chosen", { role: ROLE, loggingConfig: { logFormat: "JSON", logGroup: "/functions" } });
      new aws.sns.Topic("topic", { name: "alerts", lambdaFailureFeedbackRoleArn: ROLE });
      new aws.codebuild.Project("build", {
        name: "build",
        serviceRole: ROLE,
        artifacts: { type: "NO_ARTIFACTS" },
        environment: { computeType: "BUILD_GENERAL1_SMALL", image: "image", type: "LINUX_CONTAINER" },
        source: { type: "NO_SOURCE" },
      });
      new aws.kinesis.FirehoseDeliveryStream("stream", {
        destination: "extended_s3",
        extendedS3Configuration: {
          bucketArn: "arn:aws:s3:::lake",
          roleArn: ROLE,
          cloudwatchLoggingOptions: { enabled: true, logGroupName: "/streams", logStreamName: "errors" },
        },
      });
    });
    assert.deepEqual(
      groups.map((name) => name.replace(/(apis\/).+/, "$1…")),
      [
        "/aws/apigateway/abc/live",
        "/aws/appsync/apis/…",
        "/aws/codebuild/build",
        "/aws/lambda/own",
        "/functions",
        "/streams",
        "API-Gateway-Execution-Logs_rest/v1",
        "sns/eu-central-1/123456789012/alerts",
        "sns/eu-central-1/123456789012/alerts/Failure",
      ],
    );
  });

  it("wants a key, a retention and an order of the group that is declared", async () => {
    const program = (args: aws.cloudwatch.LogGroupArgs, isOrdered: boolean) => () => {
      const group = new aws.cloudwatch.LogGroup("logs", { name: "/aws/lambda/own", ...args });
      new aws.lambda.Function("own", { name: "own", role: ROLE }, { dependsOn: isOrdered ? [group] : [] });
    };
    const complete = { kmsKeyId: KEY, retentionInDays: 30 };
    assert.deepEqual(await found(program(complete, true)), []);
    assert.deepEqual(await found(program({ retentionInDays: 30 }, true)), [
      "own: its log group /aws/lambda/own has no key",
    ]);
    assert.deepEqual(await found(program({ kmsKeyId: KEY }, true)), [
      "own: its log group /aws/lambda/own has no retention",
    ]);
    assert.deepEqual(await found(program({ ...complete, retentionInDays: 0 }, true)), [
      "own: its log group /aws/lambda/own has no retention",
    ]);
    assert.deepEqual(await found(program(complete, false)), [
      "own: it does not depend on its log group /aws/lambda/own",
    ]);
  });
});
