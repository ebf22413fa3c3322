import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { BY_CHANNEL, channelPermitted, type BroadcastResult, type ConnectionRow } from "../../contracts/realtime";
import { documents, dynamodb } from "../../functions/shared/aws";
import { forgetEnvironments } from "../../functions/shared/environment";
import { logger } from "../../functions/shared/observability";
import { handler as broadcast } from "../../functions/websocket-broadcast";
import {
  recordsOf,
  requestOf,
  requestOfRecord,
  type BroadcastEvent,
} from "../../functions/websocket-broadcast/requests";
import { handler as connections } from "../../functions/websocket-connections";
import { conflictCount, conflictTrue } from "../support/conflicts";
import { sharedMinistack } from "../support/ministack";

type ConnectionsEvent = Parameters<typeof connections>[0];

/** API Gateway's side of the connections: what each was sent, and how it answers. */
class Management {
  readonly sent = new Map<string, unknown[]>();
  /** Status by connection; others are open. */
  status: Readonly<Record<string, number>> = {};
  atOnce = 0;
  mostAtOnce = 0;
  private server?: Server;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const id = decodeURIComponent(/connections\/(.+)$/.exec(request.url ?? "")?.[1] ?? "");
        const status = this.status[id] ?? 200;
        if (status === 200)
          this.sent.set(id, [...(this.sent.get(id) ?? []), JSON.parse(Buffer.concat(parts).toString())]);
        setImmediate(() => {
          this.atOnce--;
          response.writeHead(status, {
            "content-type": "application/json",
            ...(status === 410 ? { "x-amzn-errortype": "GoneException" } : {}),
            ...(status === 403 ? { "x-amzn-errortype": "ForbiddenException" } : {}),
          });
          response.end(status === 200 ? "" : '{"message":"no"}');
        });
      });
    });
    await new Promise<void>((listening) => this.server?.listen(0, "127.0.0.1", listening));
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}/live`;
  }

  forget(): void {
    this.sent.clear();
    this.status = {};
    this.mostAtOnce = 0;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

const NOW = Math.floor(Date.now() / 1000);
const LONG_AGO = NOW - 3000;

describe("the functions of a WebSocket API", function () {
  this.timeout(90_000);
  const management = new Management();
  let environment: NodeJS.ProcessEnv = {};
  let documentClient: ReturnType<typeof documents>;
  let table = "";
  let sequence = 0;

  before(async () => {
    // As it is now, and not as it was when the file was loaded: other tests have set variables since.
    environment = { ...process.env };
    logger.setLogLevel("SILENT");
    const { endpoint, env } = await sharedMinistack();
    Object.assign(process.env, env, {
      AWS_ENDPOINT_URL: endpoint,
      MANAGEMENT_ENDPOINT: await management.start(),
      CHANNELS: "plant/*,orders",
      SUBSCRIPTIONS: "2",
      CONCURRENCY: "3",
      ROUTE_SELECTION_PATH: "header.action",
      POWERTOOLS_SERVICE_NAME: "websocket",
    });
    documentClient = documents(new DynamoDBClient({}));
    conflictTrue(dynamodb());
  });

  beforeEach(async () => {
    management.forget();
    delete process.env.CHANNEL;
    table = `connections-${Date.now()}-${sequence++}`;
    process.env.CONNECTION_TABLE = table;
    forgetEnvironments();
    const key = (hash: string, range: string): { AttributeName: string; KeyType: "HASH" | "RANGE" }[] => [
      { AttributeName: hash, KeyType: "HASH" },
      { AttributeName: range, KeyType: "RANGE" },
    ];
    await documentClient.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "connectionId", AttributeType: "S" },
          { AttributeName: "channel", AttributeType: "S" },
        ],
        KeySchema: key("connectionId", "channel"),
        GlobalSecondaryIndexes: [
          { IndexName: BY_CHANNEL, KeySchema: key("channel", "connectionId"), Projection: { ProjectionType: "ALL" } },
        ],
      }),
    );
  });

  after(() => {
    management.stop();
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
  });

  const rows = async (): Promise<ConnectionRow[]> =>
    ((await documentClient.send(new ScanCommand({ TableName: table }))).Items ?? []) as ConnectionRow[];

  const listens = (connectionId: string, changes: Partial<ConnectionRow> = {}): Promise<unknown> =>
    documentClient.send(
      new PutCommand({
        TableName: table,
        Item: { connectionId, channel: "$all", since: LONG_AGO, expiresAt: NOW + 7000, ...changes },
      }),
    );

  const channelsOf = async (connectionId: string): Promise<string[]> =>
    (await rows())
      .filter((row) => row.connectionId === connectionId)
      .map(({ channel }) => channel)
      .sort();

  describe("websocket-connections", () => {
    const event = (eventType: string, routeKey: string, more: object = {}, body?: unknown): ConnectionsEvent =>
      ({
        requestContext: { connectionId: "a", eventType, routeKey, ...more },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }) as unknown as ConnectionsEvent;
    const connect = (more: object = {}): Promise<unknown> => connections(event("CONNECT", "$connect", more));
    const says = async (routeKey: string, body: unknown): Promise<Record<string, unknown>> => {
      const { statusCode, body: answer } = (await connections(
        event("MESSAGE", routeKey, {}, body),
      )) as APIGatewayProxyStructuredResultV2;
      assert.equal(statusCode, 200);
      return JSON.parse(answer ?? "") as Record<string, unknown>;
    };

    it("remembers who connected, until shortly after the longest connection API Gateway keeps", async () => {
      assert.deepEqual(await connect({ authorizer: { principalId: "ali" } }), { statusCode: 200 });
      const [row] = await rows();
      assert.deepEqual([row?.connectionId, row?.channel, row?.principal], ["a", "$all", "ali"]);
      const lifetime = (row?.expiresAt ?? 0) - (row?.since ?? 0);
      assert.ok(lifetime >= 7200 && lifetime <= 8000, String(lifetime));
    });

    it("takes the caller of a signed request for who connected", async () => {
      await connect({ identity: { userArn: "arn:aws:iam::123456789012:user/ali" } });
      assert.equal((await rows())[0]?.principal, "arn:aws:iam::123456789012:user/ali");
    });

    it("keeps what a connection listens to, once each, and forgets all of it at its end", async () => {
      await connect();
      for (const channel of ["orders", "plant/1", "orders"])
        assert.deepEqual(await says("subscribe", { channel }), { type: "subscribed", channel });
      assert.deepEqual(await channelsOf("a"), ["$all", "orders", "plant/1"]);
      assert.match(String((await says("subscribe", { channel: "plant/2" })).message), /at most 2 channels/);
      assert.deepEqual(await says("unsubscribe", { channel: "orders" }), { type: "unsubscribed", channel: "orders" });
      assert.deepEqual(await says("subscribe", { channel: "plant/2" }), { type: "subscribed", channel: "plant/2" });
      assert.deepEqual(await connections(event("DISCONNECT", "$disconnect")), { statusCode: 200 });
      assert.deepEqual(await rows(), []);
    });

    it("keeps all channels that a client subscribes to at once, and ends what it unsubscribes from at once", async () => {
      const channels = Array.from({ length: 20 }, (_, index) => `plant/${index}`);
      process.env.SUBSCRIPTIONS = "20";
      forgetEnvironments();
      try {
        await connect();
        const before = conflictCount();
        const answers = await Promise.all(channels.map((channel) => says("subscribe", { channel })));
        assert.deepEqual(new Set(answers.map(({ type }) => type)), new Set(["subscribed"]));
        assert.deepEqual(await channelsOf("a"), ["$all", ...channels].sort());
        await Promise.all(channels.map((channel) => says("unsubscribe", { channel })));
        assert.deepEqual(await channelsOf("a"), ["$all"]);
        assert.ok(conflictCount() > before, "none of them met another");
      } finally {
        process.env.SUBSCRIPTIONS = "2";
        forgetEnvironments();
      }
    });

    it("ends a connection while it still subscribes", async () => {
      await connect();
      await Promise.all([says("subscribe", { channel: "orders" }), connections(event("DISCONNECT", "$disconnect"))]);
      assert.ok(!(await channelsOf("a")).includes("$all"));
    });

    it("leaves nothing behind of a message that comes after the end", async () => {
      assert.match(String((await says("subscribe", { channel: "orders" })).message), /not known: connect again/);
      assert.equal((await says("unsubscribe", { channel: "orders" })).type, "unsubscribed");
      assert.deepEqual(await rows(), []);
    });

    it("opens no channel but those of the API, and of them only those the authorizer names", async () => {
      await connect({ authorizer: { channels: "plant/1, orders*" } });
      const refused = async (channel: string): Promise<void> =>
        assert.match(String((await says("subscribe", { channel })).message), /not open to this connection/);
      await refused("news");
      await refused("plant/2");
      assert.equal((await says("subscribe", { channel: "plant/1" })).type, "subscribed");
      assert.equal((await says("subscribe", { channel: "orders" })).type, "subscribed");
    });

    it("opens no channel at all to a connection whose authorizer names none", async () => {
      await connect({ authorizer: { channels: "" } });
      assert.match(String((await says("subscribe", { channel: "orders" })).message), /not open/);
    });

    it("says what is wrong with a message, naming the path it looked at", async () => {
      await connect();
      for (const channel of [undefined, 7, "", "$all", "a b", "x".repeat(129)])
        assert.match(String((await says("subscribe", { channel })).message), /^channel is .+; allowed: 1 to 128/);
      assert.match(String((await says("$default", "{")).message), /not JSON.+"header.action"/);
      assert.equal(
        (await says("$default", { header: {} })).message,
        "header.action is not set, which is no route of this API",
      );
    });
  });

  describe("websocket-broadcast", () => {
    const sends = async (event: BroadcastEvent): Promise<BroadcastResult> =>
      (await broadcast(event)) as BroadcastResult;

    it("reaches every connection, or those of a channel, a few at a time", async () => {
      for (let index = 0; index < 12; index++) await listens(`c${index}`);
      await listens("c3", { channel: "orders" });
      const all = await sends({ message: { n: 1 } });
      assert.deepEqual(all, { channel: "$all", sent: 12, pruned: 0, notReady: 0, failed: [] });
      assert.ok(management.mostAtOnce <= 3, `${management.mostAtOnce} at once`);
      assert.equal((await sends({ channel: "orders", message: "x" })).sent, 1);
      assert.deepEqual(management.sent.get("c3"), [
        { type: "message", message: { n: 1 } },
        { type: "message", channel: "orders", message: "x" },
      ]);
    });

    it("forgets a connection that is gone with all it listened to, but not one that is only being made", async () => {
      await listens("gone");
      await listens("gone", { channel: "orders" });
      await listens("coming", { since: Math.floor(Date.now() / 1000) });
      await listens("here");
      await listens("expired", { expiresAt: NOW - 1 });
      management.status = { gone: 410, coming: 410, expired: 500 };
      const result = await sends({ message: 1 });
      assert.deepEqual(result, { channel: "$all", sent: 1, pruned: 1, notReady: 1, failed: [] });
      assert.deepEqual([...new Set((await rows()).map((row) => row.connectionId))].sort(), [
        "coming",
        "expired",
        "here",
      ]);
    });

    it("tells of connections it could not reach, and does not repeat the message to the others", async () => {
      await listens("bad");
      await listens("good");
      management.status = { bad: 403 };
      const result = await sends({ message: 1 });
      assert.equal(result.sent, 1);
      assert.deepEqual(
        result.failed.map(({ connectionId }) => connectionId),
        ["bad"],
      );
    });

    it("fails so that its caller tries again when nobody was reached", async () => {
      await listens("bad");
      management.status = { bad: 403 };
      await assert.rejects(sends({ message: 1 }), { name: "TransientError", message: /reached none of 1/ });
    });

    it("reports the first record of a batch that failed and what follows it, to keep the order", async () => {
      await listens("bad", { channel: "bad" });
      await listens("good");
      management.status = { bad: 403 };
      const record = (messageId: string, body: unknown): object => ({ messageId, body: JSON.stringify(body) });
      const answer = await broadcast({
        Records: [
          record("1", { message: "first" }),
          record("2", { message: "second", channel: "bad" }),
          record("3", { message: "third" }),
        ],
      } as unknown as BroadcastEvent);
      assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: "2" }, { itemIdentifier: "3" }] });
      assert.deepEqual(management.sent.get("good"), [{ type: "message", message: "first" }]);
    });

    it("reports the first change of a stream that failed and what follows it, by sequence number", async () => {
      await listens("bad", { channel: "news" });
      process.env.CHANNEL = "news";
      forgetEnvironments();
      const change = (SequenceNumber: string): object => ({ eventName: "INSERT", dynamodb: { SequenceNumber } });
      const changes = { Records: [change("7"), change("8")] } as unknown as BroadcastEvent;
      assert.deepEqual(await broadcast(changes), { batchItemFailures: [] });
      management.status = { bad: 403 };
      assert.deepEqual(await broadcast(changes), {
        batchItemFailures: [{ itemIdentifier: "7" }, { itemIdentifier: "8" }],
      });
    });

    it("sends what comes before a message that it cannot read, which fails alone with what follows it", async () => {
      await listens("good");
      const record = (messageId: string, body: unknown): object => ({ messageId, body: JSON.stringify(body) });
      const answer = await broadcast({
        Records: [record("1", { message: "first" }), record("2", { message: "second", channel: "no channel" })],
      } as unknown as BroadcastEvent);
      assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: "2" }] });
      assert.deepEqual(management.sent.get("good"), [{ type: "message", message: "first" }]);
    });

    it("does not send what API Gateway would not", async () => {
      await listens("good");
      await assert.rejects(sends({ message: "x".repeat(128 * 1024) }), {
        name: "InvalidRequest",
        message: /at most 131072/,
      });
      assert.equal(management.sent.size, 0);
    });
  });

  describe("what is broadcast", () => {
    const of = (event: unknown, channel?: string): unknown[] =>
      recordsOf(event as BroadcastEvent)?.map((record) => requestOfRecord(record, channel)) ?? [
        requestOf(event as BroadcastEvent, channel),
      ];
    const record = (fields: object): object => ({ Records: [fields] });

    it("is a message as asked for, to its own channel or the function's", () => {
      assert.deepEqual(of({ message: 1 }), [{ message: 1 }]);
      assert.deepEqual(of({ message: null }, "news"), [{ message: null, channel: "news" }]);
      assert.deepEqual(of({ message: 1, channel: "own" }, "news"), [{ message: 1, channel: "own" }]);
    });

    it("is a topic's message, JSON or text, whose attribute names the channel", () => {
      const sns = (more: object = {}): object =>
        record({ Sns: { Message: '{"a":1}', Timestamp: "2026-11-23T05:00:00Z", MessageAttributes: {}, ...more } });
      assert.deepEqual(of(sns(), "news"), [
        { channel: "news", message: { at: "2026-11-23T05:00:00Z", body: { a: 1 } } },
      ]);
      assert.deepEqual(
        of(sns({ Message: "hi", Subject: "S", MessageAttributes: { channel: { Value: "own" } } }), "news"),
        [{ channel: "own", message: { subject: "S", at: "2026-11-23T05:00:00Z", body: "hi" } }],
      );
    });

    it("is an event of EventBridge without its envelope", () => {
      const event = { "detail-type": "Ingested", source: "x", time: "now", detail: { rows: 1 }, id: "1", version: "0" };
      assert.deepEqual(of(event), [{ message: { event: "Ingested", source: "x", at: "now", detail: { rows: 1 } } }]);
    });

    it("is a change of a table as plain JSON, with numbers that JavaScript cannot hold as text", () => {
      const change = record({
        eventName: "MODIFY",
        dynamodb: {
          SequenceNumber: "7",
          Keys: { id: { S: "a" } },
          NewImage: { n: { N: "1.5" }, long: { N: "12345678901234567890" }, set: { SS: ["x"] }, raw: { B: "aGk=" } },
        },
      });
      const [request] = of(change, "orders");
      assert.deepEqual(request, {
        channel: "orders",
        message: {
          event: "MODIFY",
          keys: { id: "a" },
          newItem: { n: 1.5, long: "12345678901234567890", set: ["x"], raw: "aGk=" },
          oldItem: undefined,
        },
      });
    });

    it("is a queue's message: a request, or anything", () => {
      const sqs = (body: string): object => record({ messageId: "1", body });
      assert.deepEqual(of(sqs('{"message":1,"channel":"own"}'), "news"), [{ message: 1, channel: "own" }]);
      assert.deepEqual(of(sqs('{"other":1}'), "news"), [{ channel: "news", message: { other: 1 } }]);
      assert.deepEqual(of(sqs("text")), [{ message: "text" }]);
    });

    it("is nothing that is none of these, or names no channel", () => {
      for (const event of [{}, { text: 1 }, null, 7, { message: 1, to: "x" }])
        assert.throws(() => of(event), { name: "InvalidRequest", message: /Cannot broadcast/ });
      for (const channel of ["$all", "", 7, "a b"])
        assert.throws(() => of({ message: 1, channel }), { name: "InvalidRequest", message: /^channel is/ });
    });
  });

  it("lets a pattern's * stand for any rest, and nothing else", () => {
    assert.deepEqual(
      ["plant/1", "plant/", "plant", "orders", "orders/1"].map((one) => channelPermitted(one, ["plant/*", "orders"])),
      [true, true, false, true, false],
    );
    assert.ok(channelPermitted("anything", ["*"]));
  });
});
