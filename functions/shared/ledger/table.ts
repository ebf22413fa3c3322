import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  type BatchGetCommandOutput,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  paginateScan,
  PutCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import pMap from "p-map";
import { chunks } from "../chunks";
import { isNamed } from "../errors";
import { type Change, type Condition, conditionMembers, keyConditionMembers, updateMembers } from "./expression";
import { type Key, keyText } from "./items";
import { patiently } from "../patience";

export type Action = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];
type QueryOptions = Partial<
  Pick<QueryCommandInput, "IndexName" | "ConsistentRead" | "ScanIndexForward" | "Limit" | "Select">
>;

/** BatchGetItem takes this many keys. */
const KEYS_AT_ONCE = 100;
export const PARALLEL = 16;

/** The requests that the ledger makes of its DynamoDB table. */
export class LedgerTable {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    readonly name: string,
  ) {}

  async get<T extends Key>(key: Key): Promise<T | undefined> {
    const answer = await this.db.send(new GetCommand({ TableName: this.name, Key: key, ConsistentRead: true }));
    return answer.Item as T | undefined;
  }

  /** The items that exist among the keys, by `keyText`. */
  async getAll<T extends Key>(keys: readonly Key[]): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    await pMap(
      chunks(keys, KEYS_AT_ONCE),
      async (chunk) => {
        let open: Record<string, unknown>[] = chunk.map((key) => ({ ...key }));
        while (open.length > 0) {
          const request = { RequestItems: { [this.name]: { Keys: open, ConsistentRead: true } } };
          const answer: BatchGetCommandOutput = await this.db.send(new BatchGetCommand(request));
          for (const item of (answer.Responses?.[this.name] ?? []) as T[]) found.set(keyText(item), item);
          open = answer.UnprocessedKeys?.[this.name]?.Keys ?? [];
        }
      },
      { concurrency: PARALLEL },
    );
    return found;
  }

  /** The answers to a query, page by page. */
  pages(where: Condition, options: QueryOptions = {}): ReturnType<typeof paginateQuery> {
    return paginateQuery({ client: this.db }, { TableName: this.name, ...keyConditionMembers(where), ...options });
  }

  /** The items of a query. Pages are read only as far as the caller goes on. */
  async *items<T extends Key>(where: Condition, options: QueryOptions = {}): AsyncGenerator<T> {
    for await (const { Items = [] } of this.pages(where, options)) yield* Items as T[];
  }

  /** One attribute of every item that has it. This reads the whole table. */
  async *values(attribute: string): AsyncGenerator<unknown> {
    const request = {
      TableName: this.name,
      ProjectionExpression: "#attribute",
      ExpressionAttributeNames: { "#attribute": attribute },
    };
    for await (const { Items = [] } of paginateScan({ client: this.db }, request)) {
      for (const { [attribute]: value } of Items) if (value !== undefined) yield value;
    }
  }

  async put(item: Key): Promise<void> {
    await patiently(() => this.db.send(new PutCommand({ TableName: this.name, Item: item })));
  }

  /** Updates an item; false when the change's condition does not hold. */
  async update(key: Key, change: Change): Promise<boolean> {
    return this.conditionally(() =>
      this.db.send(new UpdateCommand({ TableName: this.name, Key: key, ...updateMembers(change) })),
    );
  }

  /** Deletes an item; false when the condition does not hold. */
  async delete(key: Key, when: Condition): Promise<boolean> {
    return this.conditionally(() =>
      this.db.send(new DeleteCommand({ TableName: this.name, Key: key, ...conditionMembers(when) })),
    );
  }

  /** Writes all actions or none; false when a condition of one of them does not hold. */
  async transact(actions: readonly Action[]): Promise<boolean> {
    if (actions.length === 0) return true;
    return this.conditionally(() => this.db.send(new TransactWriteCommand({ TransactItems: [...actions] })));
  }

  readonly action = {
    update: (key: Key, change: Change): Action => ({
      Update: { TableName: this.name, Key: key, ...updateMembers(change) },
    }),
    put: (item: Key): Action => ({ Put: { TableName: this.name, Item: item } }),
    delete: (key: Key): Action => ({ Delete: { TableName: this.name, Key: key } }),
    check: (key: Key, when: Condition): Action => ({
      ConditionCheck: { TableName: this.name, Key: key, ...conditionMembers(when) },
    }),
  };

  private async conditionally(send: () => Promise<unknown>): Promise<boolean> {
    try {
      await patiently(send);
      return true;
    } catch (error) {
      if (conditionFailed(error)) return false;
      throw error;
    }
  }
}

/** Was the request refused because a condition does not hold, and not because of a conflict that passes by itself? */
const conditionFailed = (error: unknown): boolean =>
  isNamed(error, "ConditionalCheckFailedException") ||
  (error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code }) => Code === "ConditionalCheckFailed"));
