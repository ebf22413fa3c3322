import assert from "node:assert/strict";
import * as athena from "@aws-sdk/client-athena";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as events from "@aws-sdk/client-eventbridge";
import * as firehose from "@aws-sdk/client-firehose";
import * as s3 from "@aws-sdk/client-s3";
import * as sfn from "@aws-sdk/client-sfn";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { sharedMinistack } from "../../support/ministack";
import { givenRole } from "../../support/role";
import { withStack } from "../../support/stack";

const ROLE = "arn:aws:iam::000000000000:role/flow";

describe("state machines, events and tables in the local cloud", function () {
  this.timeout(240_000);
  let configuration: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const rights = [
      { Action: ["states:StartExecution", "dynamodb:PutItem", "s3:PutObject"], Resource: "*" },
      { Action: ["glue:StartJobRun", "glue:GetJobRun", "glue:BatchStopJobRun"], Resource: "*" },
    ];
    for (const name of ["flow", "flow-other"]) {
      await givenRole({ endpoint }, name, ["states", "events", "firehose"], rights);
    }
    configuration = {
      endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
  });

  interface Change {
    readonly comment?: string;
    readonly description?: string;
    readonly index?: "by-status" | "by-time";
    readonly threshold?: number;
    readonly tags?: Record<string, string>;
    readonly cutoff?: number;
    readonly buffering?: number;
  }

  const program =
    (change: Change = {}) =>
    async () => {
      const { comment = "first", threshold = 1, tags = { team: "data" }, index = "by-status" } = change;
      const table = new aws.dynamodb.Table("ledger", {
        billingMode: "PAY_PER_REQUEST",
        hashKey: "pk",
        rangeKey: "sk",
        attributes: [
          { name: "pk", type: "S" },
          { name: "sk", type: "S" },
          { name: "status", type: "S" },
          { name: "updatedAt", type: "S" },
        ],
        globalSecondaryIndexes: [
          {
            name: index,
            hashKey: "status",
            rangeKey: "updatedAt",
            projectionType: "ALL",
          },
        ],
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true },
        ttl: { enabled: true, attributeName: "expiresAt" },
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
        deletionProtectionEnabled: false,
        tags,
      });
      const insights = new aws.dynamodb.ContributorInsights("ledger", { tableName: table.name });
      const flow = new aws.sfn.StateMachine("flow", {
        roleArn: ROLE,
        definition: pulumi.jsonStringify({
          Comment: comment,
          QueryLanguage: "JSONata",
          StartAt: "Claim",
          States: {
            Claim: {
              Type: "Task",
              Resource: "arn:aws:states:::dynamodb:putItem",
              Arguments: {
                TableName: table.name,
                Item: {
                  pk: { S: "{% $states.input.detail.object.key %}" },
                  sk: { S: "{% $states.input.detail.object.sequencer %}" },
                },
                ConditionExpression: "attribute_not_exists(pk)",
              },
              Retry: [{ ErrorEquals: ["DynamoDB.ThrottlingException"], JitterStrategy: "FULL", MaxDelaySeconds: 20 }],
              Catch: [{ ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Next: "Seen" }],
              Next: "Run",
            },
            Run: {
              Type: "Task",
              Resource: "arn:aws:states:::glue:startJobRun.sync",
              Arguments: { JobName: "absent" },
              Catch: [{ ErrorEquals: ["States.ALL"], Output: { failed: true }, Next: "Seen" }],
              Next: "Seen",
            },
            Seen: { Type: "Pass", End: true },
          },
        }),
        tags,
      });
      const bucket = new aws.s3.Bucket("raw", { forceDestroy: true });
      const notification = new aws.s3.BucketNotification("raw", { bucket: bucket.id, eventbridge: true });
      const rule = new aws.cloudwatch.EventRule(
        "dropped",
        {
          description: change.description ?? "A file was dropped",
          eventPattern: pulumi.jsonStringify({
            source: ["aws.s3"],
            "detail-type": ["Object Created"],
            detail: { bucket: { name: [bucket.bucket] }, object: { key: [{ suffix: ".csv" }] } },
          }),
          tags,
        },
        { dependsOn: notification },
      );
      new aws.cloudwatch.EventTarget("dropped", {
        rule: rule.name,
        arn: flow.arn,
        roleArn: ROLE,
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
        deadLetterConfig: { arn: "arn:aws:sqs:eu-central-1:000000000000:dead" },
      });
      const sweep = new aws.cloudwatch.EventRule("sweep", { scheduleExpression: "rate(5 minutes)" });
      new aws.cloudwatch.EventTarget("sweep", {
        rule: sweep.name,
        arn: flow.arn,
        roleArn: ROLE,
        inputTransformer: { inputPaths: { at: "$.time" }, inputTemplate: '{"sweep": true, "at": <at>}' },
      });
      const bus = new aws.cloudwatch.EventBus("platform", { description: "The platform's own", tags });
      const alarm = new aws.cloudwatch.MetricAlarm("failures", {
        namespace: "AWS/States",
        metricName: "ExecutionsFailed",
        dimensions: { StateMachineArn: flow.arn },
        statistic: "Sum",
        period: 300,
        evaluationPeriods: 1,
        threshold,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        treatMissingData: "notBreaching",
        tags,
      });
      const dashboard = new aws.cloudwatch.Dashboard("platform", {
        dashboardName: "platform",
        dashboardBody: JSON.stringify({
          widgets: [{ type: "text", width: 24, height: 2, properties: { markdown: comment } }],
        }),
      });
      const workgroup = new aws.athena.Workgroup("analysts", {
        forceDestroy: true,
        configuration: {
          enforceWorkgroupConfiguration: true,
          bytesScannedCutoffPerQuery: change.cutoff ?? 10_000_000_000,
          resultConfiguration: {
            outputLocation: pulumi.interpolate`s3://${bucket.bucket}/results/`,
            encryptionConfiguration: { encryptionOption: "SSE_S3" },
          },
        },
        tags,
      });
      const query = new aws.athena.NamedQuery("count", {
        database: "lake",
        workgroup: workgroup.name,
        query: "select count(*) from flights",
      });
      const stream = new aws.kinesis.FirehoseDeliveryStream("archive", {
        destination: "extended_s3",
        extendedS3Configuration: {
          bucketArn: bucket.arn,
          roleArn: ROLE,
          prefix: "alerts/",
          errorOutputPrefix: "failed/",
          bufferingSize: change.buffering ?? 5,
          compressionFormat: "GZIP",
        },
        serverSideEncryption: { enabled: true },
        tags,
      });
      return {
        table: table.name,
        tableArn: table.arn,
        streamArn: table.streamArn,
        insights: insights.id,
        flow: flow.arn,
        definition: flow.definition,
        bucket: bucket.bucket,
        rule: rule.name,
        ruleArn: rule.arn,
        bus: bus.name,
        alarm: alarm.name,
        dashboard: dashboard.dashboardArn,
        workgroup: workgroup.name,
        query: query.id,
        stream: stream.arn,
        tagsAll: flow.tagsAll,
      };
    };

  it("keeps them, changes them in place, notices drift and leaves nothing behind", async () => {
    const machines = new sfn.SFNClient(configuration);
    const tables = new dynamodb.DynamoDBClient(configuration);
    const rules = new events.EventBridgeClient(configuration);
    const monitoring = new cloudwatch.CloudWatchClient(configuration);
    const queries = new athena.AthenaClient(configuration);
    const streams = new firehose.FirehoseClient(configuration);
    await withStack(async (stack) => {
      const { outputs } = await stack.up(program());
      const value = (name: string): string => outputs[name]?.value as string;
      const account = "000000000000";
      assert.match(
        value("tableArn"),
        new RegExp(`^arn:aws:dynamodb:eu-central-1:${account}:table/ledger-[0-9a-f]{7}$`),
      );
      assert.match(value("streamArn"), /\/stream\//);
      assert.equal(value("insights"), `name:${value("table")}/index:/${account}`);
      assert.match(value("flow"), new RegExp(`^arn:aws:states:eu-central-1:${account}:stateMachine:flow-[0-9a-f]{7}$`));
      assert.equal(value("ruleArn"), `arn:aws:events:eu-central-1:${account}:rule/${value("rule")}`);
      assert.equal(value("dashboard"), `arn:aws:cloudwatch::${account}:dashboard/platform`);
      assert.match(
        value("stream"),
        new RegExp(`^arn:aws:firehose:eu-central-1:${account}:deliverystream/archive-[0-9a-f]{7}$`),
      );
      assert.match(value("definition"), /glue:startJobRun\.sync/, "the program sees its own definition");
      assert.deepEqual(outputs.tagsAll?.value, { team: "data" });

      assert.deepEqual(await stack.preview(program()), {});
      assert.deepEqual(await stack.refresh(program()), {});
      assert.deepEqual(await stack.preview(program()), {});

      const change: Change = {
        comment: "second",
        description: "A CSV file was dropped",
        index: "by-time",
        threshold: 3,
        tags: { owner: "platform" },
        cutoff: 20_000_000_000,
        buffering: 10,
      };
      const planned = await stack.preview(program(change));
      assert.deepEqual(Object.keys(planned), ["update"], "all in place");
      await stack.up(program(change));
      const machine = await machines.send(new sfn.DescribeStateMachineCommand({ stateMachineArn: value("flow") }));
      assert.match(machine.definition ?? "", /second/);
      const { Table } = await tables.send(new dynamodb.DescribeTableCommand({ TableName: value("table") }));
      assert.deepEqual(
        Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName),
        ["by-time"],
      );
      const described = await rules.send(new events.DescribeRuleCommand({ Name: value("rule") }));
      assert.equal(described.Description, "A CSV file was dropped");
      const { MetricAlarms } = await monitoring.send(
        new cloudwatch.DescribeAlarmsCommand({ AlarmNames: [value("alarm")] }),
      );
      assert.equal(MetricAlarms?.[0]?.Threshold, 3);
      const delivery = await streams.send(
        new firehose.DescribeDeliveryStreamCommand({ DeliveryStreamName: value("stream").split("/")[1] }),
      );
      const [destination] = delivery.DeliveryStreamDescription?.Destinations ?? [];
      assert.equal(destination?.ExtendedS3DestinationDescription?.BufferingHints?.SizeInMBs, 10);
      assert.deepEqual(await stack.preview(program(change)), {});

      await rules.send(
        new events.RemoveTargetsCommand({ Rule: value("rule"), Ids: await targets(rules, value("rule")) }),
      );
      await rules.send(new events.DeleteRuleCommand({ Name: value("rule") }));
      await monitoring.send(new cloudwatch.DeleteDashboardsCommand({ DashboardNames: ["platform"] }));
      await tables.send(
        new dynamodb.UpdateTimeToLiveCommand({
          TableName: value("table"),
          TimeToLiveSpecification: { Enabled: false, AttributeName: "expiresAt" },
        }),
      );
      await machines.send(
        new sfn.UpdateStateMachineCommand({ stateMachineArn: value("flow"), roleArn: `${ROLE}-other` }),
      );
      assert.deepEqual(await stack.refresh(program(change)), { delete: 3, update: 2 });
      await stack.up(program(change));
      assert.deepEqual(await stack.preview(program(change)), {});
      const mended = await machines.send(new sfn.DescribeStateMachineCommand({ stateMachineArn: value("flow") }));
      assert.equal(mended.roleArn, ROLE);

      await stack.destroy();
      assert.deepEqual((await machines.send(new sfn.ListStateMachinesCommand({}))).stateMachines, []);
      assert.deepEqual((await tables.send(new dynamodb.ListTablesCommand({}))).TableNames, []);
      assert.deepEqual((await rules.send(new events.ListRulesCommand({}))).Rules, []);
      assert.deepEqual(
        (await rules.send(new events.ListEventBusesCommand({}))).EventBuses?.map(({ Name }) => Name),
        ["default"],
      );
      assert.deepEqual((await monitoring.send(new cloudwatch.DescribeAlarmsCommand({}))).MetricAlarms, []);
      assert.deepEqual((await monitoring.send(new cloudwatch.ListDashboardsCommand({}))).DashboardEntries, []);
      assert.deepEqual(
        (await queries.send(new athena.ListWorkGroupsCommand({}))).WorkGroups?.map(({ Name }) => Name),
        ["primary"],
      );
      assert.deepEqual((await streams.send(new firehose.ListDeliveryStreamsCommand({}))).DeliveryStreamNames, []);
    });
  });

  it("runs the machine for a file dropped in the bucket, with etag, size and order of the object", async () => {
    const machines = new sfn.SFNClient(configuration);
    const storage = new s3.S3Client({ ...configuration, forcePathStyle: true });
    await withStack(async (stack) => {
      const { outputs } = await stack.up(program());
      const Bucket = outputs.bucket?.value as string;
      const stateMachineArn = outputs.flow?.value as string;
      await storage.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
      await storage.send(new s3.PutObjectCommand({ Bucket, Key: "ignored.txt", Body: "x" }));
      await storage.send(new s3.PutObjectCommand({ Bucket, Key: "flights/a b+c%ü.csv", Body: "id\n1\n" }));
      const ended = async (): Promise<sfn.ExecutionListItem> => {
        for (;;) {
          const { executions } = await machines.send(new sfn.ListExecutionsCommand({ stateMachineArn }));
          const [only, ...others] = executions ?? [];
          assert.deepEqual(others, [], "one file is one execution");
          if (only && only.status !== "RUNNING") return only;
          await new Promise((wake) => setTimeout(wake, 200));
        }
      };
      const { executionArn } = await ended();
      const execution = await machines.send(new sfn.DescribeExecutionCommand({ executionArn }));
      const { detail } = JSON.parse(execution.input ?? "{}") as {
        detail: { bucket: { name: string }; object: Record<string, unknown> };
      };
      assert.equal(detail.bucket.name, Bucket);
      assert.equal(detail.object.key, "flights/a b+c%ü.csv");
      assert.equal(detail.object.size, 5);
      assert.match(String(detail.object.etag), /^[0-9a-f]{32}$/);
      assert.match(String(detail.object.sequencer), /^[0-9A-F]+$/);
      assert.equal(execution.status, "SUCCEEDED", execution.cause);
      assert.deepEqual(JSON.parse(execution.output ?? ""), { failed: true }, "a job that is not there is caught");
    });
  });

  async function targets(client: events.EventBridgeClient, rule: string): Promise<string[]> {
    const { Targets } = await client.send(new events.ListTargetsByRuleCommand({ Rule: rule }));
    return (Targets ?? []).flatMap(({ Id }) => (Id === undefined ? [] : [Id]));
  }
});
