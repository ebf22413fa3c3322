import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { UserError } from "../local/errors";
import type { PlatformOutputs } from "./clients";

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | undefined)[])[];
  readonly milliseconds: number;
  readonly bytesScanned: number;
  /** Whether the query has more rows than the caller asked for. */
  readonly more: boolean;
}

/** Runs a query in the platform's workgroup and waits for its rows. */
export async function query(
  athena: AthenaClient,
  outputs: PlatformOutputs,
  sql: string,
  maxRows = 1000,
): Promise<QueryResult> {
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: outputs.workgroupName,
      QueryExecutionContext: { Database: outputs.database },
    }),
  );
  const stop = (): void => void athena.send(new StopQueryExecutionCommand({ QueryExecutionId })).catch(() => undefined);
  process.once("platform:interrupt" as never, stop);
  try {
    for (;;) {
      const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      const state = QueryExecution?.Status?.State;
      if (state === "FAILED" || state === "CANCELLED") {
        throw new UserError(
          `The query ${state === "FAILED" ? "failed" : "was cancelled"}: ${QueryExecution?.Status?.StateChangeReason ?? "Athena gave no reason"}`,
        );
      }
      if (state === "SUCCEEDED") {
        const statistics = QueryExecution?.Statistics;
        return {
          ...(await results(athena, QueryExecutionId, maxRows)),
          milliseconds: statistics?.TotalExecutionTimeInMillis ?? 0,
          bytesScanned: statistics?.DataScannedInBytes ?? 0,
        };
      }
      await new Promise((wake) => setTimeout(wake, 100));
    }
  } finally {
    process.removeListener("platform:interrupt", stop);
  }
}

async function results(
  athena: AthenaClient,
  QueryExecutionId: string | undefined,
  maxRows: number,
): Promise<Pick<QueryResult, "columns" | "rows" | "more">> {
  const rows: (string | undefined)[][] = [];
  let columns: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await athena.send(new GetQueryResultsCommand({ QueryExecutionId, NextToken, MaxResults: 1000 }));
    const first = columns.length === 0;
    columns = page.ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Name }) => Name ?? "") ?? columns;
    const data = (page.ResultSet?.Rows ?? []).map((row) => (row.Data ?? []).map(({ VarCharValue }) => VarCharValue));
    // The first row of a SELECT's first page repeats the column names.
    rows.push(...(first && data[0]?.every((value, index) => value === columns[index]) ? data.slice(1) : data));
    NextToken = page.NextToken;
  } while (NextToken && rows.length < maxRows);
  return { columns, rows: rows.slice(0, maxRows), more: rows.length > maxRows || NextToken !== undefined };
}
