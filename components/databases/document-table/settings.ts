import { z } from "zod";
import { recoveryDays } from "../../core/recovery-days";
import { textInput } from "../../core/settings";
import { capacitySettings } from "./capacity";
import { keySettings } from "./keys";
import { originSettings } from "./origin";

export const VIEWS = {
  keys: "KEYS_ONLY",
  newItem: "NEW_IMAGE",
  oldItem: "OLD_IMAGE",
  both: "NEW_AND_OLD_IMAGES",
} as const;
export const CLASSES = { standard: "STANDARD", infrequentAccess: "STANDARD_INFREQUENT_ACCESS" } as const;

const keysOf = <K extends string>(choices: Readonly<Record<K, unknown>>): K[] => Object.keys(choices) as K[];

const replica = z.strictObject({
  region: z.string().min(1).describe("Another region than the table's own."),
  keyArn: textInput().describe("ARN of a customer managed key of that region."),
});

export const documentTableSettings = z.strictObject({
  ...keySettings.shape,
  capacity: capacitySettings,
  tableClass: z
    .enum(keysOf(CLASSES))
    .default("standard")
    .describe("`infrequentAccess` costs less to keep and more to use."),
  recoveryDays,
  stream: z
    .enum(keysOf(VIEWS))
    .optional()
    .describe(
      "What a stream of changes holds of each item. Triggers and the change log read it. There is no stream when unset.",
    ),
  kinesis: z
    .strictObject({
      retentionHours: z.int().min(24).max(8760).default(168).describe("Hours to keep records."),
      precision: z
        .enum(["millisecond", "microsecond"])
        .default("millisecond")
        .describe("Precision of the time of a change. Another precision means another destination, and a gap."),
    })
    .optional()
    .describe("Sends changes to a Kinesis data stream of the table's own, encrypted with the key."),
  contributorInsights: z
    .enum(["accessedAndThrottled", "throttled", "off"])
    .default("accessedAndThrottled")
    .describe("What CloudWatch reports for the table and each global index: the most accessed and the throttled keys."),
  replicas: z
    .array(replica)
    .refine((all) => new Set(all.map(({ region }) => region)).size === all.length, "each region once")
    .default([])
    .describe("Copies in other regions. Each is encrypted, recoverable and protected like the table."),
  origin: originSettings,
});
