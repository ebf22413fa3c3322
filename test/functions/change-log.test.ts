import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { ChangeRow } from "../../contracts/change-log";
import { handler } from "../../functions/change-log";
import { forgetEnvironments } from "../../functions/shared/environment";
import { logger } from "../../functions/shared/observability";

/** A delivery stream that says no where a test wants it to. */
class DeliveryStream {
  /** Rows taken, by request. */
  readonly taken: ChangeRow[][] = [];
  requests = 0;
  refuses: (row: ChangeRow, request: number) => boolean = () => false;
  private server?: Server;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const { Records } = JSON.parse(Buffer.concat(parts).toString()) as { Records: { Data: string }[] };
        const rows = Records.map(({ Data }) => JSON.parse(Buffer.from(Data, "base64").toString()) as ChangeRow);
        this.requests++;
        const refused = rows.map((row) => this.refuses(row, this.requests));
        this.taken.push(rows.filter((_, index) => !refused[index]));
        response.setHeader("content-type", "application/x-amz-json-1.1");
        response.end(
          JSON.stringify({
            FailedPutCount: refused.filter(Boolean).length,
            RequestResponses: refused.map((no, index) =>
              no
                ? { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." }
                : { RecordId: String(index) },
            ),
          }),
        );
      });
    });
    await new Promise<void>((listening) => this.server?.listen(0, "127.0.0.1", listening));
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

const change = (sequence: number, changes: Partial<DynamoDBRecord> = {}): DynamoDBRecord => ({
  eventID: `event-${sequence}`,
  eventName: "INSERT",
  eventSourceARN: "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-11-23T00:00:00.000",
  ...changes,
  dynamodb: {
    ApproximateCreationDateTime: 1_795_406_400,
    SequenceNumber: String(sequence),
    Keys: { id: { S: `a-${sequence}` } },
    NewImage: { id: { S: `a-${sequence}` }, total: { N: "1.5" } },
    ...changes.dynamodb,
  },
});

describe("the change log", () => {
  const ENV = [
    "DELIVERY_STREAM",
    "POWERTOOLS_SERVICE_NAME",
    "AWS_ENDPOINT_URL_FIREHOSE",
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
  ];
  const before_ = Object.fromEntries(ENV.map((name) => [name, process.env[name]]));
  let stream: DeliveryStream;
  const endpoint = new DeliveryStream();
  const run = (...Records: DynamoDBRecord[]): ReturnType<typeof handler> => handler({ Records } as DynamoDBStreamEvent);

  // The function keeps its client, and with it the address.
  before(async () => {
    logger.setLogLevel("SILENT");
    process.env.AWS_ENDPOINT_URL_FIREHOSE = await endpoint.start();
    process.env.DELIVERY_STREAM = "changes";
    process.env.POWERTOOLS_SERVICE_NAME = "change-log";
    forgetEnvironments();
    process.env.AWS_REGION = "eu-central-1";
    process.env.AWS_ACCESS_KEY_ID = process.env.AWS_SECRET_ACCESS_KEY = "test";
  });
  beforeEach(() => {
    stream = endpoint;
    stream.taken.length = 0;
    stream.requests = 0;
    stream.refuses = () => false;
  });
  after(() => {
    endpoint.stop();
    for (const [name, value] of Object.entries(before_)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it("writes a change as one row: key, item, time in UTC", async () => {
    assert.deepEqual(await run(change(1)), { batchItemFailures: [] });
    assert.deepEqual(stream.taken, [
      [
        {
          event_id: "event-1",
          event_name: "INSERT",
          changed_at: new Date(1_795_406_400_000).toISOString().slice(0, 19).replace("T", " "),
          sequence_number: "1",
          source_table: "orders",
          item_key: '{"id":"a-1"}',
          new_item: '{"id":"a-1","total":1.5}',
          expired: false,
          truncated: false,
        },
      ],
    ]);
  });

  it("keeps what JavaScript's numbers cannot: long numbers as text, sets as lists, binary as base64", async () => {
    const NewImage = {
      big: { N: "12345678901234567890" },
      fine: { N: "0.1234567890123456789" },
      small: { N: "-0.00012" },
      names: { SS: ["b", "a"] },
      bytes: { B: Buffer.from("hi").toString("base64") },
      nested: { M: { list: { L: [{ NULL: true }, { BOOL: false }] } } },
    };
    await run(change(1, { dynamodb: { NewImage } }));
    const item = JSON.parse(stream.taken[0]?.[0]?.new_item ?? "") as Record<string, unknown>;
    assert.equal(item.big, "12345678901234567890");
    assert.equal(item.fine, "0.1234567890123456789");
    assert.equal(item.small, -0.00012);
    assert.deepEqual(item.names, ["b", "a"]);
    assert.deepEqual(item.nested, { list: [null, false] });
    assert.equal(typeof item.bytes, "string");
  });

  it("tells what went because its time was over from what somebody removed", async () => {
    const gone = { eventName: "REMOVE", dynamodb: { NewImage: undefined, OldImage: { id: { S: "a" } } } } as const;
    await run(
      change(1, { ...gone, userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } }),
      change(2, gone),
    );
    assert.deepEqual(
      stream.taken[0]?.map(({ expired, new_item, old_item }) => [expired, new_item, old_item]),
      [
        [true, undefined, '{"id":"a"}'],
        [false, undefined, '{"id":"a"}'],
      ],
    );
  });

  it("sends again only what was refused", async () => {
    stream.refuses = (row, request) => row.sequence_number === "2" && request === 1;
    assert.deepEqual(await run(change(1), change(2), change(3)), { batchItemFailures: [] });
    assert.deepEqual(
      stream.taken.map((rows) => rows.map((row) => row.sequence_number)),
      [["1", "3"], ["2"]],
    );
  });

  it("reports the first change that is never taken, so that the stream comes back from there", async function () {
    this.timeout(30_000);
    stream.refuses = ({ sequence_number }) => ["2", "3"].includes(sequence_number);
    assert.deepEqual(await run(change(1), change(2), change(3), change(4)), {
      batchItemFailures: [{ itemIdentifier: "2" }],
    });
  });

  it("keeps within what one request may hold: 500 records, 4 MiB", async () => {
    const many = Array.from({ length: 501 }, (_, index) => change(index));
    assert.deepEqual(await run(...many), { batchItemFailures: [] });
    assert.deepEqual(
      stream.taken.map((rows) => rows.length),
      [500, 1],
    );
    stream.taken.length = 0;
    const text = "x".repeat(390 * 1024);
    const large = Array.from({ length: 12 }, (_, index) =>
      change(index, { dynamodb: { NewImage: { text: { S: text } } } }),
    );
    await run(...large);
    assert.deepEqual(
      stream.taken.map((rows) => rows.length),
      [10, 2],
    );
  });

  it("leaves the item before out of a row that Firehose would not take for its length, and says so", async () => {
    const image = { text: { S: "x".repeat(600 * 1024) } };
    await run(change(1, { dynamodb: { NewImage: image, OldImage: image } }));
    const [row] = stream.taken[0] ?? [];
    assert.equal(row?.truncated, true);
    assert.equal(row.old_item, undefined);
    assert.ok((row.new_item?.length ?? 0) > 600 * 1024);
  });
});
