import type * as pulumi from "@pulumi/pulumi";
import type { SecureBucket } from "../../storage/secure-bucket";

/**
 * What a crawler does when a table's columns changed: take the new ones as they are, only add columns that are new, or leave
 * the table alone and log the change.
 */
export type SchemaChange = "updateCatalog" | "addNewColumnsOnly" | "ignore";
/** What it does with tables whose data is gone. */
export type DeleteBehavior = "log" | "deprecate" | "delete";
/** Which folders a run looks at; `eventMode`: those that S3 told of since the last run. */
export type Recrawl = "everything" | "newFoldersOnly" | "eventMode";

export const SCHEMA_CHANGES = ["updateCatalog", "addNewColumnsOnly", "ignore"] as const;
export const DELETE_BEHAVIORS = ["log", "deprecate", "delete"] as const;
export const RECRAWLS = ["everything", "newFoldersOnly", "eventMode"] as const;

interface Folder {
  readonly bucket: SecureBucket;
  /** Key prefix with a trailing slash; the whole bucket when unset. */
  readonly prefix?: string;
}

interface TableFolders {
  readonly bucket: SecureBucket;
  /** Key prefixes with a trailing slash. */
  readonly prefixes: readonly string[];
  readonly connectionName?: pulumi.Input<string>;
}

export interface S3Target extends Folder {
  /** Glob patterns, relative to the prefix. */
  readonly exclusions?: readonly string[];
  /** Files looked at in each leaf folder, 1 to 249; all when unset. */
  readonly sampleSize?: number;
  /** A network connection, for buckets reached through a VPC only. */
  readonly connectionName?: pulumi.Input<string>;
}

/** Where a crawler looks. Tables of the catalog (`catalog`) exclude everything else. */
export interface CrawlerTargets {
  readonly s3?: readonly S3Target[];
  readonly jdbc?: readonly {
    readonly connectionName: pulumi.Input<string>;
    /** `database/schema/table`, `%` for any. */
    readonly path: string;
    readonly exclusions?: readonly string[];
    readonly metadata?: readonly ("COMMENTS" | "RAWTYPES")[];
  }[];
  readonly dynamodb?: readonly {
    readonly tableName: pulumi.Input<string>;
    readonly tableArn: pulumi.Input<string>;
    /** Read all items, not a sample. */
    readonly scanAll?: boolean;
    /** Share of the table's read capacity, 0.1 to 1.5. */
    readonly scanRate?: number;
  }[];
  readonly mongodb?: readonly {
    readonly connectionName: pulumi.Input<string>;
    /** `database/collection` */
    readonly path: string;
    readonly scanAll?: boolean;
  }[];
  readonly delta?: readonly (TableFolders & {
    /** A table engines with Delta support read by itself, instead of a list of symlinks. */
    readonly nativeTable?: boolean;
  })[];
  readonly iceberg?: readonly (TableFolders & {
    readonly exclusions?: readonly string[];
    readonly maximumDepth?: number;
  })[];
  readonly hudi?: readonly (TableFolders & {
    readonly exclusions?: readonly string[];
    readonly maximumDepth?: number;
  })[];
  /** Existing tables of the catalog to keep up to date; nothing new is created. */
  readonly catalog?: readonly {
    readonly tables: readonly string[];
    /** Where the tables' data is. */
    readonly bucket: SecureBucket;
  }[];
}

export const CRAWLER_TARGET_DEFAULTS = { scanAll: true, nativeTable: true, maximumDepth: 10 };

export interface CrawlBehavior {
  readonly targets: CrawlerTargets;
  readonly schemaChange: SchemaChange;
  readonly deleteBehavior: DeleteBehavior;
  readonly recrawl: Recrawl;
  readonly combineCompatibleSchemas: boolean;
  readonly inheritFromTable: boolean;
  readonly tables: "automatic" | "onePerPrefix" | "onePerFolder";
  readonly tablePrefix?: string;
}

export interface CrawlProblem {
  readonly argument: string;
  readonly value: unknown;
  readonly allowed: string;
}

/** The number Glue calls table level: the bucket is 1, each folder of the prefix one more. */
export function tableLevel(prefix: string, tables: "onePerPrefix" | "onePerFolder"): number {
  const folders = prefix.split("/").filter((part) => part !== "").length;
  return 1 + folders + (tables === "onePerFolder" ? 1 : 0);
}

/** What Glue would refuse, or would do other than its user means. */
export function crawlProblems(behavior: CrawlBehavior): CrawlProblem[] {
  const problems: CrawlProblem[] = [];
  const refuse = (argument: string, value: unknown, allowed: string): void =>
    void problems.push({ argument, value, allowed });
  const { targets, schemaChange, deleteBehavior, recrawl } = behavior;
  const s3 = targets.s3 ?? [];
  const kinds = Object.entries(targets).filter(([, list]) => (list as readonly unknown[] | undefined)?.length);
  if (kinds.length === 0) refuse("targets", {}, "at least one target");
  if (targets.catalog?.length) {
    if (kinds.length > 1)
      refuse(
        "targets.catalog",
        kinds.map(([kind]) => kind),
        "tables of the catalog alone, without other targets",
      );
    // https://docs.aws.amazon.com/glue/latest/dg/crawler-data-stores.html
    if (deleteBehavior !== "log") refuse("deleteBehavior", deleteBehavior, '"log" with targets of the catalog');
    if (behavior.tablePrefix)
      refuse("tablePrefix", behavior.tablePrefix, "none: tables of the catalog have their names");
    if (targets.catalog.some(({ tables }) => tables.length === 0))
      refuse("targets.catalog.tables", [], "at least one table");
  }
  for (const { prefix, sampleSize } of s3) {
    if (prefix && !/^[^/].*\/$/.test(prefix))
      refuse("targets.s3.prefix", prefix, "a prefix with a trailing slash and none at its start");
    if (sampleSize !== undefined && !(Number.isInteger(sampleSize) && sampleSize >= 1 && sampleSize <= 249)) {
      refuse("targets.s3.sampleSize", sampleSize, "a whole number from 1 to 249");
    }
  }
  for (const { scanRate } of targets.dynamodb ?? []) {
    if (scanRate !== undefined && !(scanRate >= 0.1 && scanRate <= 1.5))
      refuse("targets.dynamodb.scanRate", scanRate, "0.1 to 1.5");
  }
  for (const kind of ["iceberg", "hudi"] as const) {
    for (const { maximumDepth } of targets[kind] ?? []) {
      if (maximumDepth !== undefined && !(Number.isInteger(maximumDepth) && maximumDepth >= 1 && maximumDepth <= 20)) {
        refuse(`targets.${kind}.maximumDepth`, maximumDepth, "a whole number from 1 to 20");
      }
    }
  }
  if (recrawl === "newFoldersOnly") {
    // Glue: "Crawler with CRAWL_NEW_FOLDERS_ONLY must have update and delete behavior LOG".
    if (schemaChange !== "ignore") refuse("schemaChange", schemaChange, '"ignore" with recrawl newFoldersOnly');
    if (deleteBehavior !== "log") refuse("deleteBehavior", deleteBehavior, '"log" with recrawl newFoldersOnly');
    if (s3.length === 0 || kinds.length > 1) refuse("recrawl", recrawl, "newFoldersOnly with S3 targets alone");
  }
  if (recrawl === "eventMode") {
    // https://docs.aws.amazon.com/glue/latest/dg/crawler-s3-event-notifications.html
    if (s3.length + (targets.catalog?.length ?? 0) !== 1 || kinds.length > 1) {
      refuse("recrawl", recrawl, "eventMode with one target, in S3 or of the catalog");
    }
    if (s3.some(({ sampleSize }) => sampleSize !== undefined))
      refuse("targets.s3.sampleSize", s3[0]?.sampleSize, "none with recrawl eventMode");
  }
  if (behavior.tables !== "automatic") {
    if (s3.length === 0) refuse("tables", behavior.tables, '"automatic" without S3 targets');
    const levels = new Set(s3.map(({ prefix }) => tableLevel(prefix ?? "", "onePerPrefix")));
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
  /** https://docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html */
  readonly configuration: string;
}

/** The three places in which Glue wants a crawler's behaviour said. */
export function crawlSettings(behavior: CrawlBehavior): CrawlSettings {
  const output = {
    ...(behavior.inheritFromTable ? { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } } : {}),
    ...(behavior.schemaChange === "addNewColumnsOnly" ? { Tables: { AddOrUpdateBehavior: "MergeNewColumns" } } : {}),
  };
  const grouping = {
    ...(behavior.combineCompatibleSchemas ? { TableGroupingPolicy: "CombineCompatibleSchemas" } : {}),
    ...(behavior.tables === "automatic"
      ? {}
      : { TableLevelConfiguration: tableLevel(behavior.targets.s3?.[0]?.prefix ?? "", behavior.tables) }),
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
