import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from "@aws-sdk/client-dynamodb";

/**
 * Requests of one process that are on their way. The emulator executes each request at once and alone, so that two never meet
 * there; here they meet from the moment in which one is sent until its answer arrives.
 */
interface InFlight {
  readonly kind: "write" | "transaction" | "read";
  readonly items: readonly string[];
  readonly token?: string;
}

interface Body {
  readonly TableName?: string;
  readonly Key?: Attributes;
  readonly Item?: Attributes;
  readonly TransactItems?: readonly Readonly<Record<string, Body>>[];
  readonly ClientRequestToken?: string;
}
type Attributes = Readonly<Record<string, unknown>>;
type Request = InFlight & { readonly refuse: (conflicts: readonly boolean[]) => Error };

const METADATA = { $metadata: { httpStatusCode: 400 } };
/** The names of the keys of the tables that are tested. A put has them among the item's other attributes. */
const KEY_NAMES = [
  ["pk", "sk"],
  ["connectionId", "channel"],
];

const inFlight = new Set<InFlight>();
const prepared = new WeakSet<object>();
let conflicts = 0;

/** The number of requests that were refused since the start of the process. */
export const conflictCount = (): number => conflicts;

/**
 * Makes a client refuse what DynamoDB refuses: a write of an item that is in a transaction under way fails with
 * TransactionConflictException, and a transaction one of whose items is in another one under way, or is being written, fails
 * with TransactionCanceledException. Of two requests that meet, the later one is refused. All clients of a process count. See
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling.
 */
export function conflictTrue(client: DynamoDBClient): void {
  if (prepared.has(client.middlewareStack)) return;
  prepared.add(client.middlewareStack);
  // Behind the middleware that repeats requests, so that each attempt is one of its own, as it is in DynamoDB.
  client.middlewareStack.add(
    (next) => async (args) => {
      const { headers, body } = args.request as unknown as {
        headers: Record<string, string>;
        body: string | Uint8Array;
      };
      const request = read(
        (headers["x-amz-target"] ?? "").replace(/.*\./, ""),
        typeof body === "string" ? body : new TextDecoder().decode(body),
      );
      if (request === undefined) return next(args);
      const met = request.items.map((item) => [...inFlight].some((other) => conflict(request, other, item)));
      if (met.includes(true)) {
        conflicts++;
        throw request.refuse(met);
      }
      inFlight.add(request);
      try {
        return await next(args);
      } finally {
        inFlight.delete(request);
      }
    },
    { step: "finalizeRequest", priority: "low", name: "conflictMiddleware" },
  );
}

function conflict(request: InFlight, other: InFlight, item: string): boolean {
  if (!other.items.includes(item)) return false;
  switch (request.kind) {
    case "write":
      return other.kind === "transaction";
    case "transaction":
      return other.kind !== "read";
    case "read":
      return other.kind !== "read";
  }
}

/** What a request does to which items; undefined for one that meets no other. */
function read(operation: string, text: string): Request | undefined {
  if (!["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "TransactGetItems"].includes(operation)) {
    return undefined;
  }
  const body = JSON.parse(text) as Body;
  if (body.TransactItems === undefined) {
    return {
      kind: "write",
      items: [itemOf(body)],
      refuse: () => new TransactionConflictException({ ...METADATA, message: "Transaction is ongoing for the item" }),
    };
  }
  const items = body.TransactItems.flatMap((action) => Object.values(action).map(itemOf));
  const kind = operation === "TransactWriteItems" ? "transaction" : "read";
  return { kind, items, token: body.ClientRequestToken, refuse: (met) => cancelled(met, body.ClientRequestToken) };
}

function cancelled(met: readonly boolean[], token: string | undefined): Error {
  if (token !== undefined && [...inFlight].some((other) => other.token === token)) {
    return new TransactionInProgressException({
      ...METADATA,
      Message: "The transaction is already in progress.",
      message: "",
    });
  }
  const codes = met.map((one) => (one ? "TransactionConflict" : "None"));
  return new TransactionCanceledException({
    ...METADATA,
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(", ")}]`,
    CancellationReasons: codes.map((Code) =>
      Code === "None" ? { Code } : { Code, Message: "Transaction is ongoing for the item" },
    ),
  });
}

function itemOf({ TableName, Key, Item = {} }: Body): string {
  const names = KEY_NAMES.find((some) => some.every((name) => name in Item)) ?? [];
  const key = Key ?? Object.fromEntries(names.map((name) => [name, Item[name]]));
  return JSON.stringify([TableName, ...Object.entries(key).sort(([a], [b]) => a.localeCompare(b))]);
}
