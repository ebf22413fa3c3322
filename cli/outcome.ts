import pc from "picocolors";
import type { Ingested } from "./ingest";
import { bytes, number, seconds, table } from "./ui/table";

/** What became of a file, as tables. */
export function showOutcome(one: Ingested): void {
  const { entry, manifest, states } = one;
  if (one.before) {
    console.info(
      `These very bytes were ingested on ${entry.claimedAt.slice(0, 19)}; a file counts once. What came of it then:`,
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
      `${pc.red("✖")} ${one.key} is ${entry.status}: ${entry.verdict?.message ?? entry.reason ?? one.execution.cause ?? ""}`,
    );
    if (entry.quarantinedTo) console.info(`  its bytes are safe at ${entry.quarantinedTo}`);
  }
  console.info(
    table(
      ["state", "time"],
      states.map(({ state, milliseconds }) => [state, seconds(milliseconds)]),
    ),
  );
}
