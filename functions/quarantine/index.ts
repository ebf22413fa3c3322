import { DeleteObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { PublishCommand } from "@aws-sdk/client-sns";
import type { FileRef, QuarantineRequest, QuarantineResponse, Verdict } from "../../contracts/flow";
import { dynamodb, s3, sns } from "../shared/aws";
import { NamedError } from "../shared/errors";
import { sourceId, UNKNOWN_DATASET } from "../shared/files";
import { Ledger } from "../shared/ledger";
import { lambdaHandler, logger, record } from "../shared/observability";
import {
  copyVersion,
  findVersion,
  head,
  isMissing,
  type ObjectAddress,
  plainETag,
  s3Uri,
  sameBytes,
  writeJson,
} from "../shared/s3";
import { environment } from "./environment";
import { withdrawal } from "./withdrawal";

/** The longest key that S3 takes (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html). */
const MAX_KEY_BYTES = 1_024;
/** The longest subject that SNS takes. */
const MAX_SUBJECT_LENGTH = 100;

/**
 * Keeps a rejected file: it is copied byte for byte, with the verdict beside it. Only then is that version, and no other, removed
 * from the raw zone, so that an older good version of the same key is current again. Where a failing engine has published rows
 * of the file, one more run removes them. Every step may be repeated.
 */
export const handler = lambdaHandler(
  environment,
  async ({ verdict, executionArn }: QuarantineRequest, variables): Promise<QuarantineResponse> => {
    if (verdict?.status !== "invalid" || verdict.reason === undefined) {
      throw new NamedError(
        "InvalidRequest",
        `Only a rejected file is quarantined; the verdict says ${verdict?.status}.`,
      );
    }
    const folder = quarantineFolder(verdict);
    const bucket = variables.QUARANTINE_BUCKET;
    const copy = { bucket, key: `${folder.key}${folder.basename}` };
    const verdictAddress = { bucket, key: `${folder.key}verdict.json` };

    const kept = await keep(verdict.file, copy);
    const location = s3Uri(kept === "gone" ? verdictAddress : copy);
    await writeJson(verdictAddress, {
      ...verdict,
      location: kept === "gone" ? undefined : location,
      verifiedBy: kept === "gone" ? undefined : kept.verifiedBy,
      executionArn,
      environment: variables.PLATFORM_ENVIRONMENT,
    });
    // The ledger comes first: if the function died after it had removed the original, the file would count as lost.
    const ledger = new Ledger(dynamodb(), variables.LEDGER_TABLE);
    const requeued =
      verdict.reason === "engine-failed" ? await withdrawal(ledger, verdict, variables.ARTIFACTS_BUCKET) : undefined;
    await ledger.files.markQuarantined(verdict, location, executionArn, new Date(), requeued);
    if (kept !== "gone" && kept.original) await removeVersion(verdict.file, kept.original);
    await alert(verdict, location, executionArn);
    record(verdict.dataset ?? UNKNOWN_DATASET, { RejectedFiles: 1 });
    logger.info("file quarantined", { key: verdict.file.key, reason: verdict.reason, location });
    return { status: "quarantined", location, verdictLocation: s3Uri(verdictAddress) };
  },
);

/** Names a folder that no other file or version shares, whatever is uploaded under its key. */
export function quarantineFolder(verdict: Verdict): { readonly key: string; readonly basename: string } {
  const { file } = verdict;
  const root = `files/${verdict.dataset ?? UNKNOWN_DATASET}`;
  const basename = file.key.split("/").at(-1) || "object";
  const key = `${root}/${file.key}/${file.version}/`;
  const longest = Math.max(Buffer.byteLength(basename), Buffer.byteLength("verdict.json"));
  if (Buffer.byteLength(key) + longest <= MAX_KEY_BYTES && basename !== "verdict.json") return { key, basename };
  // The verdict beside the copy holds the whole key.
  return { key: `${root}/by-source/${sourceId(file)}/${file.version}/`, basename: "object" };
}

interface Original {
  readonly versionId?: string;
  readonly object: HeadObjectCommandOutput;
}

/** Finds the exact version that the verdict is about; undefined when it no longer exists. */
async function original(file: FileRef): Promise<Original | undefined> {
  const versionId = file.versionId ?? (await findVersion(file));
  if (versionId === undefined) return undefined;
  const object = await head(file, versionId);
  return object && plainETag(object.ETag) === plainETag(file.etag) ? { versionId, object } : undefined;
}

/** Copies and verifies. Without `original`, an earlier call has removed it; `gone` means that there is nothing to keep. */
async function keep(
  file: FileRef,
  target: ObjectAddress,
): Promise<{ readonly original?: Original; readonly verifiedBy: string } | "gone"> {
  const source = await original(file);
  const existing = await head(target);
  if (!source) return existing ? { verifiedBy: "an earlier attempt" } : "gone";
  if (existing) {
    const compared = sameBytes(source.object, existing);
    if ("by" in compared) return { original: source, verifiedBy: compared.by };
  }
  try {
    await copyVersion(
      {
        bucket: file.bucket,
        key: file.key,
        versionId: source.versionId,
        etag: source.object.ETag ?? file.etag,
        size: source.object.ContentLength ?? file.size,
      },
      target,
    );
  } catch (error) {
    if (isMissing(error)) return "gone";
    throw error;
  }
  const copied = await head(target);
  const compared = copied ? sameBytes(source.object, copied) : { different: "it is not there" };
  if ("by" in compared) return { original: source, verifiedBy: compared.by };
  throw new NamedError(
    "CopyNotVerified",
    `The copy at ${s3Uri(target)} differs from the original s3://${file.bucket}/${file.key}: ${compared.different}. The original is untouched.`,
  );
}

async function removeVersion(file: FileRef, { versionId }: Original): Promise<void> {
  await s3().send(new DeleteObjectCommand({ Bucket: file.bucket, Key: file.key, VersionId: versionId }));
}

async function alert(verdict: Verdict, location: string, executionArn: string): Promise<void> {
  const { ALERT_TOPIC_ARN, PLATFORM_ENVIRONMENT } = environment();
  const dataset = verdict.dataset ?? UNKNOWN_DATASET;
  const lines = [
    `A file was rejected in ${PLATFORM_ENVIRONMENT} and is kept in quarantine.`,
    "",
    `File:      s3://${verdict.file.bucket}/${verdict.file.key}`,
    `Version:   ${verdict.file.version}`,
    `Dataset:   ${dataset}`,
    `Reason:    ${verdict.reason}`,
    `Details:   ${verdict.message ?? ""}`,
    `Kept at:   ${location}`,
    `Execution: ${executionArn}`,
  ];
  const text = (value: string) => ({ DataType: "String", StringValue: value });
  await sns().send(
    new PublishCommand({
      TopicArn: ALERT_TOPIC_ARN,
      Subject: subject(`[${PLATFORM_ENVIRONMENT}] ${dataset}: file rejected (${verdict.reason})`),
      Message: lines.join("\n"),
      MessageAttributes: {
        event: text("file-rejected"),
        dataset: text(dataset),
        reason: text(verdict.reason ?? "invalid"),
        environment: text(PLATFORM_ENVIRONMENT),
      },
    }),
  );
}

/** Makes a subject of the printable ASCII that SNS takes. */
const subject = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, MAX_SUBJECT_LENGTH);
