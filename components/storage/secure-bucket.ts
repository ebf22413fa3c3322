import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../core/encryption-key";
import { policyDocument, type Statement } from "../core/iam";
import { PlatformComponent } from "../core/platform-component";
import { DEFAULT_PROTECTION, protectionSettings, type Protection } from "../core/protection";
import { lifecycleRules, retentionProblems, type Retention } from "./lifecycle";
import { BucketEvents, type EventTarget } from "./bucket-events";

export interface SecureBucketArgs {
  readonly key: EncryptionKey;
  /** Default: replaced versions are kept 90 days, unfinished uploads 7. */
  readonly retention?: Retention;
  readonly protection?: Protection;
  /** Where the access log goes. A bucket that is such a destination itself says `accessLogDestination`. */
  readonly accessLogs?: { readonly bucket: SecureBucket; readonly prefix: string };
  /** The bucket receives other buckets' access logs: SSE-S3 instead of the key, which log delivery cannot use. */
  readonly accessLogDestination?: boolean;
  /** Sends every event of the bucket to EventBridge. */
  readonly eventBridge?: boolean;
  /** The bucket tells queues, functions or topics directly too: see `onEvent`. */
  readonly directEvents?: boolean;
  readonly cors?: readonly aws.types.input.s3.BucketCorsConfigurationCorsRule[];
  /** Moves objects between access tiers by themselves. */
  readonly intelligentTiering?: { readonly archiveAfterDays?: number; readonly deepArchiveAfterDays?: number };
  /** Write once, read many: nobody shortens it. Needs versioning, which every bucket here has. */
  readonly objectLock?: { readonly mode: "GOVERNANCE" | "COMPLIANCE"; readonly days: number };
  /** A weekly list of all objects, in Parquet. */
  readonly inventory?: { readonly destination: SecureBucket; readonly prefix: string };
  readonly transform?: { readonly bucket?: (args: aws.s3.BucketArgs) => aws.s3.BucketArgs };
}

export const SECURE_BUCKET_DEFAULTS = { eventBridge: false };

/**
 * A bucket as it should be: CMK with bucket key, versions, no public access, no ACLs, TLS 1.2 only, no other key, no
 * customer-provided key, access log, lifecycle, and one owner of its event notifications.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const reports = new SecureBucket("reports", { key, retention: { expireAfterDays: 365 } });
 */
export class SecureBucket extends PlatformComponent {
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  /** For those who must wait until the bucket is safe to use: its policy, encryption and notifications. */
  readonly ready: pulumi.Resource[];
  private readonly key: EncryptionKey;
  private readonly events: BucketEvents;

  constructor(name: string, args: SecureBucketArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("storage", name, opts, "SecureBucket");
    const retention = args.retention ?? {};
    for (const problem of retentionProblems(retention)) this.check.require(false, "retention", retention, problem);
    this.check.integer("objectLock.days", args.objectLock?.days, 1, 36500);
    const settings = protectionSettings(args.protection ?? DEFAULT_PROTECTION);
    this.key = args.key;

    const bucketArgs: aws.s3.BucketArgs = {
      forceDestroy: settings.forceDestroy,
      objectLockEnabled: args.objectLock !== undefined,
    };
    const bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      args.transform?.bucket?.(bucketArgs) ?? bucketArgs,
      this.mainChild({ protect: settings.protect }),
    );
    this.bucketName = bucket.bucket;
    this.bucketArn = bucket.arn;
    const of = { bucket: bucket.bucket };

    const ownership = new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
      this.child(),
    );
    const access = new aws.s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      this.child(),
    );
    const versioning = new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { ...of, versioningConfiguration: { status: "Enabled" } },
      this.child(),
    );
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        ...of,
        rules: [
          args.accessLogDestination
            ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
            : {
                applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.key.keyArn },
                bucketKeyEnabled: true,
              },
        ],
      },
      this.child(),
    );
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      { ...of, policy: policyDocument(this.policyStatements(args.accessLogDestination ?? false)) },
      this.child({ dependsOn: [access] }),
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { ...of, rules: lifecycleRules(retention) },
      this.child({ dependsOn: [versioning] }),
    );
    if (args.accessLogs) {
      new aws.s3.BucketLogging(
        `${name}-logging`,
        { ...of, targetBucket: args.accessLogs.bucket.bucketName, targetPrefix: args.accessLogs.prefix },
        this.child({ dependsOn: args.accessLogs.bucket.ready }),
      );
    }
    if (args.cors)
      new aws.s3.BucketCorsConfiguration(`${name}-cors`, { ...of, corsRules: [...args.cors] }, this.child());
    this.addTiering(args, of);
    this.events = new BucketEvents(
      name,
      of.bucket,
      args.eventBridge ?? SECURE_BUCKET_DEFAULTS.eventBridge,
      args.directEvents ?? false,
      this.child(),
    );
    this.ready = [ownership, policy, encryption, versioning, ...this.events.resources];
    this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn });
  }

  /**
   * Tells a queue, function or topic of events. S3 knows one notification configuration a bucket, which is replaced as a
   * whole: so this bucket alone owns it and collects targets until the program's current turn ends.
   */
  onEvent(target: EventTarget): void {
    const refusal = this.events.add(target);
    if (refusal) this.check.require(false, "onEvent", target.id, refusal);
  }

  /** What a role needs to list and read objects under a prefix (no wildcards; the whole bucket by default). */
  grantRead(prefix = ""): Statement[] {
    return [
      {
        actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging"],
        resources: [pulumi.interpolate`${this.bucketArn}/${prefix}*`],
      },
      this.listStatement(prefix),
      ...this.key.grantDecrypt(),
    ];
  }

  /** What a role needs to write objects under a prefix. */
  grantWrite(prefix = ""): Statement[] {
    return [
      {
        actions: ["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        resources: [pulumi.interpolate`${this.bucketArn}/${prefix}*`],
      },
      ...this.key.grantEncryptDecrypt(),
    ];
  }

  /** What a role needs to delete objects under a prefix; with `versions`, for good. */
  grantDelete(prefix = "", options: { readonly versions?: boolean } = {}): Statement[] {
    return [
      {
        actions: ["s3:DeleteObject", ...(options.versions ? ["s3:DeleteObjectVersion"] : [])],
        resources: [pulumi.interpolate`${this.bucketArn}/${prefix}*`],
      },
    ];
  }

  grantReadWrite(prefix = ""): Statement[] {
    return [...this.grantRead(prefix), ...this.grantWrite(prefix)];
  }

  private listStatement(prefix: string): Statement {
    return {
      actions: ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketVersions"],
      resources: [this.bucketArn],
      ...(prefix ? { conditions: { StringLike: { "s3:prefix": [`${prefix}*`] } } } : {}),
    };
  }

  private policyStatements(logDestination: boolean): Statement[] {
    const objects = pulumi.interpolate`${this.bucketArn}/*`;
    const both = [this.bucketArn, objects];
    const deny = (
      sid: string,
      actions: string[],
      conditions: Statement["conditions"],
      resources: Statement["resources"],
    ): Statement => ({
      sid,
      effect: "Deny",
      principals: "*",
      actions,
      resources,
      conditions,
    });
    const statements = [
      deny("DenyPlainHttp", ["s3:*"], { Bool: { "aws:SecureTransport": "false" } }, both),
      deny("DenyOldTls", ["s3:*"], { NumericLessThan: { "s3:TlsVersion": "1.2" } }, both),
      deny(
        "DenyCustomerProvidedKeys",
        ["s3:PutObject"],
        { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
        [objects],
      ),
    ];
    if (logDestination) {
      statements.push({
        sid: "AccessLogDelivery",
        principals: { Service: ["logging.s3.amazonaws.com"] },
        actions: ["s3:PutObject"],
        resources: [objects],
        conditions: { StringEquals: { "aws:SourceAccount": this.aws.accountId } },
      });
    } else {
      statements.push(
        deny(
          "DenyOtherKeys",
          ["s3:PutObject"],
          { StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption-aws-kms-key-id": this.key.keyArn } },
          [objects],
        ),
      );
    }
    return statements;
  }

  private addTiering(args: SecureBucketArgs, of: { readonly bucket: pulumi.Output<string> }): void {
    if (args.intelligentTiering) {
      const { archiveAfterDays, deepArchiveAfterDays } = args.intelligentTiering;
      new aws.s3.BucketIntelligentTieringConfiguration(
        `${this.name}-tiering`,
        {
          ...of,
          name: "everything",
          tierings: [
            ...(archiveAfterDays === undefined ? [] : [{ accessTier: "ARCHIVE_ACCESS", days: archiveAfterDays }]),
            ...(deepArchiveAfterDays === undefined
              ? []
              : [{ accessTier: "DEEP_ARCHIVE_ACCESS", days: deepArchiveAfterDays }]),
          ],
        },
        this.child(),
      );
    }
    if (args.objectLock) {
      new aws.s3.BucketObjectLockConfiguration(
        `${this.name}-object-lock`,
        { ...of, rule: { defaultRetention: { mode: args.objectLock.mode, days: args.objectLock.days } } },
        this.child(),
      );
    }
    if (args.inventory) {
      new aws.s3.Inventory(
        `${this.name}-inventory`,
        {
          ...of,
          name: "everything",
          includedObjectVersions: "All",
          schedule: { frequency: "Weekly" },
          optionalFields: ["Size", "LastModifiedDate", "StorageClass", "EncryptionStatus"],
          destination: {
            bucket: {
              format: "Parquet",
              bucketArn: args.inventory.destination.bucketArn,
              prefix: args.inventory.prefix,
              encryption: { sseKms: { keyId: args.key.keyArn } },
            },
          },
        },
        this.child(),
      );
    }
  }
}
