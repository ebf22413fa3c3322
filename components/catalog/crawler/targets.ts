import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SecureBucket } from "../../storage/secure-bucket";
import { CRAWLER_TARGET_DEFAULTS, type CrawlerTargets } from "./configuration";
import type { CrawlerQueue } from "./events";

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

/** Targets as Glue wants them told; in event mode the one in S3 or of the catalog has a queue. */
export function targetArgs(
  targets: CrawlerTargets,
  databaseName: pulumi.Input<string>,
  queue?: CrawlerQueue,
): TargetArgs {
  const address = (bucket: SecureBucket, prefix = ""): pulumi.Output<string> =>
    pulumi.interpolate`s3://${bucket.bucketName}/${prefix}`;
  const events = queue ? { eventQueueArn: queue.queueArn, dlqEventQueueArn: queue.deadLetterQueueArn } : {};
  const list = <T, R>(all: readonly T[] | undefined, one: (target: T) => R): R[] | undefined => all?.map(one);
  const folders = (target: NonNullable<CrawlerTargets["iceberg"]>[number]) => ({
    paths: target.prefixes.map((prefix) => address(target.bucket, prefix)),
    exclusions: target.exclusions && [...target.exclusions],
    maximumTraversalDepth: target.maximumDepth ?? CRAWLER_TARGET_DEFAULTS.maximumDepth,
    connectionName: target.connectionName,
  });
  return {
    s3Targets: list(targets.s3, ({ bucket, prefix, exclusions, sampleSize, connectionName }) => ({
      path: address(bucket, prefix),
      exclusions: exclusions && [...exclusions],
      sampleSize,
      connectionName,
      ...events,
    })),
    jdbcTargets: list(targets.jdbc, ({ connectionName, path, exclusions, metadata }) => ({
      connectionName,
      path,
      exclusions: exclusions && [...exclusions],
      enableAdditionalMetadatas: metadata && [...metadata],
    })),
    dynamodbTargets: list(targets.dynamodb, ({ tableName, scanAll, scanRate }) => ({
      path: tableName,
      scanAll: scanAll ?? CRAWLER_TARGET_DEFAULTS.scanAll,
      scanRate,
    })),
    mongodbTargets: list(targets.mongodb, ({ connectionName, path, scanAll }) => ({
      connectionName,
      path,
      scanAll: scanAll ?? CRAWLER_TARGET_DEFAULTS.scanAll,
    })),
    deltaTargets: list(targets.delta, ({ bucket, prefixes, nativeTable, connectionName }) => ({
      deltaTables: prefixes.map((prefix) => address(bucket, prefix)),
      // Either a native table or a manifest of symlinks: Glue refuses both.
      createNativeDeltaTable: nativeTable ?? CRAWLER_TARGET_DEFAULTS.nativeTable,
      writeManifest: false,
      connectionName,
    })),
    icebergTargets: list(targets.iceberg, folders),
    hudiTargets: list(targets.hudi, folders),
    catalogTargets: list(targets.catalog, ({ tables }) => ({
      databaseName,
      tables: [...tables],
      ...events,
    })),
  };
}
