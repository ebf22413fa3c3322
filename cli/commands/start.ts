import { join } from "node:path";
import type { Command } from "commander";
import pc from "picocolors";
import { REPOSITORY } from "../../local/paths";
import { query } from "../athena";
import { localClients, type LocalClients, type PlatformOutputs } from "../clients";
import { deployLocal, runningCloud } from "../deploy";
import { datasetFor, follow, upload, type Ingested, type Uploaded } from "../ingest";
import { showOutcome } from "../outcome";
import { preparation } from "../setup";
import { bytes, table } from "../ui/table";
import { runSteps } from "../ui/tasks";

const SAMPLE = join(REPOSITORY, "datasets", "samples", "penguins.csv");

export function register(program: Command): void {
  program
    .command("start")
    .description("demonstrate the platform: set it up, deploy it to the local cloud, ingest a real file and query it")
    .action(async () => {
      const contract = datasetFor(SAMPLE, undefined);
      const key = `${contract.prefix}penguins.csv`;
      let clients: LocalClients | undefined;
      let outputs: PlatformOutputs | undefined;
      let result: Ingested | undefined;
      let uploaded: Uploaded | undefined;
      let uploadedAt = 0;
      await runSteps([
        preparation({ engine: true }),
        {
          title: "pulumi up with policies",
          run: async (report) => {
            const deployment = await deployLocal(report);
            outputs = deployment.outputs as unknown as PlatformOutputs;
            clients = localClients(await runningCloud());
            return deployment.summary;
          },
        },
        {
          title: "upload datasets/samples/penguins.csv to the raw zone",
          run: async () => {
            if (!clients || !outputs) return undefined;
            const bucket = outputs.buckets.raw ?? "";
            const object = await upload(clients, SAMPLE, { bucket, key });
            uploadedAt = Date.now();
            uploaded = object;
            return `${bytes(object.bytes)} to s3://${bucket}/${key}`;
          },
        },
        {
          title: "ingestion",
          run: async (report) => {
            if (!clients || !outputs || !uploaded) return undefined;
            result = await follow(clients, outputs, uploaded, report, uploadedAt);
            return result.entry.status;
          },
        },
      ]);
      if (!clients || !outputs || !result) return;
      console.info("");
      showOutcome(result);
      if (result.entry.status !== "DONE") {
        process.exitCode = 1;
        return;
      }
      const sql = `select species, island, egg_date, body_mass_g, sex, year from ${contract.dataset} order by species, egg_date, body_mass_g limit 5`;
      const answer = await query(clients.athena, outputs, sql);
      console.info(`\n${pc.bold("Athena")} ${pc.dim(sql)}`);
      console.info(table(answer.columns, answer.rows));
      console.info(`
Next commands to try:
  npx platform query "select * from ${contract.dataset}_${contract.plan.duckdb.aggregates[0]?.name ?? ""} order by 1, 2, 3"
  npx platform status
  npx platform local down`);
    });
}
