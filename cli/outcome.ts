import pc from "picocolors";
import type { Ingested } from "./ingest";
import { bytes, number, seconds, table } from "./ui/table";

/** Prints the result of a file's ingestion as tables. */
export function showOutcome({ key, entry, before, manifest, execution, states }: Ingested): void {
  if (before) {
    console.info(
      `The same bytes were already ingested on ${entry.claimedAt.slice(0, 19)}, so nothing was done. The result of that ingestion:`,
    );
  }
  if (entry.status === "DONE") {
    const outputs = manifest?.outputs ?? [];
    const partitions = manifest?.partitions ?? [];
    console.info(
      table(
        ["dataset", "engine", "rows in", "rows out", "rejected", "objects", "size", "partitions", "time"],
        [
          [
            entry.dataset,
            manifest?.engine,
            number(entry.rowsIn ?? 0),
            number(entry.rowsOut ?? 0),
            number(entry.rowsRejected ?? 0),
            outputs.length,
            bytes(outputs.reduce((sum, output) => sum + output.bytes, 0)),
            partitions.length,
            seconds(states.reduce((sum, { milliseconds }) => sum + milliseconds, 0)),
          ],
        ],
      ),
    );
  } else {
    console.info(
      `${pc.red("✖")} ${key} is ${entry.status}: ${entry.verdict?.message ?? entry.reason ?? execution.cause ?? ""}`,
    );
    if (entry.quarantinedTo) console.info(`  The file is kept at ${entry.quarantinedTo}.`);
  }
  console.info(
    table(
      ["state", "time"],
      states.map(({ state, milliseconds }) => [state, seconds(milliseconds)]),
    ),
  );
}
