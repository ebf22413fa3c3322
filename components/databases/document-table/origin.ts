import type * as aws from "@pulumi/aws";
import { z } from "zod";
import { textInput, type Resolved, type Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";

const FORMATS = { csv: "CSV", dynamodbJson: "DYNAMODB_JSON", ion: "ION" } as const;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

export const originSettings = z
  .discriminatedUnion("from", [
    z.strictObject({
      from: z.literal("export"),
      bucketName: textInput().describe("The bucket of the export."),
      prefix: z.string().optional().describe("The folder of the export; the whole bucket when unset."),
      format: z
        .enum(Object.keys(FORMATS) as (keyof typeof FORMATS)[])
        .describe("How items are written. DynamoDB itself exports `dynamodbJson` and `ion`."),
      compression: z.enum(["gzip", "zstd", "none"]).default("none").describe("How files are compressed."),
      delimiter: z
        .string()
        .regex(/^[,\t;:| ]$/, "one of , tab ; : | space")
        .optional()
        .describe("What separates the columns of CSV; a comma when unset."),
    }),
    z.strictObject({
      from: z.literal("pointInTime"),
      tableArn: textInput().describe("Another table of this account."),
      at: z
        .string()
        .regex(RFC3339, "a time as in RFC 3339, e.g. 2026-11-23T04:00:00Z")
        .optional()
        .describe("The moment whose items are restored, in RFC 3339; the latest one when unset."),
    }),
    z.strictObject({
      from: z.literal("backup"),
      backupArn: textInput().describe("A backup of DynamoDB."),
    }),
  ])
  .optional()
  .describe("What the table starts with; it is empty when unset. A change replaces the table.");

/** What a new table starts with. */
export type TableOrigin = NonNullable<Settings<typeof originSettings>>;
type ResolvedOrigin = Resolved<typeof originSettings>;

/** Checks that only CSV has a delimiter. */
export function checkOrigin(origin: ResolvedOrigin, check: ArgumentCheck): void {
  if (origin?.from !== "export" || origin.format === "csv") return;
  const { delimiter } = origin;
  check.require(delimiter === undefined, "origin.delimiter", delimiter, "unset, with any format but csv");
}

/** Returns what the arguments of the table say about its origin. */
export function originArgs(origin: ResolvedOrigin): Partial<aws.dynamodb.TableArgs> {
  switch (origin?.from) {
    case undefined:
      return {};
    case "backup":
      return { restoreBackupArn: origin.backupArn };
    case "pointInTime":
      return {
        restoreSourceTableArn: origin.tableArn,
        ...(origin.at === undefined ? { restoreToLatestTime: true } : { restoreDateTime: origin.at }),
      };
    case "export": {
      const { format, compression, bucketName, prefix, delimiter = "," } = origin;
      return {
        importTable: {
          inputFormat: FORMATS[format],
          inputCompressionType: compression.toUpperCase(),
          s3BucketSource: { bucket: bucketName, keyPrefix: prefix },
          ...(format === "csv" ? { inputFormatOptions: { csv: { delimiter } } } : {}),
        },
      };
    }
  }
}
