import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { policyDocument, type Statement } from "../../core/iam";
import { PlatformComponent } from "../../core/platform-component";
import { dataProtection, type Protection } from "../../core/protection";
import { BucketEvents, type EventTarget } from "./events";
import * as grants from "./grants";
import { addCors, addInventory, addObjectLock, addReplication, addTiering } from "./options";
import type { CorsRule, IntelligentTiering, ObjectLock, Replication } from "./options";
import { bucketPolicy } from "./policy";
import { lifecycleRules, retentionProblems, type Retention } from "./lifecycle";

export interface SecureBucketArgs {
  readonly key: EncryptionKey;
  /** Default: replaced versions are kept 90 days, unfinished uploads 7. */
  readonly retention?: Retention;
  readonly protection?: Protection;
  /** Where the access log goes. Default: a bucket made for it, `<name>-access-logs`, which keeps it a year. */
  readonly accessLogs?: { readonly bucket: SecureBucket; readonly prefix: string };
  /** The bucket receives other buckets' access logs: SSE-S3 instead of the key, which log delivery cannot use. */
  readonly accessLogDestination?: boolean;
  /** The bucket receives inventories, its own or other buckets'. */
  readonly inventoryDestination?: boolean;
  /** Sends every event of the bucket to EventBridge. */
  readonly eventBridge?: boolean;
  /** The bucket tells queues, functions or topics directly too: see `onEvent`. */
  readonly directEvents?: boolean;
  readonly cors?: readonly CorsRule[];
  /** Moves objects between access tiers by themselves. */
  readonly intelligentTiering?: IntelligentTiering;
  readonly objectLock?: ObjectLock;
  /** A weekly list of all objects, in Parquet, in a bucket that is an `inventoryDestination`. */
  readonly inventory?: { readonly destination: SecureBucket; readonly prefix: string };
  readonly replication?: Replication;
  /** Statements of the bucket's policy beyond the platform's own. */
  readonly statements?: (bucketArn: pulumi.Output<string>) => readonly Statement[];
  readonly transform?: { readonly bucket?: (args: aws.s3.BucketArgs) => aws.s3.BucketArgs };
}

export const SECURE_BUCKET_DEFAULTS = { eventBridge: false, accessLogRetentionDays: 365 };

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

  constructor(
    name: string,
    private readonly args: SecureBucketArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("storage", "SecureBucket", name, opts);
    const settings = dataProtection(args.protection);
    this.checkArguments(args, settings.forceDestroy);
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
    const statements = bucketPolicy({
      bucketArn: bucket.arn,
      keyArn: args.key.keyArn,
      accountId: this.aws.accountId,
      accessLogDestination: args.accessLogDestination ?? false,
      inventoryDestination: args.inventoryDestination ?? false,
    });
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      { ...of, policy: policyDocument([...statements, ...(args.statements?.(bucket.arn) ?? [])]) },
      this.child({ dependsOn: [access] }),
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { ...of, rules: lifecycleRules(args.retention ?? {}) },
      this.child({ dependsOn: [versioning] }),
    );
    this.events = new BucketEvents(
      name,
      of.bucket,
      args.eventBridge ?? SECURE_BUCKET_DEFAULTS.eventBridge,
      args.directEvents ?? false,
      this.child(),
    );
    this.ready = [ownership, policy, encryption, versioning, ...this.events.resources];
    this.addOptions(versioning);
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
    return [...grants.readStatements(this.bucketArn, this.plain(prefix)), ...this.key.grantDecrypt()];
  }

  /** What a role needs to write objects under a prefix. */
  grantWrite(prefix = ""): Statement[] {
    return [...grants.writeStatements(this.bucketArn, this.plain(prefix)), ...this.key.grantEncryptDecrypt()];
  }

  /** What a role needs to delete objects under a prefix; with `versions`, for good. */
  grantDelete(prefix = "", options: { readonly versions?: boolean } = {}): Statement[] {
    return grants.deleteStatements(this.bucketArn, this.plain(prefix), options.versions ?? false);
  }

  grantReadWrite(prefix = ""): Statement[] {
    return [...this.grantRead(prefix), ...this.grantWrite(prefix)];
  }

  private plain(prefix: string): string {
    this.check.matches("prefix", prefix, /^(?!\/)[^*?]*$/, "a key prefix without wildcards and leading slash");
    return prefix;
  }

  private checkArguments(args: SecureBucketArgs, forceDestroy: boolean): void {
    for (const { argument, value, allowed } of retentionProblems(args.retention ?? {})) {
      this.check.require(false, `retention.${argument}`, value, allowed);
    }
    this.check.integer("objectLock.days", args.objectLock?.days, 1, 36500);
    this.check.require(
      !(forceDestroy && args.objectLock?.mode === "COMPLIANCE"),
      "objectLock.mode",
      args.objectLock?.mode,
      "GOVERNANCE where data may be lost: objects under COMPLIANCE cannot be deleted by anybody",
    );
    const { archiveAfterDays, deepArchiveAfterDays } = args.intelligentTiering ?? {};
    this.check.integer("intelligentTiering.archiveAfterDays", archiveAfterDays, 90, 730);
    this.check.integer("intelligentTiering.deepArchiveAfterDays", deepArchiveAfterDays, 180, 730);
    this.check.require(
      args.intelligentTiering === undefined || (archiveAfterDays ?? deepArchiveAfterDays) !== undefined,
      "intelligentTiering",
      args.intelligentTiering,
      "archiveAfterDays, deepArchiveAfterDays, or both",
    );
    for (const rule of args.cors ?? []) {
      this.check.require(!rule.origins.includes("*"), "cors.origins", "*", "the origins of your own pages");
    }
    if (args.inventory) {
      const fits = args.inventory.destination.args.inventoryDestination ?? false;
      this.check.require(
        fits,
        "inventory.destination",
        args.inventory.destination.name,
        "a bucket made with inventoryDestination: true",
      );
      this.check.require(
        args.key.admits("s3"),
        "key",
        "a key that S3 cannot use",
        'an EncryptionKey with "s3" among its users',
      );
    }
    if (args.accessLogs) {
      const fits = args.accessLogs.bucket.args.accessLogDestination ?? false;
      this.check.require(
        fits,
        "accessLogs.bucket",
        args.accessLogs.bucket.name,
        "a bucket made with accessLogDestination: true",
      );
    }
  }

  private addOptions(versioning: pulumi.Resource): void {
    const { args, name, bucketName: bucket } = this;
    const place = {
      scope: this.scope.after(versioning),
      name,
      bucket,
      options: this.child({ dependsOn: [versioning] }),
    };
    if (!args.accessLogDestination) {
      const logs = args.accessLogs ?? { bucket: this.ownAccessLogs(), prefix: "" };
      new aws.s3.BucketLogging(
        `${name}-logging`,
        { bucket, targetBucket: logs.bucket.bucketName, targetPrefix: logs.prefix },
        this.child({ dependsOn: logs.bucket.ready }),
      );
    }
    if (args.cors) addCors(place, args.cors);
    if (args.intelligentTiering) addTiering(place, args.intelligentTiering);
    if (args.objectLock) addObjectLock(place, args.objectLock);
    if (args.inventory) {
      const { destination, prefix } = args.inventory;
      addInventory(place, { bucketArn: destination.bucketArn, prefix, keyArn: args.key.keyArn });
    }
    if (args.replication) {
      addReplication(place, this.bucketArn, this.aws.accountId, this.key, args.replication);
    }
  }

  private ownAccessLogs(): SecureBucket {
    const { key, protection } = this.args;
    return new SecureBucket(
      `${this.name}-access-logs`,
      {
        key,
        protection,
        accessLogDestination: true,
        retention: { expireAfterDays: SECURE_BUCKET_DEFAULTS.accessLogRetentionDays },
      },
      this.mainChild(),
    );
  }
}
