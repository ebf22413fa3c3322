import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Datasets } from "./datasets";
import { Files } from "./files";
import { Leases } from "./lease";
import { LedgerQueries } from "./queries";
import { Runs } from "./runs";
import { LedgerTable } from "./table";

export { batchFile } from "./files";
export type { DatasetItem, Lease, LedgerEntry, QueueItem, Requeued, RunItem, RunStatus } from "./items";
export { leaseLost } from "./lease";

/**
 * All that is known about files, runs and leases, in one DynamoDB table. It reads by its own methods and writes through
 * `datasets`, `files`, `leases` and `runs`. No other code knows the table's items.
 */
export class Ledger extends LedgerQueries {
  readonly datasets: Datasets;
  readonly files: Files;
  readonly leases: Leases;
  readonly runs: Runs;

  constructor(db: DynamoDBDocumentClient, tableName: string) {
    const table = new LedgerTable(db, tableName);
    super(table);
    this.datasets = new Datasets(table);
    this.files = new Files(table, this.datasets);
    this.leases = new Leases(table);
    this.runs = new Runs(table, this.leases);
  }
}
