import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck } from "../../core/validate";

/** What a new table starts with. It only counts when the table is made: a change replaces it. */
export type TableOrigin =
  | {
      readonly from: "export";
      readonly bucketName: pulumi.Input<string>;
      readonly prefix?: string;
      /** `dynamodbJson` and `ion` are what DynamoDB exports. */
      readonly format: "csv" | "dynamodbJson" | "ion";
      readonly compression?: "gzip" | "zstd" | "none";
      /** Of CSV. Default `,`. */
      readonly delimiter?: string;
    }
  | {
      /** Another table of this account, as it was. */
      readonly from: "pointInTime";
      readonly tableArn: pulumi.Input<string>;
      /** RFC 3339, e.g. `2026-11-23T04:00:00Z`. Default: the latest moment there is. */
      readonly at?: string;
    }
  | { readonly from: "backup"; readonly backupArn: pulumi.Input<string> };

const FORMATS = { csv: "CSV", dynamodbJson: "DYNAMODB_JSON", ion: "ION" } as const;

export function checkOrigin(origin: TableOrigin | undefined, check: ArgumentCheck): void {
  if (!origin) return;
  check.oneOf("origin.from", origin.from, ["export", "pointInTime", "backup"]);
  if (origin.from === "export") {
    check.oneOf("origin.format", origin.format, Object.keys(FORMATS) as (keyof typeof FORMATS)[]);
    check.oneOf("origin.compression", origin.compression, ["gzip", "zstd", "none"]);
    check.require(
      origin.delimiter === undefined || origin.format === "csv",
      "origin.delimiter",
      origin.delimiter,
      "unset, with any format but csv",
    );
    check.matches("origin.delimiter", origin.delimiter, /^[,\t;:| ]$/, "one of , tab ; : | space");
  }
  if (origin.from === "pointInTime") {
    check.matches(
      "origin.at",
      origin.at,
      /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
      "a time as in RFC 3339, e.g. 2026-11-23T04:00:00Z",
    );
  }
}

/** The same as the table's arguments. */
export function originArgs(origin: TableOrigin | undefined): Partial<aws.dynamodb.TableArgs> {
  if (!origin) return {};
  switch (origin.from) {
    case "backup":
      return { restoreBackupArn: origin.backupArn };
    case "pointInTime":
      return {
        restoreSourceTableArn: origin.tableArn,
        ...(origin.at === undefined ? { restoreToLatestTime: true } : { restoreDateTime: origin.at }),
      };
    case "export":
      return {
        importTable: {
          inputFormat: FORMATS[origin.format],
          inputCompressionType: (origin.compression ?? "none").toUpperCase(),
          s3BucketSource: { bucket: origin.bucketName, keyPrefix: origin.prefix },
          ...(origin.format === "csv" ? { inputFormatOptions: { csv: { delimiter: origin.delimiter ?? "," } } } : {}),
        },
      };
  }
}
