import type { Command } from "commander";
import { FILE_STATUSES } from "../../contracts/flow";
import { localClients, type PlatformOutputs } from "../clients";
import { localOutputs, runningCloud } from "../deploy";
import { executions } from "../ingest";
import { number, seconds, table } from "../ui/table";

export function register(program: Command): void {
  program
    .command("status")
    .description(
      "show the local platform's latest executions, the files by status, and the quarantined files with the reasons",
    )
    .option("--executions <count>", "the number of executions to show", "10")
    .action(async (options: { executions: string }) => {
      const cloud = await runningCloud();
      const outputs = (await localOutputs(cloud)) as unknown as PlatformOutputs;
      const clients = localClients(cloud);
      const ledger = clients.ledger(outputs.ledgerTable);

      const latest = await executions(clients, outputs.stateMachineArn, Number(options.executions) || 10);
      console.info(
        table(
          ["execution", "status", "started", "duration"],
          latest.map(({ name, status, startDate, stopDate }) => [
            name?.slice(0, 40),
            status,
            startDate?.toISOString().slice(0, 19),
            stopDate && startDate ? seconds(stopDate.getTime() - startDate.getTime()) : "",
          ]),
        ),
      );
      const counts = await ledger.counts();
      console.info(
        table(
          FILE_STATUSES.map((status) => status.toLowerCase()),
          [FILE_STATUSES.map((status) => number(counts.get(status) ?? 0))],
        ),
      );
      const quarantined: string[][] = [];
      for (const status of ["QUARANTINED", "FAILED", "UNCLAIMED"] as const) {
        for await (const entry of ledger.needingAttention(status, { newestFirst: true })) {
          quarantined.push([
            entry.file.key,
            entry.verdict?.reason ?? "",
            entry.verdict?.message ?? entry.reason ?? "",
            entry.quarantinedTo ?? `s3://${entry.file.bucket}/${entry.file.key}`,
          ]);
          if (quarantined.length >= 50) break;
        }
      }
      if (quarantined.length > 0) console.info(table(["file", "reason", "message", "location"], quarantined));
    });
}
