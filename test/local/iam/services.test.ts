import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateDeliveryStreamCommand,
  DescribeDeliveryStreamCommand,
  FirehoseClient,
  PutRecordCommand,
} from "@aws-sdk/client-firehose";
import { CreateJobCommand, GetJobRunCommand, GlueClient, StartJobRunCommand, type JobRun } from "@aws-sdk/client-glue";
import { CreateEventSourceMappingCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateStateMachineCommand, ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { until } from "../../support/home";
import type { Grant } from "../../support/role";
import { Account } from "./account";

describe("what services do with the roles that they are given", function () {
  this.timeout(120_000);
  let account: Account;
  before(async () => (account = await Account.open()));

  const denies = (role: string, what: string): Promise<void> =>
    until(`${role} is denied ${what}`, () => account.denied(role).includes(what));

  it("Step Functions calls no function before the machine's role has the grant", async () => {
    const name = await account.fn(await account.role("lambda"), "return event.word;");
    const resource = account.arn("lambda", `function:${name}`);
    const role = await account.role("states");
    const Parameters = { FunctionName: name, Payload: { word: "yes" } };
    const task = { Resource: "arn:aws:states:::lambda:invoke", Parameters };

    const denied = await account.execute(role, task);
    assert.equal(denied.status, "FAILED");
    assert.equal(denied.error, "Lambda.AWSLambdaException");
    assert.match(denied.cause ?? "", /is not authorized to perform: lambda:InvokeFunction on resource/);
    assert.deepEqual(account.denied(role), [`lambda:InvokeFunction ${resource} identity`]);

    await account.grant(role, { Action: "lambda:InvokeFunction", Resource: resource });
    assert.equal((await account.execute(role, task)).status, "SUCCEEDED");
  });

  it("Step Functions names a denied task as AWS does, also where the key of a table is denied", async () => {
    const key = await account.key();
    const [plain, encrypted] = [await account.table(), await account.table(key)];
    const role = await account.role("states", {
      Action: "dynamodb:PutItem",
      Resource: account.arn("dynamodb", `table/${encrypted}`),
    });
    const put = (TableName: string, api = "dynamodb"): Promise<{ error?: string; cause?: string }> =>
      account.execute(role, {
        Resource: `arn:aws:states:::${api}:putItem`,
        Parameters: { TableName, Item: { id: { S: "1" } } },
      });
    assert.equal((await put(plain)).error, "DynamoDB.AmazonDynamoDBException");
    assert.equal((await put(plain, "aws-sdk:dynamodb")).error, "DynamoDb.DynamoDbException");
    assert.match((await put(encrypted)).cause ?? "", new RegExp(`kms:Decrypt on resource: ${key} `));
    const start = { Resource: "arn:aws:states:::aws-sdk:glue:startJobRun", Parameters: { JobName: "nothing" } };
    assert.equal((await account.execute(role, start)).error, "Glue.AccessDeniedException");
    const send = {
      Resource: "arn:aws:states:::sqs:sendMessage",
      Parameters: { QueueUrl: `${account.configuration.endpoint}/000000000000/dead`, MessageBody: "x" },
    };
    assert.equal((await account.execute(role, send)).error, "SQS.AmazonSQSException");
  });

  it("Step Functions acts with no role that does not trust it", async () => {
    const name = await account.fn(await account.role("lambda"), "return 1;");
    const role = await account.role("glue", { Action: "lambda:InvokeFunction", Resource: "*" });
    const task = { Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: name } };
    assert.match((await account.execute(role, task)).cause ?? "", /not authorized to assume the role/);
  });

  it("a Glue job runs with a session of its role, and reads no object before the role has the grant", async () => {
    const folder = mkdtempSync(join(tmpdir(), "job-"));
    const script = join(folder, "job.py");
    writeFileSync(
      script,
      `import boto3, os, sys
try:
    boto3.client("s3", endpoint_url=os.environ["endpoint"]).get_object(Bucket=os.environ["bucket"], Key="a.csv")
except Exception as error:
    sys.exit(str(error))
`,
    );
    const Bucket = await account.bucket();
    await account.client(S3Client).send(new PutObjectCommand({ Bucket, Key: "a.csv", Body: "one" }));
    const role = await account.role("glue");
    const glue = account.client(GlueClient);
    const JobName = account.name("job");
    await glue.send(
      new CreateJobCommand({
        Name: JobName,
        Role: account.roleArn(role),
        Command: { Name: "pythonshell", ScriptLocation: script },
        DefaultArguments: { "--bucket": Bucket, "--endpoint": account.configuration.endpoint },
      }),
    );
    const run = async (): Promise<JobRun | undefined> => {
      const { JobRunId } = await glue.send(new StartJobRunCommand({ JobName }));
      let ended: JobRun | undefined;
      await until("the job has ended", async () => {
        ended = (await glue.send(new GetJobRunCommand({ JobName, RunId: JobRunId }))).JobRun;
        return !["STARTING", "RUNNING"].includes(ended?.JobRunState ?? "");
      });
      return ended;
    };
    try {
      const denied = await run();
      assert.equal(denied?.JobRunState, "FAILED");
      assert.match(denied.ErrorMessage ?? "", /AccessDenied.*not authorized to perform: s3:GetObject/);
      const resource = `arn:aws:s3:::${Bucket}/a.csv`;
      assert.deepEqual(account.denied(role), [`s3:GetObject ${resource} identity`]);
      await account.grant(role, { Action: "s3:GetObject", Resource: resource });
      assert.equal((await run())?.JobRunState, "SUCCEEDED");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("EventBridge starts no execution before the target's role has the grant", async () => {
    const machine = account.name("machine");
    const sfn = account.client(SFNClient);
    const { stateMachineArn = "" } = await sfn.send(
      new CreateStateMachineCommand({
        name: machine,
        roleArn: account.roleArn(await account.role("states")),
        definition: JSON.stringify({ StartAt: "Done", States: { Done: { Type: "Succeed" } } }),
      }),
    );
    const role = await account.role("events");
    const emit = await rule(stateMachineArn, account.roleArn(role));
    await emit();
    await denies(role, `states:StartExecution ${stateMachineArn} identity`);
    assert.deepEqual((await sfn.send(new ListExecutionsCommand({ stateMachineArn }))).executions, []);

    await account.grant(role, { Action: "states:StartExecution", Resource: stateMachineArn });
    await emit();
    await until("an execution has started", async () => {
      return (await sfn.send(new ListExecutionsCommand({ stateMachineArn }))).executions?.length === 1;
    });
  });

  it("EventBridge delivers to an encrypted queue when the policies of the queue and its key name it, not before", async () => {
    const sqs = account.client(SQSClient);
    const deliver = async (key: string, allowed: boolean): Promise<{ queue: string; emit: () => Promise<void> }> => {
      const QueueName = account.name("queue");
      const queue = account.arn("sqs", QueueName);
      const grant = { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage" };
      const Policy = JSON.stringify({ Statement: [{ ...grant, Resource: queue }] });
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes: { KmsMasterKeyId: key } }));
      if (allowed) await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
      return { queue, emit: await rule(queue) };
    };
    const service = "events.amazonaws.com";
    const open = await account.key(service);
    const closed = await account.key();

    const silent = await deliver(open, false);
    await silent.emit();
    await denies(service, `sqs:SendMessage ${silent.queue} resource`);

    const locked = await deliver(closed, true);
    await locked.emit();
    await denies(service, `kms:GenerateDataKey ${closed} key`);

    const good = await deliver(open, true);
    await good.emit();
    const QueueUrl = `${account.configuration.endpoint}/000000000000/${good.queue.split(":").at(-1)}`;
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    assert.equal(Messages?.length, 1);
  });

  it("Firehose writes no object before its role has the grant", async () => {
    const firehose = account.client(FirehoseClient);
    const s3 = account.client(S3Client);
    const Bucket = await account.bucket();
    const role = await account.role("firehose");
    const DeliveryStreamName = account.name("stream");
    await firehose.send(
      new CreateDeliveryStreamCommand({
        DeliveryStreamName,
        ExtendedS3DestinationConfiguration: {
          RoleARN: account.roleArn(role),
          BucketARN: `arn:aws:s3:::${Bucket}`,
          Prefix: "in/",
        },
      }),
    );
    await until("the stream is active", async () => {
      const described = await firehose.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName }));
      return described.DeliveryStreamDescription?.DeliveryStreamStatus === "ACTIVE";
    });
    const put = (): Promise<unknown> =>
      firehose.send(new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from("one") } }));
    await put();
    await until("the delivery is denied", () => account.denied(role).some((line) => line.startsWith("s3:PutObject")));
    assert.equal((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount, 0);
    await account.grant(role, { Action: "s3:PutObject", Resource: `arn:aws:s3:::${Bucket}/in/*` });
    await put();
    await until("the object is there", async () => {
      return (await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount === 1;
    });
  });

  it("Lambda reads no queue for a function whose role may not", async () => {
    const sqs = account.client(SQSClient);
    const QueueName = account.name("queue");
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
    const queue = account.arn("sqs", QueueName);
    const role = await account.role("lambda");
    const FunctionName = await account.fn(role, "return {};");
    await account
      .client(LambdaClient)
      .send(new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn: queue, BatchSize: 1 }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "one" }));
    await denies(role, `sqs:ReceiveMessage ${queue} identity`);
    const reading: Grant = {
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      Resource: queue,
    };
    await account.grant(role, reading);
    await until("the message is read", () =>
      account.decisions(role).some(({ action, allowed }) => allowed && action === "sqs:DeleteMessage"),
    );
  });

  /** Makes a rule with one target, and returns what emits an event that it matches. */
  async function rule(target: string, role?: string): Promise<() => Promise<void>> {
    const events = account.client(EventBridgeClient);
    const Source = account.name("test");
    const Name = account.name("rule");
    await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify({ source: [Source] }) }));
    await events.send(
      new PutTargetsCommand({ Rule: Name, Targets: [{ Id: "1", Arn: target, ...(role && { RoleArn: role }) }] }),
    );
    return async () => {
      await events.send(new PutEventsCommand({ Entries: [{ Source, DetailType: "Test", Detail: "{}" }] }));
    };
  }
});
