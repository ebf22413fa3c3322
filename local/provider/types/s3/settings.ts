import * as s3 from "@aws-sdk/client-s3";
import type * as args from "@pulumi/aws/s3";
import { define, found, type Handler, type Inputs, type Props } from "../../handler";
import { documentText, fromApi, toApi } from "../../shape";
import { isObject } from "../../../../evaluate/wire";

interface Setting<I> extends Partial<Pick<Handler, "defaults" | "unordered" | "documents" | "keeps" | "replaceOn">> {
  readonly type: string;
  put(bucket: string, inputs: I): object;
  get(bucket: string): object;
  /** The inputs from the answer; undefined when nothing is set. */
  shape(answer: never, known: Props): Props | undefined;
  /** Without it, the setting stays as it is when the resource goes, as with AWS's provider. */
  remove?(bucket: string, known: I): object | undefined;
}

interface Sender {
  send(command: object): Promise<object>;
}

/** One setting of a bucket, of which a bucket has one: the id is the bucket's name. */
function setting<Args extends object>(kind: Setting<Inputs<Args>>): Handler {
  const { type, put, get, shape, remove, ...facts } = kind;
  type Known = Inputs<Args> & { readonly bucket: string };
  return define<Args>({
    outputs: [],
    ...facts,
    type,
    replaceOn: ["bucket", "expectedBucketOwner", ...(facts.replaceOn ?? [])],
    async create(ctx, inputs) {
      const { bucket } = inputs as Known;
      await (ctx.client(s3.S3Client) as Sender).send(put(bucket, inputs));
      return bucket;
    },
    async read(ctx, bucket, known) {
      const answer = await found((ctx.client(s3.S3Client) as Sender).send(get(bucket)));
      const props = answer && shape(answer as never, known);
      return props && { bucket, ...props };
    },
    async update(ctx, bucket, _olds, news) {
      await (ctx.client(s3.S3Client) as Sender).send(put(bucket, news));
    },
    async delete(ctx, bucket, known) {
      const command = remove?.(bucket, known);
      if (command) await (ctx.client(s3.S3Client) as Sender).send(command);
    },
  });
}

const RULE_NAMES = {
  id: "ID",
  sseAlgorithm: "SSEAlgorithm",
  kmsMasterKeyId: "KMSMasterKeyID",
  replicaKmsKeyId: "ReplicaKmsKeyID",
  corsRules: "CORSRules",
  sseKms: "SSEKMS",
  sseS3: "SSES3",
};

export const bucketCorsConfiguration = setting<args.BucketCorsConfigurationArgs>({
  type: "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
  unordered: [
    "corsRules.allowedHeaders",
    "corsRules.allowedMethods",
    "corsRules.allowedOrigins",
    "corsRules.exposeHeaders",
  ],
  put: (Bucket, { corsRules }) =>
    new s3.PutBucketCorsCommand({ Bucket, CORSConfiguration: toApi({ corsRules }, RULE_NAMES) }),
  get: (Bucket) => new s3.GetBucketCorsCommand({ Bucket }),
  shape: ({ CORSRules }: s3.GetBucketCorsCommandOutput) => CORSRules && fromApi({ CORSRules }, RULE_NAMES),
  remove: (Bucket) => new s3.DeleteBucketCorsCommand({ Bucket }),
});

export const bucketLifecycleConfiguration = setting<args.BucketLifecycleConfigurationArgs>({
  type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  defaults: { transitionDefaultMinimumObjectSize: "all_storage_classes_128K" },
  keeps: ["transitionDefaultMinimumObjectSize"],
  unordered: ["rules"],
  put: (Bucket, { rules = [], transitionDefaultMinimumObjectSize }) =>
    new s3.PutBucketLifecycleConfigurationCommand({
      Bucket,
      TransitionDefaultMinimumObjectSize: transitionDefaultMinimumObjectSize as s3.TransitionDefaultMinimumObjectSize,
      // A rule for every object says so with an empty filter.
      LifecycleConfiguration: {
        Rules: rules.map((rule) =>
          lifecycleRule(rule.filter || rule.prefix !== undefined ? rule : { ...rule, filter: {} }),
        ),
      },
    }),
  get: (Bucket) => new s3.GetBucketLifecycleConfigurationCommand({ Bucket }),
  shape: ({ Rules, TransitionDefaultMinimumObjectSize }: s3.GetBucketLifecycleConfigurationCommandOutput) =>
    Rules && {
      ...fromApi({ Rules }, RULE_NAMES),
      transitionDefaultMinimumObjectSize: TransitionDefaultMinimumObjectSize ?? "all_storage_classes_128K",
    },
  remove: (Bucket) => new s3.DeleteBucketLifecycleCommand({ Bucket }),
});

/** Dates travel as text in properties and as dates in requests. */
function lifecycleRule(rule: unknown): s3.LifecycleRule {
  const revived = (value: unknown, key = ""): unknown => {
    if (Array.isArray(value)) return value.map((item) => revived(item));
    if (isObject(value))
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, revived(item, name)]));
    return key === "Date" && typeof value === "string" ? new Date(value) : value;
  };
  return revived(toApi(rule, RULE_NAMES)) as s3.LifecycleRule;
}

export const bucketLogging = setting<args.BucketLoggingArgs>({
  type: "aws:s3/bucketLogging:BucketLogging",
  put: (Bucket, { targetBucket, targetPrefix, targetGrants, targetObjectKeyFormat }) =>
    new s3.PutBucketLoggingCommand({
      Bucket,
      BucketLoggingStatus: {
        LoggingEnabled: {
          TargetBucket: targetBucket,
          TargetPrefix: targetPrefix,
          TargetGrants: toApi(targetGrants, { id: "ID", uri: "URI" }),
          TargetObjectKeyFormat: toApi(targetObjectKeyFormat),
        },
      },
    }),
  get: (Bucket) => new s3.GetBucketLoggingCommand({ Bucket }),
  shape: ({ LoggingEnabled }: s3.GetBucketLoggingCommandOutput) =>
    LoggingEnabled && { targetPrefix: "", ...fromApi(LoggingEnabled, { id: "ID", uri: "URI" }) },
  remove: (Bucket) => new s3.PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} }),
});

const NOTIFICATIONS = {
  queues: { list: "QueueConfigurations", input: "queueArn", api: "QueueArn" },
  topics: { list: "TopicConfigurations", input: "topicArn", api: "TopicArn" },
  lambdaFunctions: { list: "LambdaFunctionConfigurations", input: "lambdaFunctionArn", api: "LambdaFunctionArn" },
} as const;

type NotificationRule = Readonly<Record<string, unknown>> & {
  readonly id?: string;
  readonly events: readonly string[];
  readonly filterPrefix?: string;
  readonly filterSuffix?: string;
};

export const bucketNotification = setting<args.BucketNotificationArgs>({
  type: "aws:s3/bucketNotification:BucketNotification",
  unordered: ["queues", "topics", "lambdaFunctions", "queues.events", "topics.events", "lambdaFunctions.events"],
  put: (Bucket, inputs) =>
    new s3.PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        ...(inputs.eventbridge ? { EventBridgeConfiguration: {} } : {}),
        ...Object.fromEntries(
          Object.entries(NOTIFICATIONS).map(([name, { list, input, api }]) => [
            list,
            ((inputs as Props)[name] as readonly NotificationRule[] | undefined)?.map((rule) => ({
              Id: rule.id,
              [api]: rule[input],
              Events: rule.events,
              Filter: keyFilter(rule),
            })),
          ]),
        ),
      },
    }),
  get: (Bucket) => new s3.GetBucketNotificationConfigurationCommand({ Bucket }),
  shape: (answer: s3.GetBucketNotificationConfigurationCommandOutput, known) => ({
    eventbridge: answer.EventBridgeConfiguration !== undefined,
    ...Object.fromEntries(
      Object.entries(NOTIFICATIONS).map(([name, { list, input, api }]) => [
        name,
        (answer[list] as (s3.QueueConfiguration & Record<string, string>)[] | undefined)?.map((rule, index) => ({
          // AWS makes up an id where none was given.
          id:
            (known[name] as readonly NotificationRule[] | undefined)?.[index]?.id ??
            (known.bucket ? undefined : rule.Id),
          [input]: rule[api],
          events: rule.Events,
          ...prefixAndSuffix(rule.Filter),
        })),
      ]),
    ),
  }),
  remove: (Bucket) => new s3.PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }),
});

function keyFilter({ filterPrefix, filterSuffix }: NotificationRule): s3.NotificationConfigurationFilter | undefined {
  const FilterRules: s3.FilterRule[] = [];
  if (filterPrefix) FilterRules.push({ Name: "prefix", Value: filterPrefix });
  if (filterSuffix) FilterRules.push({ Name: "suffix", Value: filterSuffix });
  return FilterRules.length > 0 ? { Key: { FilterRules } } : undefined;
}

function prefixAndSuffix(filter: s3.NotificationConfigurationFilter | undefined): Props {
  const value = (name: string): string | undefined =>
    filter?.Key?.FilterRules?.find((rule) => rule.Name?.toLowerCase() === name)?.Value;
  return { filterPrefix: value("prefix"), filterSuffix: value("suffix") };
}

export const bucketObjectLockConfiguration = setting<args.BucketObjectLockConfigurationArgs>({
  type: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  defaults: { objectLockEnabled: "Enabled" },
  replaceOn: ["objectLockEnabled"],
  put: (Bucket, { rule, token }) =>
    new s3.PutObjectLockConfigurationCommand({
      Bucket,
      Token: token,
      ObjectLockConfiguration: { ObjectLockEnabled: "Enabled", Rule: toApi(rule) },
    }),
  get: (Bucket) => new s3.GetObjectLockConfigurationCommand({ Bucket }),
  shape: ({ ObjectLockConfiguration: lock }: s3.GetObjectLockConfigurationCommandOutput) =>
    lock && { objectLockEnabled: lock.ObjectLockEnabled, rule: lock.Rule && fromApi(lock.Rule) },
  // The lock itself stays for ever; only the default retention goes.
  remove: (Bucket) =>
    new s3.PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } }),
});

export const bucketOwnershipControls = setting<args.BucketOwnershipControlsArgs>({
  type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  put: (Bucket, { rule }) =>
    new s3.PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [toApi(rule)] } }),
  get: (Bucket) => new s3.GetBucketOwnershipControlsCommand({ Bucket }),
  shape: ({ OwnershipControls }: s3.GetBucketOwnershipControlsCommandOutput) =>
    OwnershipControls?.Rules?.[0] && { rule: fromApi(OwnershipControls.Rules[0]) },
  remove: (Bucket) => new s3.DeleteBucketOwnershipControlsCommand({ Bucket }),
});

export const bucketPolicy = setting<args.BucketPolicyArgs>({
  type: "aws:s3/bucketPolicy:BucketPolicy",
  documents: ["policy"],
  put: (Bucket, { policy }) => new s3.PutBucketPolicyCommand({ Bucket, Policy: documentText(policy) }),
  get: (Bucket) => new s3.GetBucketPolicyCommand({ Bucket }),
  shape: ({ Policy }: s3.GetBucketPolicyCommandOutput) => (Policy ? { policy: Policy } : undefined),
  remove: (Bucket) => new s3.DeleteBucketPolicyCommand({ Bucket }),
});

export const bucketPublicAccessBlock = setting<args.BucketPublicAccessBlockArgs>({
  type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  put: (Bucket, { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets }) =>
    new s3.PutPublicAccessBlockCommand({
      Bucket,
      PublicAccessBlockConfiguration: toApi({
        blockPublicAcls,
        blockPublicPolicy,
        ignorePublicAcls,
        restrictPublicBuckets,
      }),
    }),
  get: (Bucket) => new s3.GetPublicAccessBlockCommand({ Bucket }),
  shape: ({ PublicAccessBlockConfiguration }: s3.GetPublicAccessBlockCommandOutput) =>
    PublicAccessBlockConfiguration && fromApi(PublicAccessBlockConfiguration),
  remove: (Bucket) => new s3.DeletePublicAccessBlockCommand({ Bucket }),
});

export const bucketReplicationConfig = setting<args.BucketReplicationConfigArgs>({
  type: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  unordered: ["rules"],
  put: (Bucket, { role, rules }) =>
    new s3.PutBucketReplicationCommand({ Bucket, ReplicationConfiguration: toApi({ role, rules }, RULE_NAMES) }),
  get: (Bucket) => new s3.GetBucketReplicationCommand({ Bucket }),
  shape: ({ ReplicationConfiguration }: s3.GetBucketReplicationCommandOutput) =>
    ReplicationConfiguration && fromApi(ReplicationConfiguration, RULE_NAMES),
  remove: (Bucket) => new s3.DeleteBucketReplicationCommand({ Bucket }),
});

export const bucketServerSideEncryptionConfiguration = setting<args.BucketServerSideEncryptionConfigurationArgs>({
  type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  unordered: ["rules"],
  put: (Bucket, { rules }) =>
    new s3.PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: rules.map(({ blockedEncryptionTypes, ...rule }) =>
          toApi(
            {
              ...rule,
              ...(blockedEncryptionTypes ? { blockedEncryptionTypes: { encryptionType: blockedEncryptionTypes } } : {}),
            },
            RULE_NAMES,
          ),
        ),
      },
    }),
  get: (Bucket) => new s3.GetBucketEncryptionCommand({ Bucket }),
  shape: ({ ServerSideEncryptionConfiguration: encryption }: s3.GetBucketEncryptionCommandOutput) =>
    encryption && {
      rules: encryption.Rules?.map(({ BlockedEncryptionTypes, ...rule }) => ({
        ...fromApi(rule, RULE_NAMES),
        blockedEncryptionTypes: BlockedEncryptionTypes?.EncryptionType,
      })),
    },
  remove: (Bucket) => new s3.DeleteBucketEncryptionCommand({ Bucket }),
});

export const bucketVersioning = setting<args.BucketVersioningArgs>({
  type: "aws:s3/bucketVersioning:BucketVersioning",
  put: (Bucket, { versioningConfiguration: { status, mfaDelete }, mfa }) =>
    new s3.PutBucketVersioningCommand({
      Bucket,
      MFA: mfa,
      VersioningConfiguration: { Status: status as s3.BucketVersioningStatus, MFADelete: mfaDelete as s3.MFADelete },
    }),
  get: (Bucket) => new s3.GetBucketVersioningCommand({ Bucket }),
  shape: ({ Status, MFADelete }: s3.GetBucketVersioningCommandOutput) => ({
    versioningConfiguration: { status: Status ?? "Disabled", mfaDelete: MFADelete },
  }),
  // Versioning can be suspended, never undone.
  remove: (Bucket, { versioningConfiguration }) =>
    versioningConfiguration.status === "Disabled"
      ? undefined
      : new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
});
