import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { holds, updated, type Item, type Placed } from "./expressions";

type Request = Placed & {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly IndexName?: string;
  readonly ScanIndexForward?: boolean;
  readonly TransactItems?: readonly Readonly<Record<string, Request>>[];
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
};

const keyOf = (item: Item): string => `${String(item["pk"])}\n${String(item["sk"])}`;
const failed = (name: string): Error => Object.assign(new Error(name), { name });

/** A DynamoDB table in memory, with the keys `pk` and `sk` and the index `by-status`: it evaluates every condition and update. */
export class MemoryTable {
  readonly items = new Map<string, Item>();

  /** Puts an item, unless the condition does not hold for the item that is there. */
  put(item: Item, condition: string | undefined, placed: Placed): void {
    this.write({ Put: { Item: item, ConditionExpression: condition, ...placed } });
  }

  /** Updates an item, as the state machine does it. */
  update(key: Item, expression: string, placed: Placed): void {
    this.write({ Update: { Key: key, UpdateExpression: expression, ...placed } });
  }

  /** Answers the client's requests instead of the service. */
  answerTo(client: DynamoDBDocumentClient): void {
    client.middlewareStack.add(
      (_, { commandName = "" }) =>
        (args) => {
          const input = structuredClone(JSON.parse(JSON.stringify(args.input))) as Request;
          return Promise.resolve({
            response: {},
            output: { $metadata: {}, ...structuredClone(this.answer(commandName, input)) },
          } as never);
        },
      { step: "initialize", priority: "high", name: "memoryTable", override: true },
    );
  }

  private answer(command: string, input: Request): Item {
    switch (command) {
      case "GetItemCommand":
        return { Item: this.items.get(keyOf(input.Key ?? {})) };
      case "PutItemCommand":
        return this.write({ Put: input });
      case "UpdateItemCommand":
        return this.write({ Update: input });
      case "DeleteItemCommand":
        return this.write({ Delete: input });
      case "TransactWriteItemsCommand":
        return this.transact(input.TransactItems ?? []);
      case "QueryCommand":
        return this.query(input);
      case "BatchGetItemCommand":
        return {
          Responses: Object.fromEntries(
            Object.entries(input.RequestItems ?? {}).map(([table, { Keys }]) => [
              table,
              Keys.flatMap((key) => this.items.get(keyOf(key)) ?? []),
            ]),
          ),
        };
      default:
        throw new Error(`the table in memory does not know ${command}`);
    }
  }

  private query(input: Request): Item {
    const order = input.IndexName === undefined ? "sk" : "updatedAt";
    const found = [...this.items.values()]
      .filter((item) => holds(input.KeyConditionExpression, input, item))
      .sort((a, b) => (String(a[order]) < String(b[order]) ? -1 : 1));
    const Items = input.ScanIndexForward === false ? found.reverse() : found;
    return { Items, Count: Items.length };
  }

  private write(action: Readonly<Record<string, Request>>): Item {
    if (!this.allows(action)) throw failed("ConditionalCheckFailedException");
    this.apply(action);
    return {};
  }

  private transact(actions: readonly Readonly<Record<string, Request>>[]): Item {
    const allowed = actions.map((action) => this.allows(action));
    if (allowed.includes(false)) {
      throw new TransactionCanceledException({
        message: "cancelled",
        $metadata: {},
        CancellationReasons: allowed.map((one) => ({ Code: one ? "None" : "ConditionalCheckFailed" })),
      });
    }
    for (const action of actions) this.apply(action);
    return {};
  }

  private allows(action: Readonly<Record<string, Request>>): boolean {
    const request = Object.values(action)[0] ?? {};
    return holds(request.ConditionExpression, request, this.items.get(keyOf(request.Key ?? request.Item ?? {})));
  }

  private apply(action: Readonly<Record<string, Request>>): void {
    const [[verb = "", request = {}] = []] = Object.entries(action);
    const id = keyOf(request.Key ?? request.Item ?? {});
    if (verb === "Put") this.items.set(id, request.Item ?? {});
    else if (verb === "Delete") this.items.delete(id);
    else if (verb === "Update") {
      this.items.set(id, updated(request.UpdateExpression ?? "", request, this.items.get(id) ?? { ...request.Key }));
    }
  }
}
