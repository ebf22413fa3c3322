import assert from "node:assert/strict";
import { PutItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Account } from "./account";

describe("the rights of a function in the local cloud", function () {
  this.timeout(120_000);
  let account: Account;
  before(async () => (account = await Account.open()));

  const reads = `const { S3Client, GetObjectCommand } = sdk("client-s3");
    const { Body } = await new S3Client({ forcePathStyle: true }).send(new GetObjectCommand(event));
    return Body.transformToString();`;

  it("are those of its role: its requests have a session of the role", async () => {
    const role = await account.role("lambda");
    const name = await account.fn(
      role,
      `const { STSClient, GetCallerIdentityCommand } = sdk("client-sts");
       return (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn;`,
    );
    assert.equal((await account.call(name)).answer, `arn:aws:sts::000000000000:assumed-role/${role}/${name}`);
  });

  it("do not let it read an object before its role has the grant", async () => {
    const Bucket = await account.bucket();
    await account.client(S3Client).send(new PutObjectCommand({ Bucket, Key: "a/b.csv", Body: "one" }));
    const role = await account.role("lambda");
    const name = await account.fn(role, reads);
    const object = `arn:aws:s3:::${Bucket}/a/b.csv`;

    const { error, message } = await account.call(name, { Bucket, Key: "a/b.csv" });
    assert.equal(error, "AccessDenied");
    assert.match(message ?? "", new RegExp(`assumed-role/${role}/${name} is not authorized to perform: s3:GetObject`));
    assert.deepEqual(account.denied(role), [`s3:GetObject ${object} identity`]);

    await account.grant(role, { Action: "s3:GetObject", Resource: object });
    assert.equal((await account.call(name, { Bucket, Key: "a/b.csv" })).answer, "one");
    assert.ok(account.decisions(role).some(({ action, allowed }) => action === "s3:GetObject" && allowed));
  });

  it("do not let it read or write an encrypted object before its role may use the key", async () => {
    const key = await account.key();
    const Bucket = await account.bucket(key);
    await account.client(S3Client).send(new PutObjectCommand({ Bucket, Key: "b.csv", Body: "one" }));
    const role = await account.role("lambda", {
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: `arn:aws:s3:::${Bucket}/*`,
    });
    const reader = await account.fn(role, reads);
    const writer = await account.fn(
      role,
      `const { S3Client, PutObjectCommand } = sdk("client-s3");
       await new S3Client({ forcePathStyle: true }).send(new PutObjectCommand(event));`,
    );

    const read = await account.call(reader, { Bucket, Key: "b.csv" });
    assert.equal(read.error, "AccessDenied");
    assert.match(read.message ?? "", new RegExp(`not authorized to perform: kms:Decrypt on resource: ${key} `));
    const written = await account.call(writer, { Bucket, Key: "c.csv", Body: "two" });
    assert.match(written.message ?? "", /not authorized to perform: kms:GenerateDataKey on resource/);
    assert.deepEqual(account.denied(role), [`kms:Decrypt ${key} identity`, `kms:GenerateDataKey ${key} identity`]);

    await account.grant(
      role,
      { Action: ["s3:GetObject", "s3:PutObject"], Resource: `arn:aws:s3:::${Bucket}/*` },
      { Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: key },
    );
    assert.equal((await account.call(reader, { Bucket, Key: "b.csv" })).answer, "one");
    assert.equal((await account.call(writer, { Bucket, Key: "c.csv", Body: "two" })).error, undefined);
  });

  it("do not let it use an encrypted table, queue, topic or secret before its role may use the key", async () => {
    const key = await account.key();
    const TableName = await account.table(key);
    await account.client(DynamoDBClient).send(new PutItemCommand({ TableName, Item: { id: { S: "1" } } }));
    const sqs = account.client(SQSClient);
    const QueueName = account.name("queue");
    const Attributes = { KmsMasterKeyId: key };
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "one" }));
    const topic = new CreateTopicCommand({ Name: account.name("topic"), Attributes });
    const { TopicArn = "" } = await account.client(SNSClient).send(topic);
    const secret = new CreateSecretCommand({ Name: account.name("secret"), SecretString: "s", KmsKeyId: key });
    const { ARN: SecretId = "" } = await account.client(SecretsManagerClient).send(secret);
    const role = await account.role(
      "lambda",
      { Action: "dynamodb:GetItem", Resource: account.arn("dynamodb", `table/${TableName}`) },
      { Action: ["sqs:SendMessage", "sqs:ReceiveMessage"], Resource: account.arn("sqs", QueueName) },
      { Action: "sns:Publish", Resource: TopicArn },
      { Action: "secretsmanager:GetSecretValue", Resource: SecretId },
    );
    const name = await account.fn(
      role,
      `const { DynamoDBClient, GetItemCommand } = sdk("client-dynamodb");
       const { SQSClient, SendMessageCommand, ReceiveMessageCommand } = sdk("client-sqs");
       const { SNSClient, PublishCommand } = sdk("client-sns");
       const { SecretsManagerClient, GetSecretValueCommand } = sdk("client-secrets-manager");
       const { TableName, QueueUrl, TopicArn, SecretId } = event;
       const requests = [
         [DynamoDBClient, new GetItemCommand({ TableName, Key: { id: { S: "1" } } })],
         [SQSClient, new SendMessageCommand({ QueueUrl, MessageBody: "two" })],
         [SQSClient, new ReceiveMessageCommand({ QueueUrl })],
         [SNSClient, new PublishCommand({ TopicArn, Message: "three" })],
         [SecretsManagerClient, new GetSecretValueCommand({ SecretId })],
       ];
       return Promise.all(requests.map(([Client, command]) => new Client({}).send(command).then(() => "", (error) => error.name)));`,
    );
    const event = { TableName, QueueUrl, TopicArn, SecretId };
    assert.deepEqual((await account.call(name, event)).answer, [
      "AccessDeniedException",
      "KmsAccessDenied",
      "KmsAccessDenied",
      "KMSAccessDeniedException",
      "AccessDeniedException",
    ]);
    assert.deepEqual([...new Set(account.denied(role))].sort(), [
      `kms:Decrypt ${key} identity`,
      `kms:GenerateDataKey ${key} identity`,
    ]);
  });
});
