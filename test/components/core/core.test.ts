import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  ComponentArgumentError,
  DeadLetterQueue,
  EncryptionKey,
  KEY_USERS,
  NotificationTopic,
  PlatformFunction,
  dataProtection,
  type KeyUser,
  type Protection,
} from "../../../components";
import { mergedStatements } from "../../../components/core/iam";
import { ACCOUNT, record, REGION, valueOf, type PolicyStatement } from "../../support/harness";
import { applies, type RequestContext } from "../../support/iam";

const key = (users?: readonly KeyUser[]): EncryptionKey =>
  new EncryptionKey("lake", { description: "Data lake", users });

describe("what decides whether data may be lost", () => {
  const cases: [Protection, boolean, boolean][] = [
    [{ posture: "disposable", allowDataLoss: true }, true, false],
    [{ posture: "disposable", allowDataLoss: false }, false, false],
    [{ posture: "guarded", allowDataLoss: true }, false, false],
    [{ posture: "guarded", allowDataLoss: false }, false, false],
    [{ posture: "locked", allowDataLoss: true }, false, true],
    [{ posture: "locked", allowDataLoss: false }, false, true],
  ];
  for (const [protection, lost, protect] of cases) {
    it(`${protection.posture} with allowDataLoss ${protection.allowDataLoss}: ${lost ? "may go" : "stays"}`, () => {
      assert.deepEqual(dataProtection(protection), {
        forceDestroy: lost,
        deletionProtection: !lost,
        skipFinalSnapshot: lost,
        protect,
        retainKeys: !lost,
      });
    });
  }
});

describe("policy documents", () => {
  const read = { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["a", "b"] };

  it("join statements about the same resources under the same conditions", () => {
    const merged = mergedStatements([
      read,
      { Effect: "Allow", Action: ["s3:PutObject", "s3:GetObject"], Resource: ["b", "a"] },
    ]);
    assert.deepEqual(merged, [{ ...read, Action: ["s3:GetObject", "s3:PutObject"] }]);
  });

  it("keep apart what differs in effect, condition, principal or sid", () => {
    const others = [
      { ...read, Effect: "Deny" },
      { ...read, Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { ...read, Principal: "*" },
      { ...read, Sid: "Named" },
    ];
    assert.equal(mergedStatements([read, ...others]).length, 5);
  });
});

describe("EncryptionKey", () => {
  it("rotates, waits 30 days before it is lost, and has an alias", async () => {
    const recording = await record(() => key());
    const { inputs } = recording.one("kms/key:Key", "lake-key");
    assert.equal(inputs.enableKeyRotation, true);
    assert.equal(inputs.rotationPeriodInDays, 365);
    assert.equal(inputs.deletionWindowInDays, 30);
    assert.equal(recording.one("kms/alias:Alias").inputs.targetKeyId, "key-of-lake-key");
  });

  const statementsFor = async (...users: KeyUser[]): Promise<PolicyStatement[]> => {
    const recording = await record(() => key(users));
    return recording.statements(recording.one("kms/key:Key"));
  };
  const may = (statements: readonly PolicyStatement[], principal: string, action: string, context: RequestContext) =>
    statements.some(
      (one) =>
        typeof one.Principal === "object" &&
        [one.Principal.Service].flat().includes(principal) &&
        applies(one, action, "*", context),
    );

  it("names no principal but the account's root and the services asked for, each bound to the account", async () => {
    for (const user of KEY_USERS) {
      const [root, ...others] = await statementsFor(user);
      assert.deepEqual(root?.Principal, { AWS: [`arn:aws:iam::${ACCOUNT}:root`] });
      assert.ok(others.length > 0, user);
      for (const statement of others) {
        assert.match(String((statement.Principal as { Service: string[] }).Service[0]), /\.amazonaws\.com$/);
        assert.match(JSON.stringify(statement.Condition), new RegExp(ACCOUNT), `${user}: ${statement.Sid}`);
        assert.ok(!statement.Action.includes("kms:*"));
      }
    }
  });

  it("lets a service in for this account and for no other", async () => {
    const statements = await statementsFor("rds-events");
    const rds = "events.rds.amazonaws.com";
    assert.equal(may(statements, rds, "kms:GenerateDataKey", { "aws:SourceAccount": ACCOUNT }), true);
    assert.equal(may(statements, rds, "kms:GenerateDataKey", { "aws:SourceAccount": "210987654321" }), false);
    assert.equal(may(statements, rds, "kms:GenerateDataKey", {}), false);
  });

  it("lets EventBridge write to this account's topics, although it does not say for whom it comes", async () => {
    const statements = await statementsFor("events");
    const topic = (account: string) => ({
      "kms:EncryptionContext:aws:sns:topicArn": `arn:aws:sns:${REGION}:${account}:alerts`,
    });
    assert.equal(may(statements, "events.amazonaws.com", "kms:GenerateDataKey", topic(ACCOUNT)), true);
    assert.equal(may(statements, "events.amazonaws.com", "kms:GenerateDataKey", topic("210987654321")), false);
  });

  it("lets EventBridge encrypt buses and write to queues of this account", async () => {
    const statements = await statementsFor("events");
    const bus = {
      "kms:EncryptionContext:aws:events:event-bus:arn": `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/data`,
    };
    assert.equal(may(statements, "events.amazonaws.com", "kms:Decrypt", bus), true);
    const queue = {
      "kms:EncryptionContext:aws:sqs:arn": `arn:aws:sqs:${REGION}:${ACCOUNT}:lost`,
      "aws:SourceArn": `arn:aws:events:${REGION}:${ACCOUNT}:rule/arrived`,
    };
    assert.equal(may(statements, "events.amazonaws.com", "kms:GenerateDataKey", queue), true);
    const foreign = { ...queue, "aws:SourceArn": `arn:aws:events:${REGION}:210987654321:rule/arrived` };
    assert.equal(may(statements, "events.amazonaws.com", "kms:GenerateDataKey", foreign), false);
  });

  it("lets SNS write to queues of this account for topics of this account, which SNS names by their ARNs", async () => {
    const statements = await statementsFor("sns");
    const queue = (account: string) => ({
      "kms:EncryptionContext:aws:sqs:arn": `arn:aws:sqs:${REGION}:${ACCOUNT}:lost`,
      "aws:SourceArn": `arn:aws:sns:${REGION}:${account}:alerts`,
    });
    assert.equal(may(statements, "sns.amazonaws.com", "kms:GenerateDataKey", queue(ACCOUNT)), true);
    assert.equal(may(statements, "sns.amazonaws.com", "kms:GenerateDataKey", queue("210987654321")), false);
  });

  it("lets CloudWatch Logs use it for this account's log groups in this region only", async () => {
    const statements = await statementsFor("cloudwatch-logs");
    const group = (region: string) => ({
      "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${ACCOUNT}:log-group:/x`,
    });
    assert.equal(may(statements, `logs.${REGION}.amazonaws.com`, "kms:Encrypt", group(REGION)), true);
    assert.equal(may(statements, `logs.${REGION}.amazonaws.com`, "kms:Encrypt", group("us-east-1")), false);
    const delivered = { "kms:EncryptionContext:SourceArn": `arn:aws:logs:${REGION}:${ACCOUNT}:*` };
    assert.equal(may(statements, "delivery.logs.amazonaws.com", "kms:Decrypt", delivered), true);
  });

  it("is protected where the environment is locked", async () => {
    const protection: Protection = { posture: "locked", allowDataLoss: false };
    const recording = await record(() => new EncryptionKey("lake", { description: "x", protection }));
    assert.equal(recording.one("kms/key:Key").protect, true);
  });

  it("stays in the account after its stack unless data may be lost", async () => {
    for (const [posture, allowDataLoss] of [
      ["guarded", false],
      ["disposable", false],
      ["disposable", true],
    ] as const) {
      const protection: Protection = { posture, allowDataLoss };
      const recording = await record(() => new EncryptionKey("lake", { description: "x", protection }));
      assert.equal(recording.one("kms/key:Key").retainOnDelete, !allowDataLoss);
    }
  });

  it("takes a key that exists instead of making one", async () => {
    const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234`;
    const recording = await record(() => new EncryptionKey("lake", { description: "x", existingKeyArn: arn }));
    assert.deepEqual(recording.all("kms/key:Key"), []);
    assert.equal(await valueOf(recording.result.keyId), "1234");
    assert.equal(recording.result.admits("dms"), true);
  });

  it("refuses a deletion window that KMS would refuse, naming component, argument, value and what is allowed", async () => {
    await assert.rejects(
      record(() => new EncryptionKey("lake", { description: "x", deletionWindowDays: 3 })),
      (error: Error) =>
        error instanceof ComponentArgumentError &&
        error.message === 'EncryptionKey "lake": deletionWindowDays is 3; allowed: a whole number from 7 to 30',
    );
  });
});

describe("a component's own options", () => {
  it("reach the resource that holds the data, although Pulumi does not pass them on", async () => {
    const recording = await record(
      () =>
        new EncryptionKey(
          "lake",
          { description: "x" },
          { retainOnDelete: true, ignoreChanges: ["description"], customTimeouts: { create: "5m" } },
        ),
    );
    const main = recording.one("kms/key:Key");
    assert.equal(main.retainOnDelete, true);
    assert.deepEqual(main.ignoreChanges, ["description"]);
    assert.equal(main.createTimeout, "5m");
    assert.deepEqual(recording.one("kms/alias:Alias").ignoreChanges, []);
  });

  it("let a transform change what the component would have sent", async () => {
    const recording = await record(
      () =>
        new EncryptionKey("lake", {
          description: "x",
          transform: { key: (args) => ({ ...args, multiRegion: true }) },
        }),
    );
    assert.equal(recording.one("kms/key:Key").inputs.multiRegion, true);
    assert.equal(recording.one("kms/key:Key").inputs.enableKeyRotation, true);
  });
});

describe("NotificationTopic", () => {
  it("is encrypted, TLS only, and lets EventBridge and alarms of this account publish", async () => {
    const recording = await record(() => new NotificationTopic("alerts", { key: key() }));
    assert.match(recording.one("sns/topic:Topic").inputs.kmsMasterKeyId, /:key\//);
    const policy = recording.one("sns/topicPolicy:TopicPolicy");
    assert.equal(recording.statement(policy, "DenyPlainHttp").Effect, "Deny");
    const alarms = recording.statement(policy, "Publishcloudwatch");
    assert.deepEqual(alarms.Condition, { StringEquals: { "aws:SourceAccount": ACCOUNT } });
    // EventBridge sends nothing that a condition could be about.
    const events = recording.statement(policy, "Publishevents");
    assert.equal(applies(events, "sns:Publish", events.Resource[0] ?? "", {}), true);
  });

  it("refuses a publisher that its key would keep silent", async () => {
    await assert.rejects(
      record(() => new NotificationTopic("alerts", { key: key(), publishers: ["rds"] })),
      /publishers\[0\] is "rds"; allowed: publishers whose key has them among its users \(here "rds-events"\)/,
    );
    const both = await record(() => new NotificationTopic("alerts", { key: key(["rds-events"]), publishers: ["rds"] }));
    assert.equal(both.statement(both.one("sns/topicPolicy:TopicPolicy"), "Publishrds").Effect, "Allow");
  });

  it("fans out to mail, text messages, HTTPS, queues, functions and Firehose", async () => {
    const recording = await record(() => {
      const topic = new NotificationTopic("alerts", {
        key: key(),
        emails: ["oncall@example.com"],
        sms: ["+4915112345678"],
        https: ["https://hooks.example.com/alerts"],
      });
      topic.subscribeQueue("audit", `arn:aws:sqs:${REGION}:${ACCOUNT}:audit`);
      topic.subscribeFunction("triage", `arn:aws:lambda:${REGION}:${ACCOUNT}:function:triage`);
      topic.subscribeFirehose("archive", `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/archive`);
    });
    const subscriptions = recording.all("sns/topicSubscription:TopicSubscription");
    assert.deepEqual(subscriptions.map(({ inputs }) => inputs.protocol).sort(), [
      "email",
      "firehose",
      "https",
      "lambda",
      "sms",
      "sqs",
    ]);
    const permission = recording.one("lambda/permission:Permission");
    assert.equal(permission.inputs.principal, "sns.amazonaws.com");
    assert.match(permission.inputs.sourceArn, /:sns:/);
    const role = recording.one("iam/rolePolicy:RolePolicy");
    assert.deepEqual(recording.statements(role)[0]?.Resource, [
      `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/archive`,
    ]);
    const queue = recording.one("sqs/queue:Queue");
    for (const { inputs } of subscriptions) {
      const kept = !["email", "sms"].includes(inputs.protocol);
      assert.equal(inputs.redrivePolicy !== undefined, kept, inputs.protocol);
    }
    const allowed = recording.statement(recording.one("sqs/queuePolicy:QueuePolicy"), "TopicMaySend");
    assert.equal(allowed.Resource[0], `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue.name}-1a2b3c4`);
  });

  for (const [argument, args] of Object.entries({
    emails: { emails: ["nobody"] },
    sms: { sms: ["0151 1234"] },
    https: { https: ["http://plain.example.com"] },
    displayName: { displayName: "x".repeat(101) },
  })) {
    it(`refuses ${argument} that cannot be reached`, async () => {
      await assert.rejects(
        record(() => new NotificationTopic("alerts", { key: key(), ...args })),
        new RegExp(`NotificationTopic "alerts": ${argument}(\\[0\\])? is .*; allowed: `),
      );
    });
  }
});

describe("DeadLetterQueue", () => {
  it("lets rules and buses of this account send, which EventBridge names by their ARNs alone", async () => {
    const recording = await record(() => new DeadLetterQueue("lost", { key: key(), fromEventBridge: true }));
    const statement = recording.statement(recording.one("sqs/queuePolicy:QueuePolicy"), "EventBridgeMaySend");
    const source = (account: string, resource: string) => ({
      "aws:SourceArn": `arn:aws:events:${REGION}:${account}:${resource}`,
    });
    const [queue = ""] = statement.Resource;
    assert.equal(applies(statement, "sqs:SendMessage", queue, source(ACCOUNT, "rule/arrived")), true);
    assert.equal(applies(statement, "sqs:SendMessage", queue, source(ACCOUNT, "event-bus/data")), true);
    assert.equal(applies(statement, "sqs:SendMessage", queue, source("210987654321", "rule/arrived")), false);
  });

  it("keeps for 14 days, encrypted, TLS only", async () => {
    const recording = await record(() => new DeadLetterQueue("lost", { key: key() }));
    const { inputs } = recording.one("sqs/queue:Queue");
    assert.equal(inputs.messageRetentionSeconds, 1_209_600);
    assert.match(inputs.kmsMasterKeyId, /:key\//);
    assert.equal(recording.statement(recording.one("sqs/queuePolicy:QueuePolicy"), "DenyPlainHttp").Effect, "Deny");
  });
});

describe("PlatformFunction", function () {
  this.timeout(60_000);
  const make = (extra: Partial<ConstructorParameters<typeof PlatformFunction>[1]> = {}) =>
    new PlatformFunction("validator", {
      code: "header-validator",
      description: "Compares headers",
      key: key(),
      statements: [],
      ...extra,
    });

  it("logs into an encrypted group of its own with retention, and may write to no other", async () => {
    const recording = await record(() => make());
    const group = recording.one("cloudwatch/logGroup:LogGroup");
    assert.equal(group.inputs.retentionInDays, 90);
    assert.match(group.inputs.kmsKeyId, /:key\//);
    const fn = recording.one("lambda/function:Function");
    assert.equal(fn.inputs.loggingConfig.logGroup, "validator-logs-1a2b3c4");
    const statements = recording.statements(recording.one("iam/rolePolicy:RolePolicy"));
    const write = statements.find(({ Action }) => Action.includes("logs:PutLogEvents"));
    assert.deepEqual(write?.Resource, [`${group.state.arn}:*`]);
  });

  it("traces, encrypts its environment and waits for its role's policy", async () => {
    const recording = await record(() => make({ environment: { RAW_BUCKET: pulumi.output("raw") } }));
    const fn = recording.one("lambda/function:Function");
    assert.deepEqual(fn.inputs.tracingConfig, { mode: "Active" });
    assert.match(fn.inputs.kmsKeyArn, /:key\//);
    assert.equal(fn.inputs.environment.variables.RAW_BUCKET, "raw");
    assert.equal(fn.inputs.reservedConcurrentExecutions, undefined);
    assert.ok(recording.dependsOn(fn, recording.one("iam/rolePolicy:RolePolicy")));
  });

  it("keeps 0 as reserved concurrency, which stops the function", async () => {
    const recording = await record(() => make({ reservedConcurrency: 0 }));
    assert.equal(recording.one("lambda/function:Function").inputs.reservedConcurrentExecutions, 0);
  });

  it("has a queue for what it cannot handle, unless it is given one", async () => {
    const recording = await record(() => make());
    const queue = recording.one("sqs/queue:Queue", "validator-unhandled-queue");
    assert.equal(recording.one("lambda/function:Function").inputs.deadLetterConfig.targetArn, queue.state.arn);
  });

  it("may send to the dead letter queue it is given", async () => {
    const queue = `arn:aws:sqs:${REGION}:${ACCOUNT}:lost`;
    const recording = await record(() => make({ deadLetterQueueArn: queue }));
    assert.equal(recording.one("lambda/function:Function").inputs.deadLetterConfig.targetArn, queue);
    assert.deepEqual(recording.all("sqs/queue:Queue"), []);
    const send = recording
      .statements(recording.one("iam/rolePolicy:RolePolicy"))
      .find(({ Action }) => Action.includes("sqs:SendMessage"));
    assert.deepEqual(send?.Resource, [queue]);
  });

  it("refuses more memory than Lambda has", async () => {
    await assert.rejects(
      record(() => make({ memoryMiB: 20_000 })),
      /memoryMiB is 20000; allowed: a whole number from 128 to 10240/,
    );
  });
});

describe("the recording harness", () => {
  it("fails a program that asks what the test does not answer", async () => {
    const aws = await import("@pulumi/aws");
    await assert.rejects(
      record(() => aws.s3.getBucketOutput({ bucket: "x" }).arn.apply((arn) => arn)),
      /invokes aws:s3\/getBucket:getBucket, which has no answer here/,
    );
  });

  it("fails a program that gives two resources the same name", async () => {
    await assert.rejects(
      record(() => [key(), key()]),
      /two resources have the URN/,
    );
  });
});
