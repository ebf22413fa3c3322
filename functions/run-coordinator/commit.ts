import { PutEventsCommand } from "@aws-sdk/client-eventbridge";
import pMap from "p-map";
import type { Batch, CommitRequest, CommitResponse, Manifest } from "../../contracts/flow";
import { events } from "../shared/aws";
import { NamedError } from "../shared/errors";
import { type Ledger, leaseLost } from "../shared/ledger";
import { logger, record } from "../shared/observability";
import { head, type ObjectAddress, readText, s3Uri } from "../shared/s3";
import { environment } from "./environment";
import { contradictions, identity, outcomesOf, parseManifest } from "./manifest";
import { readBatch } from "./work-order";

/** The number of problems in an error: Step Functions keeps 32 KiB of it. */
const MAX_PROBLEMS = 20;

/** Records a finished run: its files are DONE, an event says so. A second call answers as the first. */
export async function commit(ledger: Ledger, request: CommitRequest): Promise<CommitResponse> {
  const { dataset, runId, executionArn } = request;
  const before = await ledger.run(dataset, runId);
  if (before?.status === "RUN_SUCCEEDED" && before.result) return before.result;

  if (!(await ledger.leases.renew(dataset, executionArn, environment().LEASE_SECONDS, new Date()))) {
    throw leaseLost(dataset, (await ledger.lease(dataset))?.owner);
  }
  const batch = await readBatch(request.batch, runId);
  const manifest = await checkedManifest(batch, request.manifest);
  const outcomes = outcomesOf(manifest);
  const files = batch.files.flatMap((file) => {
    const outcome = outcomes.get(identity(file));
    return outcome ? [{ file, outcome }] : [];
  });
  await ledger.runs.markDone(dataset, executionArn, runId, files, new Date());

  const result: CommitResponse = {
    status: "succeeded",
    dataset,
    runId,
    ...manifest.totals,
    files: files.length,
  };
  // The event is sent at least once: it comes before the end of the run, so that a death in between repeats it.
  await announce(batch, manifest, result);
  await ledger.runs.end(dataset, runId, { result }, new Date());
  record(dataset, {
    FilesIngested: files.filter(({ file, outcome }) => file.bucket === batch.buckets.raw && !outcome.superseded).length,
    RowsIn: result.rowsIn,
    RowsOut: result.rowsOut,
    RowsRejected: result.rowsRejected,
    RunSeconds: Math.max(0, (Date.parse(manifest.finishedAt) - Date.parse(manifest.startedAt)) / 1000) || 0,
  });
  logger.info("run committed", { ...result });
  return result;
}

/** Reads the manifest, and fails unless it agrees with the batch and with itself and every object in it exists. */
async function checkedManifest(batch: Batch, address: ObjectAddress): Promise<Manifest> {
  const text = await readText(address);
  if (text === undefined) {
    throw new NamedError(
      "ManifestMissing",
      `Run ${batch.runId} of ${batch.dataset} ended without a manifest at ${s3Uri(address)}: it did not do its work.`,
    );
  }
  const manifest = parseManifest(text);
  const problems = "problems" in manifest ? [...manifest.problems] : contradictions(batch, manifest);
  if (!("problems" in manifest)) {
    const kept = manifest.files.flatMap(({ rejects }) => (rejects === undefined ? [] : [rejects]));
    const objects = [
      ...manifest.outputs,
      ...kept.map((key) => ({ bucket: batch.buckets.quarantine, key, bytes: undefined })),
    ];
    const missing = await pMap(
      objects,
      async (object) => {
        const found = await head(object);
        if (!found) return `${s3Uri(object)} does not exist`;
        if (object.bytes !== undefined && found.ContentLength !== object.bytes) {
          return `${s3Uri(object)} has ${found.ContentLength} bytes, not ${object.bytes}`;
        }
        return undefined;
      },
      { concurrency: 32 },
    );
    problems.push(...missing.filter((problem) => problem !== undefined));
    if (problems.length === 0) return manifest;
  }
  const more = problems.length > MAX_PROBLEMS ? [`and ${problems.length - MAX_PROBLEMS} more`] : [];
  throw new NamedError(
    "ManifestInvalid",
    `The manifest of run ${batch.runId} of ${batch.dataset} is not consistent: ` +
      [...problems.slice(0, MAX_PROBLEMS), ...more].join("; "),
  );
}

async function announce(batch: Batch, manifest: Manifest, result: CommitResponse): Promise<void> {
  const bus = environment().EVENT_BUS_NAME;
  const tables = [...new Set([batch.dataset, ...manifest.partitions.map(({ table }) => table)])];
  const answer = await events().send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: bus,
          Source: "dataplatform.ingestion",
          DetailType: "Dataset updated",
          Detail: JSON.stringify({
            environment: environment().PLATFORM_ENVIRONMENT,
            database: batch.database,
            tables,
            engine: batch.engine,
            ...result,
          }),
        },
      ],
    }),
  );
  const [entry] = answer.Entries ?? [];
  if ((answer.FailedEntryCount ?? 0) > 0) {
    throw new NamedError("TransientError", `event bus ${bus}: ${entry?.ErrorCode ?? ""} ${entry?.ErrorMessage ?? ""}`);
  }
}
