import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import type { CompiledContract } from "../../contracts/compiled";
import type { Engine, FileRef, Verdict, VerdictReason } from "../../contracts/flow";
import { compareHeader, HEADER_WINDOW, readHeader } from "../../contracts/header";
import { isMarker } from "../../contracts/markers";
import { s3 } from "../shared/aws";
import { contractFor } from "../shared/contracts";
import { httpStatus, isNamed, NamedError } from "../shared/errors";
import { lambdaHandler, logger } from "../shared/observability";
import { findVersion, isMissing } from "../shared/s3";
import { environment } from "./environment";

/** The number of names in a verdict: a file may have any number of columns, but Step Functions passes on 256 KiB at most. */
const MAX_NAMES = 200;
const MAX_NAME_LENGTH = 200;

const ADVICE: Readonly<Record<VerdictReason, string>> = {
  "unknown-dataset": "Upload it under the prefix of a dataset, or add a contract for this prefix.",
  marker: "Nothing has to be done.",
  "object-missing": "Upload the file again if it should be ingested.",
  "empty-file": "Upload the file with its header and rows.",
  "header-only": "Upload the file with its rows, or set source.header.allowEmpty in the contract.",
  "header-too-long": "Check the file's line ends and quotes; a header of column names is much shorter.",
  "not-csv": "Export the table as delimited text, plain or gzip, and upload that.",
  encoding: "Save the file in the contract's encoding, or set source.encoding in the contract.",
  delimiter: "Write the file with the contract's delimiter, or set source.delimiter in the contract.",
  "header-mismatch": "Correct the file's header, or the contract if the source has changed.",
  "engine-failed": "Look at the run's log.",
};

/** The columns of a verdict on a file whose columns are not known. */
const NO_COLUMNS = { columns: [], missing: [], unexpected: [], duplicates: [], renamed: [], order: "same" } as const;

/** Decides from a file's first bytes whether it fits its dataset's contract. Bad content is a verdict, never an error. */
export const handler = lambdaHandler(environment, async (file: FileRef, variables): Promise<Verdict> => {
  if (!file?.bucket || !file.key || !file.etag) {
    throw new NamedError("InvalidRequest", "The function expects a file reference with bucket, key and etag.");
  }
  const verdict = await judge(file, variables.ARTIFACTS_BUCKET, variables.UNCLAIMED);
  logger.info(`file ${verdict.status}`, {
    key: file.key,
    dataset: verdict.dataset,
    reason: verdict.reason,
    bytesRead: verdict.bytesRead,
  });
  return verdict;
});

async function judge(file: FileRef, artifacts: string, unclaimed: "leave" | "quarantine"): Promise<Verdict> {
  if (isMarker(file.key)) {
    return left(
      rejected(file, "marker", `The object "${file.key}" marks a folder or the end of a job and holds no data.`),
    );
  }
  const claimed = await contractFor(artifacts, file.key);
  if (!claimed) {
    const verdict = rejected(file, "unknown-dataset", `No dataset's contract claims the key "${file.key}".`);
    return unclaimed === "leave" ? left(verdict) : verdict;
  }
  const { contract, key: contractKey } = claimed;
  const known = { dataset: contract.dataset, contractKey, trigger: contract.trigger.kind };

  const beginning = await readBeginning(file);
  if (beginning === undefined) {
    return {
      ...rejected(file, "object-missing", "The object was deleted or overwritten before it could be read."),
      ...known,
    };
  }
  const { bytes, complete, versionId, engine } = beginning;
  const read = { ...known, file: versionId === undefined ? file : { ...file, versionId }, bytesRead: bytes.length };
  const header = readHeader(bytes, contract.source, { complete, expected: expectedNames(contract) });
  if (!header.ok) return { ...rejected(file, header.reason, header.message), ...read };

  const { ok, message, ...comparison } = compareHeader(contract, header.columns);
  const seen = { ...comparison, columns: header.columns, dialect: header.dialect };
  if (ok) return { status: "valid", ...seen, ...read, ...(engine === undefined ? {} : { engine }) };
  return {
    ...rejected(file, "header-mismatch", message ?? "The header does not fit the contract."),
    ...shortened(seen),
    ...read,
  };
}

const expectedNames = (contract: CompiledContract): readonly string[] =>
  contract.plan.columns.map(({ source }) => source);

function rejected(file: FileRef, reason: VerdictReason, message: string): Verdict {
  return { status: "invalid", file, reason, message: `${message} ${ADVICE[reason]}`, ...NO_COLUMNS, bytesRead: 0 };
}

/** The same verdict on a file that stays where it is. */
const left = (verdict: Verdict): Verdict => ({ ...verdict, status: "unclaimed" });

type Seen = Pick<Verdict, "columns" | "missing" | "unexpected" | "duplicates" | "renamed" | "order" | "dialect">;

function shortened(seen: Seen): Seen {
  const short = (name: string): string => (name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name);
  const few = (names: readonly string[]): readonly string[] => names.slice(0, MAX_NAMES).map(short);
  return {
    ...seen,
    columns: few(seen.columns),
    missing: few(seen.missing),
    unexpected: few(seen.unexpected),
    duplicates: few(seen.duplicates),
    renamed: seen.renamed.slice(0, MAX_NAMES).map(({ expected, found }) => ({ expected, found: short(found) })),
  };
}

interface Beginning {
  readonly bytes: Uint8Array;
  /** Whether the bytes are the whole object. */
  readonly complete: boolean;
  readonly versionId?: string;
  readonly engine?: Engine;
}

/** Reads the first bytes of exactly the version that the event is about; undefined when it no longer exists. */
async function readBeginning(file: FileRef): Promise<Beginning | undefined> {
  const named = await ranged(file, file.versionId);
  if (named !== undefined || file.versionId !== undefined) return named;
  // The event named no version, and the key has other bytes by now: they may be those of an older version.
  const versionId = await findVersion(file);
  return versionId === undefined ? undefined : ranged(file, versionId);
}

async function ranged(file: FileRef, versionId: string | undefined): Promise<Beginning | undefined> {
  try {
    const answer = await s3().send(
      new GetObjectCommand({
        Bucket: file.bucket,
        Key: file.key,
        VersionId: versionId,
        IfMatch: file.etag,
        Range: `bytes=0-${HEADER_WINDOW - 1}`,
      }),
    );
    const bytes = await atMost(HEADER_WINDOW, answer.Body as Readable | undefined);
    return {
      bytes,
      complete: bytes.length >= wholeSize(answer),
      versionId: answer.VersionId ?? versionId,
      ...asked(answer.Metadata?.engine),
    };
  } catch (error) {
    if (isMissing(error) || httpStatus(error) === 412 || isNamed(error, "PreconditionFailed")) return undefined;
    // S3 refuses a range of an empty object.
    if (httpStatus(error) === 416 || isNamed(error, "InvalidRange")) {
      return { bytes: new Uint8Array(), complete: true, versionId };
    }
    throw error;
  }
}

/** The engine that the uploader asks for, when there is an engine of that name. */
const asked = (engine: string | undefined): { engine?: Engine } =>
  engine === "light" || engine === "spark" ? { engine } : {};

function wholeSize({ ContentRange, ContentLength }: GetObjectCommandOutput): number {
  return Number(/\/(\d+)$/.exec(ContentRange ?? "")?.[1] ?? ContentLength ?? 0);
}

/** Reads the first bytes of a stream and no more: not every S3 heeds a range for an older version. */
async function atMost(limit: number, body: Readable | undefined): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}
