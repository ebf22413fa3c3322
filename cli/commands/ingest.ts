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
    .description("drop a file into the local cloud's raw zone and follow it until it can be queried")
    .argument("<file>", "a delimited text file, plain or gzip")
    .option("--dataset <name>", "the dataset it belongs to; default: the one it is named after")
    .option("--key <key>", "the key to store it under; default: <dataset prefix><file name>")
    .option("--engine <engine>", "auto, light or spark (installs Spark when first asked for)", "auto")
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
      let at = 0;
      const steps: Step[] = [
        {
          title: `drop ${basename(file)} into s3://${bucket}/${key}`,
          run: async () => {
            const dropped = await upload(clients, file, {
              bucket,
              key,
              ...(engine ? { engine } : {}),
            });
            uploaded = dropped;
            at = Date.now();
            return bytes(dropped.bytes);
          },
        },
        {
          title: "ingestion",
          run: async (say) => {
            if (!uploaded) return undefined;
            result = await follow(clients, outputs, uploaded, say, at);
            return result.entry.status;
          },
        },
      ];
      if (engine === "spark") {
        steps.unshift({ title: "Spark", run: async (say) => void (await ensureSpark(say)) });
      }
      await runSteps(steps);
      if (!result) return;
      showOutcome(result);
      if (result.entry.status !== "DONE") process.exitCode = 1;
    });
}
