import assert from "node:assert/strict";
import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { ApiGatewayV2Client, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DeadLetterQueue, EncryptionKey, NotificationTopic, WebSocketApi } from "../../../components";
import type { BroadcastRequest, BroadcastResult, ConnectionRow } from "../../../contracts/realtime";
import { sharedMinistack } from "../../support/ministack";
import { withStack } from "../../support/stack";
import { WebSocketClient as Client } from "../../support/web-socket-client";

const LOSE = { posture: "disposable", allowDataLoss: true } as const;

/** Answers what it was told, and on which route. */
const ECHO = `exports.handler = async ({ body, requestContext }) => ({
  statusCode: 200,
  body: JSON.stringify({ route: requestContext.routeKey, who: requestContext.authorizer?.principalId, said: JSON.parse(body) }),
});`;

/** Lets in who says "open sesame", and those only to channels of the plant. */
const DOOR = `exports.handler = async ({ methodArn, queryStringParameters }) => ({
  principalId: "ali",
  policyDocument: { Version: "2012-10-17", Statement: [{
    Action: "execute-api:Invoke",
    Effect: queryStringParameters.token === "open sesame" ? "Allow" : "Deny",
    Resource: methodArn,
  }] },
  context: { channels: "plant/*, news" },
});`;

describe("a WebSocket API in the local cloud", function () {
  this.timeout(240_000);
  let dynamodb: DynamoDBClient;
  let events: EventBridgeClient;
  let gateway: ApiGatewayV2Client;
  let account: APIGatewayClient;
  let lambda: LambdaClient;
  let sns: SNSClient;
  let sqs: SQSClient;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const at = { endpoint, region: "eu-central-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
    dynamodb = new DynamoDBClient(at);
    events = new EventBridgeClient(at);
    gateway = new ApiGatewayV2Client(at);
    account = new APIGatewayClient(at);
    lambda = new LambdaClient(at);
    sns = new SNSClient(at);
    sqs = new SQSClient(at);
  });

  const program =
    (changes: { readonly path?: string; readonly perSecond?: number } = {}) =>
    async () => {
      const key = new EncryptionKey("live", { description: "Live updates", protection: LOSE });
      const role = new aws.iam.Role("functions", {
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
      });
      const functionOf = (name: string, code: string): aws.lambda.Function =>
        new aws.lambda.Function(name, {
          role: role.arn,
          runtime: "nodejs24.x",
          handler: "index.handler",
          code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(code) }),
        });
      const live = new WebSocketApi("live", {
        key,
        accountLogging: "create",
        routeSelectionPath: changes.path ?? "header.action",
        authorizer: { kind: "lambda", function: functionOf("door", DOOR).arn, queryParameters: ["token"] },
        channels: ["plant/*", "orders"],
        subscriptionsPerConnection: 2,
        routes: {
          echo: {
            function: functionOf("echo", ECHO).arn,
            twoWay: true,
            messageSchema: { required: ["header"] },
            throttling: { messagesPerSecond: changes.perSecond ?? 10, burst: 5 },
          },
        },
        domain: {
          name: "live.example.org",
          certificateArn: "arn:aws:acm:eu-central-1:000000000000:certificate/0c6c7f3e-5a1d-4d8e-9a53-1b6b2f3c4d5e",
          path: "v1",
        },
        protection: LOSE,
      });
      live.broadcastFrom("ingested", {
        kind: "events",
        channel: "plant/ingested",
        pattern: { source: ["test.ingestion"] },
      });
      const topic = new NotificationTopic("news", { key });
      live.broadcastFrom("news", { kind: "topic", topic });
      const queue = new DeadLetterQueue("outbox", { key });
      live.broadcastFrom("outbox", { kind: "queue", queueArn: queue.queueArn, key });
      const table = new aws.dynamodb.Table("orders", {
        billingMode: "PAY_PER_REQUEST",
        hashKey: "id",
        attributes: [{ name: "id", type: "S" }],
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
      });
      live.broadcastFrom("orders", {
        kind: "stream",
        channel: "plant/orders",
        stream: {
          streamArn: table.streamArn,
          grantStream: () => [
            {
              actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
              resources: [table.streamArn],
            },
          ],
        },
      });
      return {
        api: live.apiId,
        endpoint: live.managementEndpoint,
        url: live.url,
        target: live.domainTarget,
        connections: live.connectionTableName,
        broadcast: live.broadcastFunctionName,
        topic: topic.topicArn,
        queue: queue.queueUrl,
        orders: table.name,
      };
    };

  async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((wake) => setTimeout(wake, 100));
    }
    throw new Error(`did not come about within a minute: ${what}`);
  }

  async function rows(TableName: string): Promise<ConnectionRow[]> {
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return Items.map((item) => unmarshall(item) as ConnectionRow);
  }

  async function broadcast(FunctionName: string, request: BroadcastRequest): Promise<BroadcastResult> {
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) }),
    );
    const text = Buffer.from(Payload ?? []).toString();
    assert.equal(FunctionError, undefined, text);
    return JSON.parse(text) as BroadcastResult;
  }

  it("lets clients in, routes what they say, pushes to them from anywhere, and forgets who has gone", async () => {
    await withStack(async ({ up, preview, destroy }) => {
      const { outputs } = await up(program());
      const output = (name: string): string => String(outputs[name]?.value);
      assert.deepEqual(await preview(program()), {}, "a second deployment would change something");
      assert.equal(output("url"), "wss://live.example.org/v1");
      assert.match(output("target"), /^d-\w+\.execute-api\./);
      const url = output("endpoint").replace(/^http/, "ws");
      const table = output("connections");

      // The door
      await assert.rejects(Client.connect(url), /401/);
      await assert.rejects(Client.connect(`${url}?token=please`), /403/);
      assert.deepEqual(await rows(table), []);
      const one = await Client.connect(`${url}?token=open%20sesame`);
      const other = await Client.connect(`${url}?token=open%20sesame`);
      const connected = await rows(table);
      assert.deepEqual(
        connected.map(({ channel, principal }) => [channel, principal]),
        [
          ["$all", "ali"],
          ["$all", "ali"],
        ],
      );

      // Routes
      assert.deepEqual(await one.asks({ header: { action: "echo" }, words: "hello" }), {
        route: "echo",
        who: "ali",
        said: { header: { action: "echo" }, words: "hello" },
      });
      assert.deepEqual(await one.asks({ header: { action: "fly" } }), {
        type: "error",
        message: 'header.action is "fly", which is no route of this API',
      });
      assert.match(String((await one.asks("{")).message), /is not JSON/);

      // Channels
      const subscribe = (channel: unknown): object => ({ header: { action: "subscribe" }, channel });
      assert.deepEqual(await one.asks(subscribe("plant/ingested")), { type: "subscribed", channel: "plant/ingested" });
      assert.match(String((await one.asks(subscribe("news"))).message), /not open/);
      assert.match(String((await one.asks(subscribe("orders"))).message), /not open/);
      assert.match(String((await one.asks(subscribe("$all"))).message), /channel is "\$all"; allowed/);
      assert.deepEqual(await one.asks(subscribe("plant/orders")), { type: "subscribed", channel: "plant/orders" });
      assert.deepEqual(await one.asks(subscribe("plant/orders")), { type: "subscribed", channel: "plant/orders" });
      assert.match(String((await one.asks(subscribe("plant/more"))).message), /at most 2 channels/);

      // Pushes
      const toAll = await broadcast(output("broadcast"), { message: { hi: "all" } });
      assert.deepEqual(toAll, { channel: "$all", sent: 2, pruned: 0, notReady: 0, failed: [] });
      for (const client of [one, other])
        assert.deepEqual(await client.hears(), { type: "message", message: { hi: "all" } });
      const toChannel = await broadcast(output("broadcast"), { channel: "plant/ingested", message: "only one" });
      assert.equal(toChannel.sent, 1);
      assert.deepEqual(await one.hears(), { type: "message", channel: "plant/ingested", message: "only one" });

      await events.send(
        new PutEventsCommand({
          Entries: [{ Source: "test.ingestion", DetailType: "Ingested", Detail: JSON.stringify({ rows: 3 }) }],
        }),
      );
      const event = await one.hears();
      assert.equal(event.channel, "plant/ingested");
      const { at, ...said } = event.message as Record<string, unknown>;
      assert.ok(!Number.isNaN(Date.parse(String(at))), String(at));
      assert.deepEqual(said, { event: "Ingested", source: "test.ingestion", detail: { rows: 3 } });

      await sns.send(new PublishCommand({ TopicArn: output("topic"), Subject: "News", Message: "all is well" }));
      for (const client of [one, other]) {
        const { subject, body } = (await client.hears()).message as Record<string, unknown>;
        assert.deepEqual([subject, body], ["News", "all is well"]);
      }
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: output("queue"),
          MessageBody: JSON.stringify({ channel: "plant/orders", message: 42 }),
        }),
      );
      assert.deepEqual(await one.hears(), { type: "message", channel: "plant/orders", message: 42 });
      await dynamodb.send(
        new PutItemCommand({ TableName: output("orders"), Item: { id: { S: "a-1" }, total: { N: "12.5" } } }),
      );
      assert.deepEqual(await one.hears(), {
        type: "message",
        channel: "plant/orders",
        message: { event: "INSERT", keys: { id: "a-1" }, newItem: { id: "a-1", total: 12.5 } },
      });

      // Who has gone
      const unsubscribed = await one.asks({ header: { action: "unsubscribe" }, channel: "plant/orders" });
      assert.deepEqual(unsubscribed, { type: "unsubscribed", channel: "plant/orders" });
      await dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            connectionId: { S: "stale" },
            channel: { S: "$all" },
            since: { N: "1000" },
            expiresAt: { N: "9999999999" },
          },
        }),
      );
      const pruned = await broadcast(output("broadcast"), { message: "still there?" });
      assert.deepEqual([pruned.sent, pruned.pruned, pruned.failed], [2, 1, []]);
      assert.deepEqual((await rows(table)).map(({ channel }) => channel).sort(), ["$all", "$all", "plant/ingested"]);
      await one.leave();
      await until("the connection is forgotten", async () => ((await rows(table)).length === 1 ? true : undefined));

      // Changes in place, and the end
      assert.deepEqual(await preview(program({ path: "action", perSecond: 20 })), { update: 4 });
      await up(program({ path: "action", perSecond: 20 }));
      const another = await Client.connect(`${url}?token=open%20sesame`);
      assert.equal((await another.asks({ action: "echo" })).route, "echo");
      await another.leave();
      await other.leave();
      await destroy();
      const { Items = [] } = await gateway.send(new GetApisCommand({}));
      assert.ok(!Items.some(({ ApiId }) => ApiId === output("api")));
      const { cloudwatchRoleArn } = await account.send(new GetAccountCommand({}));
      assert.ok(!cloudwatchRoleArn);
    });
  });

  it("asks for a signed request by default, and hears of events of a bus of the program's own", async () => {
    await withStack(async ({ up, preview }) => {
      const signed = async () => {
        const key = new EncryptionKey("live", { description: "Live updates", protection: LOSE });
        const bus = new aws.cloudwatch.EventBus("platform", { kmsKeyIdentifier: key.keyArn });
        const live = new WebSocketApi("live", { key, accountLogging: "create", protection: LOSE });
        const pattern = { source: ["dataplatform.ingestion"], "detail-type": ["Dataset updated"] };
        live.broadcastFrom("updated", { kind: "events", busName: bus.name, channel: "datasets", pattern });
        return { url: live.url, bus: bus.name };
      };
      const { outputs } = await up(signed);
      assert.deepEqual(await preview(signed), {}, "a second deployment would change something");
      const url = String(outputs.url?.value);
      await assert.rejects(Client.connect(url), /403/);
      const credential = encodeURIComponent("test/20261123/eu-central-1/execute-api/aws4_request");
      const client = await Client.connect(`${url}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}`);
      assert.equal((await client.asks({ action: "subscribe", channel: "datasets" })).type, "subscribed");
      await events.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: String(outputs.bus?.value),
              Source: "dataplatform.ingestion",
              DetailType: "Dataset updated",
              Detail: JSON.stringify({ tables: ["orders"], quote: 'a "quoted" word' }),
            },
          ],
        }),
      );
      const { channel, message } = (await client.hears()) as { channel: string; message: { detail: unknown } };
      assert.equal(channel, "datasets");
      assert.deepEqual(message.detail, { tables: ["orders"], quote: 'a "quoted" word' });
      await client.leave();
    });
  });
});
