/**
 * The schema of a dataset's contract (`datasets/<name>.yaml`). It checks the shape, key by key; check.ts checks what concerns
 * several keys at once, or several contracts.
 */

import { z } from "zod";
import { DEFAULT_DATE_FORMAT, parseFormat } from "./formats";
import { COLUMN_COMMENT, glueText, TABLE_DESCRIPTION } from "./limits";
import { scheduleProblems } from "./schedule";
import { MEASURE_FUNCTIONS, parseType, SIMPLE_TYPES } from "./types";

/** Names that Glue, Athena, S3 and both engines take without quoting. */
const NAME = /^[a-z][a-z0-9_]*$/;
const NAME_RULE = "must be snake_case: lower-case letters, digits and underscores, starting with a letter";

const name = (max: number) => z.string().regex(NAME, NAME_RULE).max(max, `must be at most ${max} characters long`);
const days = z.number().int("must be a whole number of days").min(1, "must be at least 1 day").max(36_500);

const typeText = z
  .string()
  .superRefine((text, context) => {
    const type = parseType(text);
    if (typeof type === "string")
      context.addIssue({
        code: "custom",
        message: type,
        params: { wrong: text, known: [...SIMPLE_TYPES, "decimal(10,2)"] },
      });
  })
  .describe("string, int, bigint, double, decimal(precision,scale), boolean, date or timestamp.");

const column = z
  .strictObject({
    name: name(128).describe("Column of the table."),
    source: z.string().min(1).optional().describe("The file's header name. Default: the column's name."),
    type: typeText,
    format: z
      .string()
      .min(1)
      .optional()
      .describe(
        `How dates and timestamps are written, e.g. dd/MM/yyyy or yyyy-MM-dd'T'HH:mm:ss.SXXX. Default: ${DEFAULT_DATE_FORMAT}; timestamps: ISO 8601, UTC without an offset.`,
      ),
    nullable: z.boolean().default(true).describe("May the value be missing?"),
    optional: z.boolean().default(false).describe("May the whole column be missing from a file?"),
    description: glueText(COLUMN_COMMENT).optional().describe("The comment of the column in the catalog."),
    pii: z.boolean().default(false).describe("Holds personal data. Marked in the catalog."),
  })
  .superRefine((value, context) => {
    const type = parseType(value.type);
    if (typeof type === "string" || value.format === undefined) return;
    if (type.kind !== "date" && type.kind !== "timestamp") {
      context.addIssue({
        code: "custom",
        path: ["format"],
        message: `only date and timestamp columns have a format; "${value.name}" is ${value.type}`,
      });
      return;
    }
    const format = parseFormat(value.format, type.kind);
    if (typeof format === "string") context.addIssue({ code: "custom", path: ["format"], message: format });
  });

const header = z.strictObject({
  ordered: z.boolean().default(false).describe("Must the columns come in the contract's order?"),
  extraColumns: z.enum(["reject", "ignore"]).default("reject").describe("What to do with columns not in the contract."),
  case: z.enum(["sensitive", "insensitive"]).default("sensitive").describe("How header names are compared."),
  allowEmpty: z.boolean().default(false).describe("Is a file of a header and no rows valid?"),
});

const source = z.strictObject({
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9!_.*'()=/-]+\/$/, "must be a key prefix that ends with / and needs no escaping")
    .regex(/^(?!\/)(?!.*\/\/)/, "must neither start with / nor contain an empty folder name")
    .max(512)
    .optional()
    .describe("Where the files land in the raw zone. Default: `<name>/`."),
  delimiter: z.enum([",", ";", "\t", "|", "auto"]).default(",").describe("auto: found from the header."),
  quote: z.enum(['"', "'"]).default('"').describe("Doubled inside a quoted value."),
  encoding: z.enum(["auto", "utf-8", "utf-16", "latin-1"]).default("auto"),
  decimal: z.enum([".", ","]).default(".").describe("The decimal mark of double and decimal columns."),
  header: header.prefault({}),
  nullValues: z
    .array(z.string().max(64))
    .default([""])
    .describe('Texts that stand for a missing value, compared without surrounding blanks. Default: [""].'),
});

const partitionKey = z.union([
  z.string().min(1),
  z.strictObject({
    name: name(128).describe("Partition column."),
    column: z.string().min(1).describe("Date or timestamp column it is taken from."),
    transform: z.enum(["year", "month", "day", "date"]),
  }),
]);

const projectionRange = z
  .strictObject({
    values: z.array(z.string().min(1)).min(1).optional().describe("All values there are."),
    range: z
      .tuple([z.union([z.string(), z.number().int()]), z.union([z.string(), z.number().int()])])
      .optional()
      .describe('First and last: numbers, or dates such as ["2013-01-01", "NOW"].'),
  })
  .superRefine((value, context) => {
    if ((value.values === undefined) === (value.range === undefined)) {
      context.addIssue({ code: "custom", message: "must give either values or range" });
    }
  });

const partitioning = z.strictObject({
  layout: z
    .enum(["hive", "folder", "projection"])
    .default("hive")
    .describe("hive: key=value/ folders. folder: value/ folders. projection: key=value/ folders that Athena computes."),
  keys: z.array(partitionKey).min(1, "must name at least one key").max(8),
  projection: z
    .record(z.string(), projectionRange)
    .optional()
    .describe("Layout projection: what each key ranges over."),
});

const measure = z.strictObject({
  name: name(128),
  function: z.enum(MEASURE_FUNCTIONS),
  column: z.string().min(1).optional().describe("Not needed by count: without one it counts rows."),
});

const aggregate = z.strictObject({
  name: name(100).describe("The table is called `<dataset>_<name>`."),
  description: glueText(TABLE_DESCRIPTION).optional(),
  groupBy: z.array(z.string().min(1)).min(1, "must name at least one column"),
  measures: z.array(measure).min(1, "must name at least one measure"),
});

const share = z.number().min(0, "is a share from 0 to 1").max(1, "is a share from 0 to 1");
const reject = z.literal(true).optional().describe("Rows that break the rule are rejected, by either engine.");

const qualityRule = z.discriminatedUnion("rule", [
  z.strictObject({ rule: z.literal("completeness"), column: z.string().min(1), atLeast: share.default(1) }),
  z.strictObject({ rule: z.literal("uniqueness"), column: z.string().min(1), atLeast: share.default(1) }),
  z.strictObject({ rule: z.literal("rowCount"), atLeast: z.number().int().min(0) }),
  z.strictObject({
    rule: z.literal("values"),
    column: z.string().min(1),
    in: z.array(z.union([z.string(), z.number()])).min(1),
    reject,
  }),
  z
    .strictObject({
      rule: z.literal("range"),
      column: z.string().min(1),
      min: z.number().optional(),
      max: z.number().optional(),
      reject,
    })
    .refine((value) => value.min !== undefined || value.max !== undefined, "must give min, max or both")
    .refine((value) => (value.min ?? -Infinity) <= (value.max ?? Infinity), "min must not exceed max"),
  z.strictObject({
    rule: z.literal("pattern"),
    column: z.string().min(1),
    pattern: z.string().min(1).describe("Regular expression for the whole value."),
    reject,
  }),
]);

const trigger = z.union([
  z.literal("event"),
  z.strictObject({
    schedule: z
      .string()
      .superRefine((text, context) => {
        for (const message of scheduleProblems(text)) context.addIssue({ code: "custom", message });
      })
      .meta({ pattern: String.raw`^(cron\(\S+( \S+){5}\)|rate\(\d+ (minute|hour|day)s?\))$` })
      .describe("When a run starts, in UTC: cron(minute hour day month weekday year) or rate(…)."),
  }),
]);

const retention = z.strictObject({
  raw: days.optional(),
  processed: days.optional(),
  curated: days.optional(),
});

/** A contract, as the YAML file has it. */
export const contractSchema = z
  .strictObject({
    name: name(100).describe("Dataset and table name."),
    description: glueText(TABLE_DESCRIPTION).refine((text) => text !== "", "must not be empty"),
    owner: z.email("must be an e-mail address").describe("Who answers for the data."),
    source: source.prefault({}),
    columns: z.array(column).min(1, "must list at least one column").max(1000),
    partitioning: partitioning.optional(),
    aggregates: z.array(aggregate).default([]),
    trigger: trigger
      .default("event")
      .describe("event: each file as it lands. schedule: all new files, with job bookmarks."),
    engine: z.enum(["auto", "light", "spark"]).default("auto").describe("auto: by the size of the batch."),
    quality: z.array(qualityRule).default([]),
    retention: retention.optional().describe("Days until objects expire, per zone. Default: the lake's own rules."),
  })
  .describe("A dataset contract.");

export type Contract = z.output<typeof contractSchema>;
export type ContractInput = z.input<typeof contractSchema>;
export type ContractColumn = Contract["columns"][number];
export type QualityRule = Contract["quality"][number];
export type ProjectionRange = z.output<typeof projectionRange>;
