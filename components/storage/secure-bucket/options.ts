import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { serviceRole, type Statement } from "../../core/iam";
import type { Scope } from "../../core/scope";
import type { BucketSettings } from "./settings";

/** The resources that a bucket has only when it is asked for them. */

type BucketName = pulumi.Output<string>;

/** A copy of every new object in another bucket, which has versions too. */
export interface Replication {
  readonly bucketArn: pulumi.Input<string>;
  /** The key of the copies, in the other bucket's region. */
  readonly keyArn: pulumi.Input<string>;
  /** The owner of the other bucket, if it is another account. */
  readonly account?: pulumi.Input<string>;
  readonly storageClass?: "STANDARD" | "STANDARD_IA" | "GLACIER_IR" | "GLACIER" | "DEEP_ARCHIVE";
  /** Copies deletions too. By default a deletion here leaves the copy. */
  readonly deletions?: boolean;
}

/** Makes what the settings ask for: CORS, tiering and object lock. */
export function addOptions(scope: Scope, bucket: BucketName, settings: BucketSettings): void {
  const { cors, intelligentTiering, objectLock } = settings;
  if (cors.length > 0) addCors(scope, bucket, cors);
  if (intelligentTiering) addTiering(scope, bucket, intelligentTiering);
  if (objectLock) {
    new aws.s3.BucketObjectLockConfiguration(
      `${scope.name}-object-lock`,
      { bucket, rule: { defaultRetention: { mode: objectLock.mode, days: objectLock.days } } },
      scope.child(),
    );
  }
}

function addCors(scope: Scope, bucket: BucketName, rules: BucketSettings["cors"]): void {
  new aws.s3.BucketCorsConfiguration(
    `${scope.name}-cors`,
    {
      bucket,
      corsRules: rules.map((rule) => ({
        allowedOrigins: [...rule.origins],
        allowedMethods: [...rule.methods],
        allowedHeaders: [...rule.headers],
        exposeHeaders: [...rule.exposeHeaders],
        maxAgeSeconds: rule.maxAgeSeconds,
      })),
    },
    scope.child(),
  );
}

function addTiering(
  scope: Scope,
  bucket: BucketName,
  tiering: NonNullable<BucketSettings["intelligentTiering"]>,
): void {
  const tier = (accessTier: string, days: number | undefined) => (days === undefined ? [] : [{ accessTier, days }]);
  new aws.s3.BucketIntelligentTieringConfiguration(
    `${scope.name}-tiering`,
    {
      bucket,
      name: "everything",
      tierings: [
        ...tier("ARCHIVE_ACCESS", tiering.archiveAfterDays),
        ...tier("DEEP_ARCHIVE_ACCESS", tiering.deepArchiveAfterDays),
      ],
    },
    scope.child(),
  );
}

export interface InventoryArgs {
  readonly bucketArn: pulumi.Input<string>;
  readonly prefix: string;
  readonly keyArn: pulumi.Input<string>;
}

/** Makes a weekly list of all objects, in Parquet, under a prefix of another bucket. */
export function addInventory(scope: Scope, bucket: BucketName, destination: InventoryArgs): void {
  new aws.s3.Inventory(
    `${scope.name}-inventory`,
    {
      bucket,
      name: "everything",
      includedObjectVersions: "All",
      schedule: { frequency: "Weekly" },
      optionalFields: ["Size", "LastModifiedDate", "StorageClass", "EncryptionStatus"],
      destination: {
        bucket: {
          format: "Parquet",
          bucketArn: destination.bucketArn,
          prefix: destination.prefix,
          encryption: { sseKms: { keyId: destination.keyArn } },
        },
      },
    },
    scope.child(),
  );
}

/** The rights of replication (https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html). */
export function replicationStatements(
  bucketArn: pulumi.Input<string>,
  key: EncryptionKey,
  to: Replication,
): Statement[] {
  return [
    { actions: ["s3:GetReplicationConfiguration", "s3:ListBucket"], resources: [bucketArn] },
    {
      actions: ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
      resources: [pulumi.interpolate`${bucketArn}/*`],
    },
    {
      actions: [
        "s3:ReplicateObject",
        "s3:ReplicateTags",
        ...(to.deletions ? ["s3:ReplicateDelete"] : []),
        ...(to.account ? ["s3:ObjectOwnerOverrideToBucketOwner"] : []),
      ],
      resources: [pulumi.interpolate`${to.bucketArn}/*`],
    },
    ...key.grantDecrypt(),
    { actions: ["kms:GenerateDataKey", "kms:Encrypt"], resources: [to.keyArn] },
  ];
}

/** Copies every new object to another bucket, through a role of its own. */
export function addReplication(
  scope: Scope,
  bucket: aws.s3.Bucket,
  { key, replication: to }: { readonly key: EncryptionKey; readonly replication: Replication },
): void {
  const { role, policy } = serviceRole(scope, "replication", {
    service: "s3.amazonaws.com",
    description: `Lets S3 copy new objects of ${scope.name} to another bucket`,
    statements: replicationStatements(bucket.arn, key, to),
  });
  new aws.s3.BucketReplicationConfig(
    `${scope.name}-replication-rules`,
    {
      bucket: bucket.bucket,
      role: role.arn,
      rules: [
        {
          id: "everything",
          status: "Enabled",
          priority: 1,
          filter: { prefix: "" },
          deleteMarkerReplication: { status: to.deletions ? "Enabled" : "Disabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: to.bucketArn,
            storageClass: to.storageClass,
            encryptionConfiguration: { replicaKmsKeyId: to.keyArn },
            ...(to.account ? { account: to.account, accessControlTranslation: { owner: "Destination" } } : {}),
          },
        },
      ],
    },
    scope.child({ dependsOn: policy ? [policy] : [] }),
  );
}
