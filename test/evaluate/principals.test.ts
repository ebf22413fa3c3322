import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { iam } from "../../evaluate/lints/iam";
import { principals } from "../../evaluate/lints/principals";
import { SERVICE_PRINCIPALS } from "../../evaluate/lints/service-principals";
import { ACCOUNT, record } from "../support/harness";

const ownAccount = { StringEquals: { "aws:SourceAccount": ACCOUNT } };

/** The JSON text of a policy that lets a service call something. */
const policy = (service: string, action: string, condition?: object): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: service }, Action: action, Resource: "*", Condition: condition },
    ],
  });

const topicPolicy = (text: string): unknown => new aws.sns.TopicPolicy("policy", { arn: "arn:topic", policy: text });
const queuePolicy = (text: string): unknown =>
  new aws.sqs.QueuePolicy("policy", { queueUrl: "https://queue", policy: text });
const key = (text: string): unknown => new aws.kms.Key("key", { policy: text });
const role = (text: string): unknown => new aws.iam.Role("role", { assumeRolePolicy: text });

const found = async (program: () => unknown): Promise<readonly string[]> => {
  const { resources } = await record(program);
  return principals(resources).map(({ message, remedy }) => `${message} ${remedy}`);
};

describe("the lint of service principals", () => {
  it("refuses a condition for events in the policy of a topic, which EventBridge does not support", async () => {
    const [problem = "", ...others] = await found(() =>
      topicPolicy(policy("events.amazonaws.com", "sns:Publish", ownAccount)),
    );
    assert.deepEqual(others, []);
    assert.match(problem, /lets events\.amazonaws\.com call sns:Publish on the topic/);
    assert.match(problem, /aws:SourceAccount, which AWS does not document for this call/);
    assert.match(problem, /Remove the condition/);
    assert.deepEqual(await found(() => topicPolicy(policy("events.amazonaws.com", "sns:Publish"))), []);
  });

  it("wants the rule as the source of events for a queue, and refuses the account", async () => {
    const statement = (condition?: object) => queuePolicy(policy("events.amazonaws.com", "sqs:SendMessage", condition));
    const [account = ""] = await found(() => statement(ownAccount));
    assert.match(account, /aws:SourceAccount, which AWS does not document.*Use a condition on aws:SourceArn\./);
    const rule = { ArnLike: { "aws:SourceArn": `arn:aws:events:eu-central-1:${ACCOUNT}:rule/*` } };
    assert.deepEqual(await found(() => statement(rule)), []);
    const [open = ""] = await found(() => statement());
    assert.match(open, /on behalf of any account\. Use a condition on aws:SourceArn\./);
  });

  it("tells the uses of a key apart by their encryption contexts", async () => {
    const events = (condition: object) => key(policy("events.amazonaws.com", "kms:Decrypt", condition));
    const topics = { ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": `arn:aws:sns:eu-central-1:${ACCOUNT}:*` } };
    assert.deepEqual(await found(() => events(topics)), []);
    const [source = ""] = await found(() => events({ ...topics, ...ownAccount }));
    assert.match(source, /aws:SourceAccount, which AWS does not document/);
    const [everyUse = ""] = await found(() => events(ownAccount));
    assert.match(everyUse, /aws:SourceAccount, which AWS does not document/);
    const [unknown = ""] = await found(() => events({ StringEquals: { "kms:EncryptionContext:tenant": "a" } }));
    assert.match(unknown, /kms:EncryptionContext:tenant, which AWS does not document/);
  });

  it("names the actions of a statement together", async () => {
    const text = JSON.stringify({
      Statement: {
        Effect: "Allow",
        Principal: { Service: ["sns.amazonaws.com"] },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: ownAccount,
      },
    });
    const problems = await found(() => key(text));
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /call kms:Decrypt and kms:GenerateDataKey on the key/);
  });

  it("asks for a row for a service, an action or a kind of resource that the table does not have", async () => {
    for (const program of [
      () => topicPolicy(policy("inspector2.amazonaws.com", "sns:Publish", ownAccount)),
      () => key(policy("events.amazonaws.com", "kms:CreateGrant", ownAccount)),
      () =>
        new aws.ecr.RepositoryPolicy("images", {
          repository: "images",
          policy: policy("lambda.amazonaws.com", "ecr:BatchGetImage", ownAccount),
        }),
    ]) {
      const [problem = ""] = await found(program);
      assert.match(problem, /for which the table of service principals has no row\. Add a row/);
    }
  });

  it("wants a guard where the service documents one, and takes neither a wildcard nor an optional condition for one", async () => {
    const statement = (condition?: object) => role(policy("states.amazonaws.com", "sts:AssumeRole", condition));
    for (const condition of [
      undefined,
      { StringLike: { "aws:SourceAccount": "*" } },
      { StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } },
      { StringNotEquals: { "aws:SourceAccount": "111111111111" } },
    ]) {
      const [problem = ""] = await found(() => statement(condition));
      assert.match(problem, /on behalf of any account/, JSON.stringify(condition));
    }
    assert.deepEqual(await found(() => statement(ownAccount)), []);
    assert.deepEqual(await found(() => role(policy("glue.amazonaws.com", "sts:AssumeRole"))), []);
  });

  it("wants the key that the service documents for the call, and no other", async () => {
    const assumed = (service: string, condition?: object) =>
      found(() => role(policy(service, "sts:AssumeRole", condition)));
    assert.match((await assumed("lambda.amazonaws.com"))[0] ?? "", /on behalf of any account/);
    assert.deepEqual(await assumed("lambda.amazonaws.com", ownAccount), []);
    assert.match(
      (await assumed("firehose.amazonaws.com", ownAccount))[0] ?? "",
      /aws:SourceAccount, which AWS does not/,
    );
    assert.deepEqual(await assumed("firehose.amazonaws.com", { StringEquals: { "sts:ExternalId": ACCOUNT } }), []);

    const published = (condition: object) =>
      found(() => topicPolicy(policy("dms.amazonaws.com", "sns:Publish", condition)));
    assert.match((await published(ownAccount))[0] ?? "", /aws:SourceAccount, which AWS does not document/);
    assert.deepEqual(await published({ ArnLike: { "aws:SourceArn": `arn:aws:dms:*:${ACCOUNT}:es:*` } }), []);
  });

  it("does not take a wildcard for one where the operator takes it literally", async () => {
    const source = { "aws:SourceArn": `arn:aws:states:eu-central-1:${ACCOUNT}:stateMachine:*` };
    const statement = (condition: object) => role(policy("states.amazonaws.com", "sts:AssumeRole", condition));
    const [problem = ""] = await found(() => statement({ StringEquals: source }));
    assert.match(problem, /StringEquals takes a wildcard literally/);
    assert.deepEqual(await found(() => statement({ ArnLike: source })), []);
  });

  it("judges a role by the argument that gives it to the service", async () => {
    const api = (condition?: object) => {
      const logs = new aws.iam.Role("logs", {
        assumeRolePolicy: policy("appsync.amazonaws.com", "sts:AssumeRole", condition),
      });
      return new aws.appsync.GraphQLApi("api", {
        authenticationType: "AWS_IAM",
        logConfig: { cloudwatchLogsRoleArn: logs.arn, fieldLogLevel: "ERROR" },
      });
    };
    assert.deepEqual(await found(() => api()), []);
    assert.match((await found(() => api(ownAccount)))[0] ?? "", /aws:SourceAccount, which AWS does not document/);
    const source = role.bind(undefined, policy("appsync.amazonaws.com", "sts:AssumeRole", ownAccount));
    assert.deepEqual(await found(source), []);
  });

  it("reads the arguments of a function's permission as conditions", async () => {
    const permission = (args: Partial<aws.lambda.PermissionArgs>) =>
      new aws.lambda.Permission("permission", {
        action: "lambda:InvokeFunction",
        function: "sweep",
        principal: "events.amazonaws.com",
        ...args,
      });
    assert.match((await found(() => permission({})))[0] ?? "", /on behalf of any account/);
    assert.match((await found(() => permission({ sourceAccount: ACCOUNT })))[0] ?? "", /aws:SourceAccount, which AWS/);
    const rule = `arn:aws:events:eu-central-1:${ACCOUNT}:rule/due`;
    assert.deepEqual(await found(() => permission({ sourceArn: rule })), []);
    assert.deepEqual(await found(() => permission({ principal: ACCOUNT })), []);
  });

  it("lets no request be derived with a key that the service does not send", async () => {
    const delivered = async (condition?: object): Promise<readonly string[]> => {
      const { resources } = await record(() => {
        const alerts = new aws.sns.Topic("alerts");
        const rule = new aws.cloudwatch.EventRule("failed", { eventPattern: '{"source":["aws.glue"]}' });
        new aws.cloudwatch.EventTarget("alert", { rule: rule.name, arn: alerts.arn });
        const text = policy("events.amazonaws.com", "sns:Publish", condition);
        return new aws.sns.TopicPolicy("policy", { arn: alerts.arn, policy: text });
      });
      return iam(resources).map(({ message }) => message);
    };
    assert.deepEqual(await delivered(), []);
    assert.match(
      (await delivered(ownAccount))[0] ?? "",
      /events\.amazonaws\.com may not call sns:Publish .*but alert needs it/,
    );
  });

  it("has a page of AWS's documentation for every row", () => {
    for (const { service, source } of SERVICE_PRINCIPALS)
      assert.match(source, /^https:\/\/docs\.aws\.amazon\.com\/\S+\.html/, service);
  });
});
