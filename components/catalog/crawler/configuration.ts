import { z } from "zod";
import { isCron } from "../../../contracts/schedule";
import { logRetentionDays } from "../../core/log-retention";
import type { Resolved } from "../../core/settings";
import type { ArgumentProblem } from "../../core/validate";
import type { ResolvedTargets } from "./targets";

export const crawlerSettings = z.strictObject({
  description: z.string().optional().describe("What the crawler is for."),
  schedule: z
    .string()
    .refine(isCron, "six fields in UTC, e.g. cron(0 3 * * ? *)")
    .optional()
    .describe("When to crawl, UTC; on demand when unset."),
  schemaChange: z
    .enum(["updateCatalog", "addNewColumnsOnly", "ignore"])
    .optional()
    .describe(
      "What the crawler does when a file's columns change: take the new columns as they are, only add columns that are new, or leave the table alone and log the change. `addNewColumnsOnly` when unset; with `newFoldersOnly` Glue allows `ignore` alone.",
    ),
  deleteBehavior: z
    .enum(["log", "deprecate", "delete"])
    .default("log")
    .describe("What the crawler does with tables whose data is gone."),
  recrawl: z
    .enum(["everything", "newFoldersOnly", "eventMode"])
    .default("everything")
    .describe(
      "Which folders a run looks at. `eventMode`: those of S3's events since the last run; it wires queue, dead letters and the bucket, made with `directEvents: true`.",
    ),
  combineCompatibleSchemas: z.boolean().default(true).describe("Puts files of like columns into one table."),
  inheritFromTable: z
    .boolean()
    .default(true)
    .describe("Partitions take their columns from the table, so that queries never meet two schemas."),
  tables: z
    .enum(["automatic", "onePerPrefix", "onePerFolder"])
    .default("automatic")
    .describe(
      "What becomes a table: `onePerPrefix` the target's prefix, `onePerFolder` each folder below it, `automatic` what Glue guesses.",
    ),
  tablePrefix: z
    .string()
    .regex(/^[a-z0-9_]{1,128}$/, "lower-case letters, digits and underscores")
    .optional()
    .describe("Begins the name of every table."),
  lakeFormationCredentials: z
    .boolean()
    .default(false)
    .describe("Lets Lake Formation decide on the data, not the role."),
  logRetentionDays,
});

type CrawlerSettings = Resolved<typeof crawlerSettings>;
export type SchemaChange = NonNullable<CrawlerSettings["schemaChange"]>;
export type DeleteBehavior = CrawlerSettings["deleteBehavior"];
export type Recrawl = CrawlerSettings["recrawl"];

/** What a crawler does, with nothing left open. */
export interface CrawlBehavior extends Omit<CrawlerSettings, "schemaChange"> {
  readonly targets: ResolvedTargets;
  readonly schemaChange: SchemaChange;
}

/** Decides what the settings leave open: with new folders only, Glue allows to ignore changed columns and nothing else. */
export function crawlBehavior(settings: CrawlerSettings, targets: ResolvedTargets): CrawlBehavior {
  const otherwise = settings.recrawl === "newFoldersOnly" ? "ignore" : "addNewColumnsOnly";
  return { ...settings, targets, schemaChange: settings.schemaChange ?? otherwise };
}

/** The number that Glue calls the table level: the bucket is 1, each folder of the prefix adds 1. */
export function tableLevel(prefix: string, tables: "onePerPrefix" | "onePerFolder"): number {
  const folders = prefix.split("/").filter((part) => part !== "").length;
  return 1 + folders + (tables === "onePerFolder" ? 1 : 0);
}

/** Finds what Glue would refuse about settings and targets together, or would understand in another way. */
export function crawlProblems(behavior: CrawlBehavior): ArgumentProblem[] {
  const problems: ArgumentProblem[] = [];
  const refuse = (argument: string, value: unknown, allowed: string): void =>
    void problems.push({ argument, value, allowed });
  const { targets, schemaChange, deleteBehavior, recrawl } = behavior;
  const { s3, catalog } = targets;
  const kinds = Object.entries(targets).flatMap(([kind, list]) => (list.length > 0 ? [kind] : []));
  if (kinds.length === 0) refuse("targets", {}, "at least one target");
  if (catalog.length > 0) {
    // https://docs.aws.amazon.com/glue/latest/dg/crawler-data-stores.html
    if (kinds.length > 1) refuse("targets.catalog", kinds, "tables of the catalog alone, without other targets");
    if (deleteBehavior !== "log") refuse("deleteBehavior", deleteBehavior, '"log" with targets of the catalog');
    if (behavior.tablePrefix)
      refuse("tablePrefix", behavior.tablePrefix, "none: tables of the catalog have their names");
  }
  if (recrawl === "newFoldersOnly") {
    // Glue: "Crawler with CRAWL_NEW_FOLDERS_ONLY must have update and delete behavior LOG".
    if (schemaChange !== "ignore") refuse("schemaChange", schemaChange, '"ignore" with recrawl newFoldersOnly');
    if (deleteBehavior !== "log") refuse("deleteBehavior", deleteBehavior, '"log" with recrawl newFoldersOnly');
    if (s3.length === 0 || kinds.length > 1) refuse("recrawl", recrawl, "newFoldersOnly with S3 targets alone");
  }
  if (recrawl === "eventMode") {
    // https://docs.aws.amazon.com/glue/latest/dg/crawler-s3-event-notifications.html
    if (s3.length + catalog.length !== 1 || kinds.length > 1)
      refuse("recrawl", recrawl, "eventMode with one target, in S3 or of the catalog");
    if (s3.some(({ sampleSize }) => sampleSize !== undefined))
      refuse("targets.s3.sampleSize", s3[0]?.sampleSize, "none with recrawl eventMode");
  }
  if (behavior.tables !== "automatic") {
    if (s3.length === 0) refuse("tables", behavior.tables, '"automatic" without S3 targets');
    const levels = new Set(s3.map(({ prefix }) => tableLevel(prefix, "onePerPrefix")));
    if (levels.size > 1)
      refuse("tables", behavior.tables, '"automatic" where the prefixes of the targets are of different depth');
  }
  return problems;
}

const UPDATE: Readonly<Record<SchemaChange, string>> = {
  updateCatalog: "UPDATE_IN_DATABASE",
  addNewColumnsOnly: "UPDATE_IN_DATABASE",
  ignore: "LOG",
};
const DELETE: Readonly<Record<DeleteBehavior, string>> = {
  log: "LOG",
  deprecate: "DEPRECATE_IN_DATABASE",
  delete: "DELETE_FROM_DATABASE",
};
const RECRAWL: Readonly<Record<Recrawl, string>> = {
  everything: "CRAWL_EVERYTHING",
  newFoldersOnly: "CRAWL_NEW_FOLDERS_ONLY",
  eventMode: "CRAWL_EVENT_MODE",
};

export interface CrawlSettings {
  readonly schemaChangePolicy: { readonly updateBehavior: string; readonly deleteBehavior: string };
  readonly recrawlPolicy: { readonly recrawlBehavior: string };
  /** The JSON text of Glue's configuration (https://docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html). */
  readonly configuration: string;
}

/** Says a crawler's behaviour in the three places in which Glue reads it. */
export function crawlSettings(behavior: CrawlBehavior): CrawlSettings {
  const output = {
    ...(behavior.inheritFromTable ? { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } } : {}),
    ...(behavior.schemaChange === "addNewColumnsOnly" ? { Tables: { AddOrUpdateBehavior: "MergeNewColumns" } } : {}),
  };
  const grouping = {
    ...(behavior.combineCompatibleSchemas ? { TableGroupingPolicy: "CombineCompatibleSchemas" } : {}),
    ...(behavior.tables === "automatic"
      ? {}
      : { TableLevelConfiguration: tableLevel(behavior.targets.s3[0]?.prefix ?? "", behavior.tables) }),
  };
  return {
    schemaChangePolicy: {
      updateBehavior: UPDATE[behavior.schemaChange],
      deleteBehavior: DELETE[behavior.deleteBehavior],
    },
    recrawlPolicy: { recrawlBehavior: RECRAWL[behavior.recrawl] },
    configuration: JSON.stringify({
      Version: 1.0,
      ...(Object.keys(output).length > 0 ? { CrawlerOutput: output } : {}),
      ...(Object.keys(grouping).length > 0 ? { Grouping: grouping } : {}),
    }),
  };
}
