import * as z from "zod/mini";
import type { Batch, FileOutcome, Manifest } from "../../contracts/flow";

const count = z.int().check(z.nonnegative());
/** A member that may be missing. Spark writes null in its place. */
const orNull = <T extends z.ZodMiniType>(schema: T) =>
  z.pipe(
    z.nullish(schema),
    z.transform((value) => value ?? undefined),
  );
const totals = { rowsIn: count, rowsOut: count, rowsRejected: count };

const manifestSchema = z.object({
  runId: z.string(),
  dataset: z.string(),
  engine: z.enum(["light", "spark"]),
  startedAt: z.string(),
  finishedAt: z.string(),
  files: z.array(
    z.object({
      sourceId: z.string(),
      key: z.string(),
      version: z.string(),
      ...totals,
      outputs: z.array(z.string()),
      rejects: orNull(z.string()),
      superseded: orNull(z.boolean()),
    }),
  ),
  totals: z.object(totals),
  outputs: z.array(z.object({ bucket: z.string(), key: z.string(), bytes: count, rows: count })),
  partitions: z.array(
    z.object({
      table: z.string(),
      values: z.array(z.string()),
      location: z.string(),
      emptied: orNull(z.boolean()),
    }),
  ),
  removed: z.array(z.string()),
}) satisfies z.ZodMiniType<Manifest>;

/** Reads a manifest from JSON. Returns what is wrong with it where it is none. */
export function parseManifest(text: string): Manifest | { readonly problems: readonly string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problems: [`it is not JSON: ${(error as Error).message}`] };
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  return { problems: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) };
}

/** Lists all that contradicts the batch, or the manifest itself, in a manifest. An empty list means that the counts add up. */
export function contradictions(batch: Batch, manifest: Manifest): string[] {
  const problems: string[] = [];
  if (manifest.runId !== batch.runId) problems.push(`it is of run ${manifest.runId}, not ${batch.runId}`);
  if (manifest.dataset !== batch.dataset) problems.push(`it is of dataset ${manifest.dataset}, not ${batch.dataset}`);

  const outcomes = outcomesOf(manifest);
  if (outcomes.size !== manifest.files.length) problems.push("it names a file twice");
  const asked = new Set(batch.files.map(identity));
  for (const file of batch.files) {
    if (!outcomes.has(identity(file))) problems.push(`it does not account for ${file.key} (${file.version})`);
  }
  const written = new Set(manifest.outputs.map(({ bucket, key }) => `${bucket}/${key}`));
  const sum = { rowsIn: 0, rowsOut: 0, rowsRejected: 0 };
  for (const file of manifest.files) {
    if (!asked.has(identity(file))) problems.push(`it names ${file.key} (${file.version}), which is not in the batch`);
    if (file.rowsIn !== file.rowsOut + file.rowsRejected) {
      problems.push(`${file.key}: ${file.rowsIn} rows in, but ${file.rowsOut} out and ${file.rowsRejected} rejected`);
    }
    for (const key of file.outputs) {
      if (!written.has(`${batch.buckets.processed}/${key}`))
        problems.push(`${file.key}: its output ${key} is not listed`);
    }
    if (file.rowsOut > 0 && file.outputs.length === 0)
      problems.push(`${file.key}: ${file.rowsOut} rows out, but no output`);
    if (file.rowsRejected > 0 && file.rejects === undefined) {
      problems.push(`${file.key}: ${file.rowsRejected} rows rejected, but not kept anywhere`);
    }
    sum.rowsIn += file.rowsIn;
    sum.rowsOut += file.rowsOut;
    sum.rowsRejected += file.rowsRejected;
  }
  for (const name of ["rowsIn", "rowsOut", "rowsRejected"] as const) {
    if (sum[name] !== manifest.totals[name]) {
      problems.push(`totals.${name} is ${manifest.totals[name]}, the files add up to ${sum[name]}`);
    }
  }
  const processedRows = manifest.outputs
    .filter(({ bucket, key }) => bucket === batch.buckets.processed && key.startsWith(`${batch.dataset}/`))
    .reduce((total, { rows }) => total + rows, 0);
  if (processedRows !== manifest.totals.rowsOut) {
    problems.push(`the outputs hold ${processedRows} rows, totals.rowsOut is ${manifest.totals.rowsOut}`);
  }
  return problems;
}

/** The outcome of every file, by `identity`. */
export const outcomesOf = (manifest: Manifest): Map<string, FileOutcome> =>
  new Map(manifest.files.map((file) => [identity(file), file]));

export const identity = (file: { readonly sourceId: string; readonly version: string }): string =>
  `${file.sourceId}/${file.version}`;
