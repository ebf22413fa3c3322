import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { policyDocument, type Statement } from "../../core/iam";
import { PlatformComponent } from "../../core/platform-component";
import { dataProtection, type Protection } from "../../core/protection";
import type { Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";
import { BucketEvents, type EventTarget } from "./events";
import * as grants from "./grants";
import { lifecycleRules, retentionProblems } from "./lifecycle";
import { addInventory, addOptions, addReplication, type Replication } from "./options";
import { bucketPolicy } from "./policy";
import { secureBucketSettings, type BucketSettings } from "./settings";

export { secureBucketSettings };

export interface SecureBucketArgs extends Settings<typeof secureBucketSettings> {
  readonly key: EncryptionKey;
  readonly protection?: Protection;
  /** The bucket of the access log. By default a bucket is made for it, `<name>-access-logs`. */
  readonly accessLogs?: { readonly bucket: SecureBucket; readonly prefix: string };
  /** A weekly list of all objects, in Parquet, in a bucket that is an `inventoryDestination`. */
  readonly inventory?: { readonly destination: SecureBucket; readonly prefix: string };
  readonly replication?: Replication;
  /** Makes statements of the bucket's policy beyond the platform's own. */
  readonly statements?: (bucketArn: pulumi.Output<string>) => readonly Statement[];
  readonly transform?: { readonly bucket?: (args: aws.s3.BucketArgs) => aws.s3.BucketArgs };
}

/**
 * A bucket that is safe by default: encrypted with the key and a bucket key, versioned, without public access and ACLs, reached
 * over TLS 1.2 only, with access log, lifecycle, and one owner of its event notifications.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const reports = new SecureBucket("reports", { key, retention: { expireAfterDays: 365 } });
 */
export class SecureBucket extends PlatformComponent {
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  /** What must exist before the bucket is safe to use: its policy, encryption and notifications. */
  readonly ready: pulumi.Resource[];
  private readonly key: EncryptionKey;
  private readonly events: BucketEvents;
  private readonly config: BucketSettings;

  constructor(name: string, args: SecureBucketArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("storage", "SecureBucket", name, opts);
    const { forceDestroy, protect } = dataProtection(args.protection);
    const settings = this.settings(secureBucketSettings, args, (config, check) =>
      checkBucket(args, config, forceDestroy, check),
    );
    this.config = settings;
    this.key = args.key;

    const bucketArgs: aws.s3.BucketArgs = { forceDestroy, objectLockEnabled: settings.objectLock !== undefined };
    const bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      args.transform?.bucket?.(bucketArgs) ?? bucketArgs,
      // The bucket's encryption names the key, the bucket does not: without this, a stack that is destroyed loses its key before the
      // bucket, whose deletion fails while it has objects.
      this.mainChild({ protect, dependsOn: settings.accessLogDestination ? [] : [args.key] }),
    );
    this.bucketName = bucket.bucket;
    this.bucketArn = bucket.arn;
    const versioning = new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      this.child(),
    );
    const secured = this.secure(bucket, args);
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { bucket: bucket.bucket, rules: lifecycleRules(settings.retention) },
      this.child({ dependsOn: [versioning] }),
    );
    this.events = new BucketEvents(this.scope, bucket.bucket, settings.eventBridge, settings.directEvents);
    this.ready = [...secured, versioning, ...this.events.resources];
    if (!settings.accessLogDestination) this.logAccesses(args);
    const versioned = this.scope.after(versioning);
    addOptions(versioned, bucket.bucket, settings);
    const { key, inventory, replication } = args;
    if (inventory) {
      const { destination, prefix } = inventory;
      addInventory(versioned, bucket.bucket, { bucketArn: destination.bucketArn, prefix, keyArn: key.keyArn });
    }
    if (replication) addReplication(versioned, bucket, { key, replication });
    this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn });
  }

  /**
   * Sends events to a queue, function or topic. S3 knows one notification configuration a bucket, which is replaced as a
   * whole: so this bucket alone owns it and collects targets until the program's current turn ends.
   */
  onEvent(target: EventTarget): void {
    const refusal = this.events.add(target);
    if (refusal) this.check.require(false, "onEvent", target.id, refusal);
  }

  /** Whether the bucket receives what other buckets deliver. */
  receives(delivery: "accessLogs" | "inventories"): boolean {
    return delivery === "accessLogs" ? this.config.accessLogDestination : this.config.inventoryDestination;
  }

  /** What a role needs to list and read objects under a prefix (no wildcards; the whole bucket by default). */
  grantRead(prefix = "", options: grants.ReadOptions = {}): Statement[] {
    return [...grants.readStatements(this.bucketArn, this.plain(prefix), options), ...this.key.grantDecrypt()];
  }

  /** What a role needs to list objects under a prefix, without reading them. */
  grantList(prefix = ""): Statement[] {
    return grants.listStatements(this.bucketArn, this.plain(prefix), false);
  }

  /** What a role needs to write objects under a prefix. */
  grantWrite(prefix = "", options: grants.WriteOptions = {}): Statement[] {
    // Parts are decrypted when S3 joins them: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
    const key = options.parts ? this.key.grantEncryptDecrypt() : this.key.grantEncrypt();
    return [...grants.writeStatements(this.bucketArn, this.plain(prefix), options), ...key];
  }

  /** What a role needs to delete objects under a prefix; with `versions`, for good. */
  grantDelete(prefix = "", options: { readonly versions?: boolean } = {}): Statement[] {
    return grants.deleteStatements(this.bucketArn, this.plain(prefix), options.versions ?? false);
  }

  /** What a role needs to read and write objects under a prefix. */
  grantReadWrite(prefix = "", options: grants.ReadOptions & grants.WriteOptions = {}): Statement[] {
    return [...this.grantRead(prefix, options), ...this.grantWrite(prefix, options)];
  }

  /** What an AWS service needs besides, which asks for the region of a bucket before it uses it. */
  grantLocation(): Statement[] {
    return grants.locationStatements(this.bucketArn);
  }

  /** What an AWS service needs besides, which follows uploads in parts that are under way; with a prefix, it also lists their parts there. */
  grantUploads(prefix?: string): Statement[] {
    return grants.uploadStatements(this.bucketArn, prefix === undefined ? undefined : this.plain(prefix));
  }

  private plain(prefix: string): string {
    this.check.matches("prefix", prefix, /^(?!\/)[^*?]*$/, "a key prefix without wildcards and leading slash");
    return prefix;
  }

  /** Ownership, public access, encryption and policy; returns what must exist before the bucket is used. */
  private secure({ bucket, arn }: aws.s3.Bucket, args: SecureBucketArgs): pulumi.Resource[] {
    const { name } = this;
    const { accessLogDestination, inventoryDestination } = this.config;
    const ownership = new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      this.child(),
    );
    const access = new aws.s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      this.child(),
    );
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      {
        bucket,
        rules: [
          accessLogDestination
            ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
            : {
                applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.key.keyArn },
                bucketKeyEnabled: true,
              },
        ],
      },
      this.child(),
    );
    const statements = bucketPolicy({
      bucketArn: arn,
      keyArn: args.key.keyArn,
      accountId: this.aws.accountId,
      accessLogDestination,
      inventoryDestination,
    });
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket, policy: policyDocument([...statements, ...(args.statements?.(arn) ?? [])]) },
      this.child({ dependsOn: [access] }),
    );
    return [ownership, policy, encryption];
  }

  private logAccesses({ accessLogs, key, protection }: SecureBucketArgs): void {
    const logs = accessLogs ?? {
      prefix: "",
      bucket: new SecureBucket(
        `${this.name}-access-logs`,
        {
          key,
          protection,
          accessLogDestination: true,
          retention: { expireAfterDays: this.config.accessLogRetentionDays },
        },
        this.mainChild(),
      ),
    };
    new aws.s3.BucketLogging(
      `${this.name}-logging`,
      { bucket: this.bucketName, targetBucket: logs.bucket.bucketName, targetPrefix: logs.prefix },
      this.child({ dependsOn: logs.bucket.ready }),
    );
  }
}

/** Checks the settings of a bucket with one another, and with the other buckets that it names. */
function checkBucket(
  { key, accessLogs, inventory }: SecureBucketArgs,
  { retention, objectLock }: BucketSettings,
  forceDestroy: boolean,
  check: ArgumentCheck,
): void {
  check.add(retentionProblems(retention).map((one) => ({ ...one, argument: `retention.${one.argument}` })));
  check.require(
    !(forceDestroy && objectLock?.mode === "COMPLIANCE"),
    "objectLock.mode",
    objectLock?.mode,
    "GOVERNANCE where data may be lost: objects under COMPLIANCE cannot be deleted by anybody",
  );
  if (inventory) {
    check.require(
      inventory.destination.receives("inventories"),
      "inventory.destination",
      inventory.destination.name,
      "a bucket made with inventoryDestination: true",
    );
    key.requireUser("s3", check);
  }
  check.require(
    accessLogs === undefined || accessLogs.bucket.receives("accessLogs"),
    "accessLogs.bucket",
    accessLogs?.bucket.name,
    "a bucket made with accessLogDestination: true",
  );
}
