import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { serviceRole, type Statement } from "../../core/iam";
import type { Scope } from "../../core/scope";

/** What a bucket may have beyond what every bucket has. */

/** Web pages of other origins that may use the bucket. */
export interface CorsRule {
  /** For example `https://app.example.com`. */
  readonly origins: readonly string[];
  readonly methods: readonly ("GET" | "PUT" | "POST" | "DELETE" | "HEAD")[];
  readonly headers?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
}

/** Days without access until an object moves to an archive tier. */
export interface IntelligentTiering {
  /** 90 to 730. */
  readonly archiveAfterDays?: number;
  /** 180 to 730. */
  readonly deepArchiveAfterDays?: number;
}

/** Write once, read many: nobody shortens it. `COMPLIANCE` binds the account's root too. */
export interface ObjectLock {
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  readonly days: number;
}

/** A copy of every new object in another bucket, which has versions too. */
export interface Replication {
  readonly bucketArn: pulumi.Input<string>;
  /** Key of the copies, in the other bucket's region. */
  readonly keyArn: pulumi.Input<string>;
  /** Owner of the other bucket, if it is another account. */
  readonly account?: pulumi.Input<string>;
  readonly storageClass?: "STANDARD" | "STANDARD_IA" | "GLACIER_IR" | "GLACIER" | "DEEP_ARCHIVE";
  /** Copy deletions too. Default: no, so that a deletion here leaves the copy. */
  readonly deletions?: boolean;
}

interface Place {
  readonly scope: Scope;
  readonly name: string;
  readonly bucket: pulumi.Output<string>;
  readonly options: pulumi.CustomResourceOptions;
}

export function addCors({ name, bucket, options }: Place, rules: readonly CorsRule[]): void {
  new aws.s3.BucketCorsConfiguration(
    `${name}-cors`,
    {
      bucket,
      corsRules: rules.map((rule) => ({
        allowedOrigins: [...rule.origins],
        allowedMethods: [...rule.methods],
        allowedHeaders: [...(rule.headers ?? [])],
        exposeHeaders: [...(rule.exposeHeaders ?? [])],
        maxAgeSeconds: rule.maxAgeSeconds,
      })),
    },
    options,
  );
}

export function addTiering({ name, bucket, options }: Place, tiering: IntelligentTiering): void {
  const { archiveAfterDays, deepArchiveAfterDays } = tiering;
  new aws.s3.BucketIntelligentTieringConfiguration(
    `${name}-tiering`,
    {
      bucket,
      name: "everything",
      tierings: [
        ...(archiveAfterDays === undefined ? [] : [{ accessTier: "ARCHIVE_ACCESS", days: archiveAfterDays }]),
        ...(deepArchiveAfterDays === undefined
          ? []
          : [{ accessTier: "DEEP_ARCHIVE_ACCESS", days: deepArchiveAfterDays }]),
      ],
    },
    options,
  );
}

export function addObjectLock({ name, bucket, options }: Place, lock: ObjectLock): void {
  new aws.s3.BucketObjectLockConfiguration(
    `${name}-object-lock`,
    { bucket, rule: { defaultRetention: { mode: lock.mode, days: lock.days } } },
    options,
  );
}

export function addInventory(
  { name, bucket, options }: Place,
  destination: {
    readonly bucketArn: pulumi.Input<string>;
    readonly prefix: string;
    readonly keyArn: pulumi.Input<string>;
  },
): void {
  new aws.s3.Inventory(
    `${name}-inventory`,
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
    options,
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html */
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

export function addReplication(
  { scope, name, bucket, options }: Place,
  bucketArn: pulumi.Input<string>,
  accountId: pulumi.Input<string>,
  key: EncryptionKey,
  to: Replication,
): void {
  const { role, policy } = serviceRole(scope, "replication", {
    service: "s3.amazonaws.com",
    description: `Copies new objects of ${name} to another bucket`,
    sourceAccount: accountId,
    statements: replicationStatements(bucketArn, key, to),
  });
  new aws.s3.BucketReplicationConfig(
    `${name}-replication-rules`,
    {
      bucket,
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
    { ...options, dependsOn: [...[options.dependsOn ?? []].flat(), ...(policy ? [policy] : [])] as pulumi.Resource[] },
  );
}
