import { basename } from "node:path";
import type { Command } from "commander";
import { ensureSpark } from "../../local/glue/install";
import { UserError } from "../../local/errors";
import type { Engine } from "../../contracts/flow";
import { localClients, type PlatformOutputs } from "../clients";
import { localOutputs, runningCloud } from "../deploy";
import { datasetFor, follow, upload, type Ingested, type Uploaded } from "../ingest";
import { showOutcome } from "../outcome";
import { bytes } from "../ui/table";
import { runSteps, type Step } from "../ui/tasks";

interface Options {
  readonly dataset?: string;
  readonly key?: string;
  readonly engine: string;
}

export function register(program: Command): void {
  program
    .command("ingest")
    .description("upload a file to the local cloud's raw zone and follow it until its rows can be queried")
    .argument("<file>", "a delimited text file, plain or compressed with gzip")
    .option("--dataset <name>", "the dataset of the file; by default the one with the file's name")
    .option("--key <key>", "the object key to store the file under; by default <dataset prefix><file name>")
    .option("--engine <engine>", "auto, light or spark; Spark is installed when it is first used", "auto")
    .action(async (file: string, options: Options) => {
      if (!["auto", "light", "spark"].includes(options.engine)) {
        throw new UserError(`--engine is ${options.engine}; allowed: auto, light, spark`, undefined, 2);
      }
      const contract = datasetFor(file, options.dataset);
      const cloud = await runningCloud();
      const outputs = (await localOutputs(cloud)) as unknown as PlatformOutputs;
      const clients = localClients(cloud);
      const bucket = outputs.buckets.raw ?? "";
      const key = options.key ?? `${contract.prefix}${basename(file)}`;
      const engine = options.engine === "auto" ? undefined : (options.engine as Engine);
      let result: Ingested | undefined;
      let uploaded: Uploaded | undefined;
      let uploadedAt = 0;
      const steps: Step[] = [
        {
          title: `upload ${basename(file)} to s3://${bucket}/${key}`,
          run: async () => {
            const object = await upload(clients, file, {
              bucket,
              key,
              ...(engine ? { engine } : {}),
            });
            uploaded = object;
            uploadedAt = Date.now();
            return bytes(object.bytes);
          },
        },
        {
          title: "ingestion",
          run: async (report) => {
            if (!uploaded) return undefined;
            result = await follow(clients, outputs, uploaded, report, uploadedAt);
            return result.entry.status;
          },
        },
      ];
      if (engine === "spark") {
        steps.unshift({ title: "Spark", run: async (report) => void (await ensureSpark(report)) });
      }
      await runSteps(steps);
      if (!result) return;
      showOutcome(result);
      if (result.entry.status !== "DONE") process.exitCode = 1;
    });
}
