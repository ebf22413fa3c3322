/** The rows of a table's change log, which the function writes and the Glue table describes. */

/** One change, as a row. */
export interface ChangeRow {
  /** DynamoDB's id of the change, which is the same when a change is delivered twice. */
  readonly event_id: string;
  readonly event_name: "INSERT" | "MODIFY" | "REMOVE";
  /** The time of the change in UTC, for example `2026-11-23 04:00:00`. DynamoDB gives whole seconds. */
  readonly changed_at: string;
  /** The order of the changes of one item. */
  readonly sequence_number: string;
  readonly source_table: string;
  /** The key attributes, as JSON. */
  readonly item_key: string;
  /** The item after the change, as JSON. It is absent for a removal, and for streams without it. */
  readonly new_item?: string;
  /** The item before the change, as JSON. */
  readonly old_item?: string;
  /** Whether DynamoDB removed the item because its time to live was over. */
  readonly expired: boolean;
  /** Whether items are left out because the row would be longer than Firehose takes. */
  readonly truncated: boolean;
}

/** The columns of the Glue table, which are those of a row. */
export const CHANGE_LOG_COLUMNS: readonly {
  readonly name: keyof ChangeRow;
  readonly type: string;
  readonly comment: string;
}[] = [
  { name: "event_id", type: "string", comment: "The same for a change that was delivered twice" },
  { name: "event_name", type: "string", comment: "INSERT, MODIFY or REMOVE" },
  { name: "changed_at", type: "timestamp", comment: "When the item changed, UTC" },
  { name: "sequence_number", type: "string", comment: "Order of the changes of one item" },
  { name: "source_table", type: "string", comment: "The DynamoDB table" },
  { name: "item_key", type: "string", comment: "Key attributes, JSON" },
  { name: "new_item", type: "string", comment: "The item after the change, JSON" },
  { name: "old_item", type: "string", comment: "The item before the change, JSON" },
  { name: "expired", type: "boolean", comment: "Removed because its time to live was over" },
  { name: "truncated", type: "boolean", comment: "Items left out: the row would have been too long" },
];
