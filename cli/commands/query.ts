import type { Command } from "commander";
import { query } from "../athena";
import { localClients, type PlatformOutputs } from "../clients";
import { localOutputs, runningCloud } from "../deploy";
import { UserError } from "../../local/errors";
import { bytes, number, seconds, table } from "../ui/table";

export function register(program: Command): void {
  program
    .command("query")
    .description("run SQL in the platform's Athena workgroup on the local cloud")
    .argument("<sql>", "the query, for example: select * from penguins limit 5")
    .option("--rows <count>", "the largest number of rows to show", "100")
    .action(async (sql: string, options: { rows: string }) => {
      const maxRows = Number(options.rows);
      if (!Number.isInteger(maxRows) || maxRows < 1)
        throw new UserError(`--rows is ${options.rows}; allowed: a whole number from 1`, undefined, 2);
      const cloud = await runningCloud();
      const outputs = (await localOutputs(cloud)) as unknown as PlatformOutputs;
      const result = await query(localClients(cloud).athena, outputs, sql, maxRows);
      if (result.columns.length > 0) console.info(table(result.columns, result.rows));
      console.info(
        `${number(result.rows.length)}${result.more ? " and more" : ""} rows, ${seconds(result.milliseconds)}, ${bytes(result.bytesScanned)} scanned`,
      );
    });
}
