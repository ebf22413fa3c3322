import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { BatchFile, FileRef, SourceState, Verdict } from "../../contracts/flow";
import { s3 } from "../shared/aws";
import { compareSequencers, sourceId } from "../shared/files";
import { batchFile, type Ledger, type LedgerEntry, type Requeued } from "../shared/ledger";
import { head, plainETag, readText, writeJson } from "../shared/s3";

/** The dialect of the file of a header and no rows that replaces a file whose rows are removed. */
const DIALECT = { encoding: "utf-8", bom: false, delimiter: ",", quote: '"', compression: "none" } as const;

/**
 * Finds what has to run so that a file whose runs all failed leaves nothing behind: an engine may have died after it had put some
 * of the file's rows into the lake. Any run of the same source replaces them, aggregates and partitions included. So the version
 * before it is run again where there is one, else a file without rows. Undefined when the lake is as it was.
 */
export async function withdrawal(ledger: Ledger, verdict: Verdict, artifacts: string): Promise<Requeued | undefined> {
  const { file, dataset, contractKey } = verdict;
  if (dataset === undefined || contractKey === undefined) return undefined;
  const place = { bucket: artifacts, key: `sources/${dataset}/${sourceId(file)}.json` };
  const text = await readText(place);
  const state = text === undefined ? undefined : (JSON.parse(text) as SourceState);
  // The state has `pending` from just before the first row is published until the last one is.
  const published = state !== undefined && (state.pending !== undefined || state.version === file.version);
  const before = await versionBefore(ledger, file, dataset);
  if (!published && before?.status !== "SUPERSEDED") return undefined;
  if (before?.verdict) {
    if (state?.version === file.version) {
      // Otherwise the engine would count the version before as superseded.
      const pending = [...new Set([...state.outputs, ...(state.pending ?? [])])].sort();
      const { version, sequencer } = before.file;
      const rewound: SourceState = {
        sourceId: state.sourceId,
        key: state.key,
        version,
        sequencer,
        outputs: [],
        pending,
      };
      await writeJson(place, rewound);
    }
    const reason = `its rows are written again: version ${file.version}, which was to replace them, cannot be ingested`;
    return { dataset, contractKey, file: batchFile(before.verdict), verdict: before.verdict, reason };
  }
  const empty = await emptyFile(verdict, artifacts, `withdrawals/${dataset}/${sourceId(file)}.csv`);
  const reason = `removes the rows of s3://${file.bucket}/${file.key}, version ${file.version}`;
  return {
    dataset,
    contractKey,
    file: empty,
    verdict: { ...verdict, status: "valid", file: empty, reason: undefined, message: reason },
    reason,
  };
}

/** Finds the newest older version of the key that was good and still exists. */
async function versionBefore(ledger: Ledger, file: FileRef, dataset: string): Promise<LedgerEntry | undefined> {
  const older = (await ledger.versions(file))
    .filter(({ status, verdict }) => ["DONE", "SUPERSEDED"].includes(status) && verdict?.dataset === dataset)
    .filter((entry) => compareSequencers(entry.file.sequencer, file.sequencer) < 0)
    .sort((a, b) => compareSequencers(b.file.sequencer, a.file.sequencer));
  for (const entry of older) {
    const found = await head(entry.file, entry.file.versionId);
    if (found && plainETag(found.ETag) === plainETag(entry.file.etag)) return entry;
  }
  return undefined;
}

async function emptyFile(verdict: Verdict, bucket: string, key: string): Promise<BatchFile> {
  const header = verdict.columns.map((column) => `"${column.replaceAll('"', '""')}"`).join(",");
  const body = Buffer.from(`${header}\n`, "utf8");
  const { VersionId, ETag } = await s3().send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "text/csv" }),
  );
  const etag = plainETag(ETag);
  return {
    bucket,
    key,
    version: VersionId ?? etag,
    ...(VersionId === undefined ? {} : { versionId: VersionId }),
    etag,
    size: body.length,
    // It is as late as the file that it replaces, so that a later upload of the key still supersedes it.
    sequencer: verdict.file.sequencer,
    eventTime: verdict.file.eventTime,
    sourceId: sourceId(verdict.file),
    dialect: DIALECT,
    columns: verdict.columns,
  };
}
