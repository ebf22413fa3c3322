import { createReadStream, statSync } from "node:fs";
import { basename, join } from "node:path";
import { Upload } from "@aws-sdk/lib-storage";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  type HistoryEvent,
} from "@aws-sdk/client-sfn";
import { compileContract } from "../contracts/compile";
import type { CompiledContract } from "../contracts/compiled";
import type { Engine, FileStatus, Manifest } from "../contracts/flow";
import { loadContracts } from "../contracts/parse";
import { formatProblem, nearest } from "../contracts/problems";
import type { LedgerEntry } from "../functions/shared/ledger";
import { UserError, type Report } from "../local/errors";
import { REPOSITORY } from "../local/paths";
import type { LocalClients, PlatformOutputs } from "./clients";

/** A state that the execution passed through. */
export interface Passed {
  readonly state: string;
  readonly milliseconds: number;
}

export interface Ingested {
  readonly key: string;
  readonly version: string;
  readonly entry: LedgerEntry;
  /** Whether the ledger had this version already, so that nothing was done. */
  readonly before: boolean;
  readonly manifest: Manifest | undefined;
  readonly execution: {
    readonly arn: string;
    readonly status: string;
    readonly output?: string;
    readonly error?: string;
    readonly cause?: string;
  };
  readonly states: readonly Passed[];
  /** The time from the end of the upload to the file's final status in the ledger. */
  readonly milliseconds: number;
  /** The time from the end of the upload to the start of the execution. */
  readonly startedAfter: number;
}

/** The final statuses of a file in the ledger. */
const FINAL: readonly FileStatus[] = ["DONE", "QUARANTINED", "SUPERSEDED", "FAILED", "UNCLAIMED"];

/** Returns the compiled contracts of this checkout. */
export function contracts(): readonly CompiledContract[] {
  const loaded = loadContracts(join(REPOSITORY, "datasets"));
  if (loaded.problems.length > 0) throw new UserError(loaded.problems.map(formatProblem).join("\n"), undefined, 2);
  return loaded.contracts.map(compileContract);
}

/** Returns the dataset of a file: the named one, or the one whose name the file's name begins with. */
export function datasetFor(file: string, named: string | undefined): CompiledContract {
  const all = contracts();
  const names = all.map(({ dataset }) => dataset);
  const stem = basename(file).replace(/\..*$/, "");
  const found =
    all.find(({ dataset }) => dataset === (named ?? stem)) ??
    (named ? undefined : all.find(({ dataset }) => stem.startsWith(dataset)));
  if (found) return found;
  const { suggestion } = nearest(named ?? stem, names);
  throw new UserError(
    named
      ? `There is no dataset "${named}"`
      : `${basename(file)} is not named after a dataset; name its dataset with --dataset`,
    `The datasets are ${names.join(", ")}${suggestion ? `. Did you mean ${suggestion}?` : ""}`,
    2,
  );
}

export interface Drop {
  readonly bucket: string;
  readonly key: string;
  readonly engine?: Engine;
}

/** An object in S3 after its upload. Events name its version in a versioned bucket, and its ETag otherwise. */
export interface Uploaded {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly etag: string;
}

/** Puts a file into the raw zone. */
export async function upload(
  clients: LocalClients,
  file: string,
  drop: Drop,
): Promise<Uploaded & { readonly bytes: number }> {
  let bytes: number;
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw new Error("is not a file");
    bytes = stat.size;
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message.replace(/^E\w+: /, "")}`, undefined, 2);
  }
  const done = await new Upload({
    client: clients.s3,
    params: {
      Bucket: drop.bucket,
      Key: drop.key,
      Body: createReadStream(file),
      ...(drop.engine ? { Metadata: { engine: drop.engine } } : {}),
    },
  }).done();
  const etag = (done.ETag ?? "").replaceAll('"', "");
  return { bucket: drop.bucket, key: drop.key, versionId: done.VersionId, etag, bytes };
}

const pause = (milliseconds: number): Promise<void> => new Promise((wake) => setTimeout(wake, milliseconds));

/** Follows a file's execution, state by state, until the file has a final status in the ledger. */
export async function follow(
  clients: LocalClients,
  outputs: PlatformOutputs,
  file: Uploaded,
  report: Report,
  since = Date.now(),
): Promise<Ingested> {
  const ledger = clients.ledger(outputs.ledgerTable);
  const deadline = since + 30 * 60_000;
  let shown = "";
  let patience = since + 60_000;
  for (;;) {
    const entry = (await ledger.versions(file)).find(({ sk }) => sk === file.versionId || sk === file.etag);
    if (entry?.executionArn) {
      patience = deadline;
      const { events, current } = await history(clients, entry.executionArn);
      if (current && current !== shown) report((shown = current));
      const execution = await clients.sfn.send(new DescribeExecutionCommand({ executionArn: entry.executionArn }));
      if (FINAL.includes(entry.status) && execution.status !== "RUNNING") {
        const ended = Date.now();
        return {
          key: file.key,
          version: entry.sk,
          entry,
          before: Date.parse(entry.claimedAt) < since - 1000,
          manifest:
            entry.runId && entry.dataset ? await manifestOf(clients, outputs, entry.dataset, entry.runId) : undefined,
          execution: {
            arn: entry.executionArn,
            status: execution.status ?? "",
            output: execution.output,
            error: execution.error,
            cause: execution.cause,
          },
          states: passed(events),
          milliseconds: ended - since,
          startedAfter: (execution.startDate?.getTime() ?? ended) - since,
        };
      }
    }
    if (Date.now() > patience) {
      throw new UserError(
        entry
          ? `${file.key} has been ${entry.status} for half an hour`
          : `No execution claimed ${file.key} within a minute`,
        "`platform local status` shows whether the local cloud is complete; the sweep retries files that make no progress.",
      );
    }
    await pause(100);
  }
}

async function history(
  clients: LocalClients,
  executionArn: string,
): Promise<{ events: HistoryEvent[]; current: string | undefined }> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await clients.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, nextToken }));
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return {
    events,
    current: events.findLast((event) => event.stateEnteredEventDetails)?.stateEnteredEventDetails?.name,
  };
}

/** Returns the duration of each state, which ends when the execution enters the next one. */
function passed(events: readonly HistoryEvent[]): Passed[] {
  const entered = events.filter((event) => event.stateEnteredEventDetails);
  const end = events.at(-1)?.timestamp?.getTime() ?? 0;
  return entered.map((event, index) => ({
    state: event.stateEnteredEventDetails?.name ?? "",
    milliseconds: (entered[index + 1]?.timestamp?.getTime() ?? end) - (event.timestamp?.getTime() ?? 0),
  }));
}

export async function manifestOf(
  clients: LocalClients,
  outputs: PlatformOutputs,
  dataset: string,
  runId: string,
): Promise<Manifest | undefined> {
  try {
    const { Body } = await clients.s3.send(
      new GetObjectCommand({ Bucket: outputs.buckets.artifacts, Key: `runs/${dataset}/${runId}/manifest.json` }),
    );
    return JSON.parse((await Body?.transformToString()) ?? "null") as Manifest;
  } catch {
    return undefined;
  }
}

/** Returns the latest executions, newest first. */
export async function executions(clients: LocalClients, stateMachineArn: string, count: number) {
  const { executions: found } = await clients.sfn.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: count }),
  );
  return found ?? [];
}
