import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { parseSettings, type Resolved, type Settings } from "../../core/settings";
import type { ArgumentProblem } from "../../core/validate";
import type { SecureBucket } from "../../storage/secure-bucket";
import type { CrawlerQueue } from "./events";

/** The settings of each kind of target. */
const exclusions = z
  .array(z.string())
  .optional()
  .describe("Glob patterns, relative to the target, of what is left out.");
const scanAll = z.boolean().default(true).describe("Reads all items, not a sample.");
const prefixes = z.array(z.string()).min(1).describe("Key prefixes of the tables, each with a trailing slash.");

export const s3TargetSettings = z.strictObject({
  prefix: z
    .string()
    .regex(/^([^/].*\/)?$/, "a prefix with a trailing slash and none at its start")
    .default("")
    .describe("Key prefix with a trailing slash; the whole bucket when empty."),
  exclusions,
  sampleSize: z.int().min(1).max(249).optional().describe("Files looked at in each leaf folder; all when unset."),
});
export const jdbcTargetSettings = z.strictObject({
  path: z.string().min(1).describe("`database/schema/table`, `%` for any."),
  exclusions,
  metadata: z
    .array(z.enum(["COMMENTS", "RAWTYPES"]))
    .optional()
    .describe("Further facts about columns to keep."),
});
export const dynamodbTargetSettings = z.strictObject({
  scanAll,
  scanRate: z.number().min(0.1).max(1.5).optional().describe("Share of the table's read capacity."),
});
export const mongodbTargetSettings = z.strictObject({
  path: z.string().min(1).describe("`database/collection`"),
  scanAll,
});
export const deltaTargetSettings = z.strictObject({
  prefixes,
  nativeTable: z
    .boolean()
    .default(true)
    .describe("A table that engines with Delta support read by themselves, instead of a list of symlinks."),
});
export const openTableTargetSettings = z.strictObject({
  prefixes,
  exclusions,
  maximumDepth: z.int().min(1).max(20).default(10).describe("Levels of folders that are looked through."),
});
export const catalogTargetSettings = z.strictObject({
  tables: z.array(z.string()).min(1).describe("Existing tables to keep up to date; nothing new is created."),
});

const SETTINGS = {
  s3: s3TargetSettings,
  jdbc: jdbcTargetSettings,
  dynamodb: dynamodbTargetSettings,
  mongodb: mongodbTargetSettings,
  delta: deltaTargetSettings,
  iceberg: openTableTargetSettings,
  hudi: openTableTargetSettings,
  catalog: catalogTargetSettings,
} as const;
type Kind = keyof typeof SETTINGS;

interface InBucket {
  readonly bucket: SecureBucket;
  /** A network connection, for buckets that are reached through a VPC only. */
  readonly connectionName?: pulumi.Input<string>;
}

export interface S3Target extends Settings<typeof s3TargetSettings>, InBucket {}
export interface JdbcTarget extends Settings<typeof jdbcTargetSettings> {
  readonly connectionName: pulumi.Input<string>;
}
export interface DynamodbTarget extends Settings<typeof dynamodbTargetSettings> {
  readonly tableName: pulumi.Input<string>;
  readonly tableArn: pulumi.Input<string>;
}
export interface MongodbTarget extends Settings<typeof mongodbTargetSettings> {
  readonly connectionName: pulumi.Input<string>;
}
export interface DeltaTarget extends Settings<typeof deltaTargetSettings>, InBucket {}
export interface OpenTableTarget extends Settings<typeof openTableTargetSettings>, InBucket {}
export interface CatalogTarget extends Settings<typeof catalogTargetSettings> {
  /** The bucket of the tables' data. */
  readonly bucket: SecureBucket;
}

/** Where a crawler looks. Tables of the catalog (`catalog`) exclude everything else. */
export interface CrawlerTargets {
  readonly s3?: readonly S3Target[];
  readonly jdbc?: readonly JdbcTarget[];
  readonly dynamodb?: readonly DynamodbTarget[];
  readonly mongodb?: readonly MongodbTarget[];
  readonly delta?: readonly DeltaTarget[];
  readonly iceberg?: readonly OpenTableTarget[];
  readonly hudi?: readonly OpenTableTarget[];
  readonly catalog?: readonly CatalogTarget[];
}

/** The targets with every default filled in; a kind without targets is an empty list. */
export type ResolvedTargets = {
  readonly [K in Kind]: readonly (NonNullable<CrawlerTargets[K]>[number] & Resolved<(typeof SETTINGS)[K]>)[];
};

/** Fills in the defaults of targets, and finds what Glue would refuse about a single one. */
export function resolveTargets(targets: CrawlerTargets): {
  readonly targets: ResolvedTargets;
  readonly problems: readonly ArgumentProblem[];
} {
  const problems: ArgumentProblem[] = [];
  const entries = (Object.keys(SETTINGS) as Kind[]).map((kind) => {
    const list = (targets[kind] ?? []).map((target, index) => {
      const parsed = parseSettings(SETTINGS[kind], target);
      const argument = `targets.${kind}[${index}]`;
      problems.push(...parsed.problems.map((one) => ({ ...one, argument: `${argument}.${one.argument}` })));
      return { ...target, ...parsed.settings };
    });
    return [kind, list] as const;
  });
  return { targets: Object.fromEntries(entries) as unknown as ResolvedTargets, problems };
}

type TargetArgs = Pick<
  aws.glue.CrawlerArgs,
  | "s3Targets"
  | "jdbcTargets"
  | "dynamodbTargets"
  | "mongodbTargets"
  | "deltaTargets"
  | "icebergTargets"
  | "hudiTargets"
  | "catalogTargets"
>;

/** The targets in Glue's words; in event mode the target in S3 or of the catalog has a queue. */
export function targetArgs(
  targets: ResolvedTargets,
  databaseName: pulumi.Input<string>,
  queue?: CrawlerQueue,
): TargetArgs {
  const address = (bucket: SecureBucket, prefix: string): pulumi.Output<string> =>
    pulumi.interpolate`s3://${bucket.bucketName}/${prefix}`;
  const events = queue ? { eventQueueArn: queue.queueArn, dlqEventQueueArn: queue.deadLetterQueueArn } : {};
  const list = <T, R>(all: readonly T[], convert: (target: T) => R): R[] | undefined =>
    all.length === 0 ? undefined : all.map(convert);
  const folders = (target: ResolvedTargets["iceberg"][number]) => ({
    paths: target.prefixes.map((prefix) => address(target.bucket, prefix)),
    exclusions: target.exclusions && [...target.exclusions],
    maximumTraversalDepth: target.maximumDepth,
    connectionName: target.connectionName,
  });
  return {
    s3Targets: list(targets.s3, (target) => ({
      path: address(target.bucket, target.prefix),
      exclusions: target.exclusions && [...target.exclusions],
      sampleSize: target.sampleSize,
      connectionName: target.connectionName,
      ...events,
    })),
    jdbcTargets: list(targets.jdbc, (target) => ({
      connectionName: target.connectionName,
      path: target.path,
      exclusions: target.exclusions && [...target.exclusions],
      enableAdditionalMetadatas: target.metadata && [...target.metadata],
    })),
    dynamodbTargets: list(targets.dynamodb, (target) => ({
      path: target.tableName,
      scanAll: target.scanAll,
      scanRate: target.scanRate,
    })),
    mongodbTargets: list(targets.mongodb, (target) => ({
      connectionName: target.connectionName,
      path: target.path,
      scanAll: target.scanAll,
    })),
    deltaTargets: list(targets.delta, (target) => ({
      deltaTables: target.prefixes.map((prefix) => address(target.bucket, prefix)),
      // Either a native table or a manifest of symlinks: Glue refuses both.
      createNativeDeltaTable: target.nativeTable,
      writeManifest: false,
      connectionName: target.connectionName,
    })),
    icebergTargets: list(targets.iceberg, folders),
    hudiTargets: list(targets.hudi, folders),
    catalogTargets: list(targets.catalog, ({ tables }) => ({ databaseName, tables: [...tables], ...events })),
  };
}
