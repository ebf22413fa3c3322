import { typeInfo } from "../../../evaluate/type-facts";
import type { Row } from "../generic/row";
import type { Handler, Props } from "../handler";
import { notificationOf, withFilters } from "../types/s3/notification";

const typeOf = (name: string): string => `aws:s3/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

/** A setting of which a bucket has one: its id is the bucket's name. */
function setting(name: string, requests: string, item: string, row: Partial<Row>): Row {
  const type = typeOf(name);
  const replacing = ["bucket", "expectedBucketOwner", ...((row.replaceOn ?? []) as readonly string[])];
  return {
    service: "S3",
    create: `Put${requests}`,
    id: "{bucket}",
    read: { operation: `Get${requests}`, item },
    update: [`Put${requests}`],
    delete: `Delete${requests}`,
    ...row,
    type,
    replaceOn: replacing.filter((property) => typeInfo(type).inputs.has(property)),
  };
}

/**
 * A setting of which a bucket may have several, each with a name: the id is `<bucket>:<name>`. MiniStack takes a request for such a
 * setting for a request about the bucket itself, so that it is only checked.
 */
function named(name: string, requests: string, structure: string, row: Partial<Row>): Row {
  const put = { operation: `Put${requests}`, with: ({ name: Id }: Props) => ({ Id }) };
  return {
    service: "S3",
    create: put,
    id: "{bucket}:{name}",
    within: [structure],
    update: [put],
    recorded: () => ({}),
    replaceOn: ["bucket", "name"],
    keeps: ["name"],
    autoname: { property: "name", maxLength: 64 },
    ...row,
    names: { name: `${structure}.Id`, ...row.names },
    type: typeOf(name),
  };
}

/** A filter by a prefix and a tag, or by several of them at once. */
function tieringFilter({ prefix, tags = {} }: { readonly prefix?: string; readonly tags?: Props }): Props {
  const pairs = Object.entries(tags).map(([key, value]) => ({ key, value }));
  return pairs.length + (prefix ? 1 : 0) > 1 ? { and: { prefix, tags } } : { prefix, tag: pairs[0] };
}

/** A rule for every object has an empty filter. */
const withFilter = (rule: Props): Props => (rule.filter || rule.prefix !== undefined ? rule : { ...rule, filter: {} });

/** Versioning that was never enabled is not suspended. */
const suspended = (versioning: Handler): Handler => ({
  ...versioning,
  async delete(ctx, id, known) {
    const { status } = known.versioningConfiguration as { readonly status: string };
    if (status !== "Disabled") await versioning.delete(ctx, id, known);
  },
});

export const S3: readonly Row[] = [
  setting("BucketCorsConfiguration", "BucketCors", ".", {
    within: ["CORSConfiguration"],
    gone: ({ CORSRules }) => !CORSRules,
    unordered: ["allowedHeaders", "allowedMethods", "allowedOrigins", "exposeHeaders"].map(
      (list) => `corsRules.${list}`,
    ),
  }),
  named(
    "BucketIntelligentTieringConfiguration",
    "BucketIntelligentTieringConfiguration",
    "IntelligentTieringConfiguration",
    {
      sends: { status: "Enabled" },
      prepare: ({ filter, ...inputs }) => ({ ...inputs, ...(filter ? { filter: tieringFilter(filter) } : {}) }),
      defaults: { status: "Enabled" },
      unordered: ["tierings"],
    },
  ),
  setting("BucketLifecycleConfiguration", "BucketLifecycleConfiguration", ".", {
    within: ["LifecycleConfiguration"],
    delete: "DeleteBucketLifecycle",
    prepare: ({ rules = [], ...inputs }) => ({ ...inputs, rules: (rules as Props[]).map(withFilter) }),
    gone: ({ Rules }) => !Rules,
    computed: ({ item }) => ({
      transitionDefaultMinimumObjectSize: item.TransitionDefaultMinimumObjectSize ?? "all_storage_classes_128K",
    }),
    defaults: { transitionDefaultMinimumObjectSize: "all_storage_classes_128K" },
    keeps: ["transitionDefaultMinimumObjectSize"],
    unordered: ["rules"],
    settings: ["timeouts"],
  }),
  setting("BucketLogging", "BucketLogging", "LoggingEnabled", {
    within: ["BucketLoggingStatus.LoggingEnabled"],
    // AWS requires the prefix, which may be empty.
    prepare: (inputs) => ({ targetPrefix: "", ...inputs }),
    computed: ({ item }) => ({ targetPrefix: item.TargetPrefix ?? "" }),
    delete: { operation: "PutBucketLogging", with: { BucketLoggingStatus: {} } },
  }),
  setting("BucketNotification", "BucketNotificationConfiguration", ".", {
    names: {
      eventbridge: "NotificationConfiguration.EventBridgeConfiguration",
      lambdaFunctions: "NotificationConfiguration.LambdaFunctionConfigurations",
      queues: "NotificationConfiguration.QueueConfigurations",
      topics: "NotificationConfiguration.TopicConfigurations",
    },
    delete: { operation: "PutBucketNotificationConfiguration", with: { NotificationConfiguration: {} } },
    prepare: withFilters,
    computed: ({ item, known }) => notificationOf(item, known),
    unordered: ["queues", "topics", "lambdaFunctions", "queues.events", "topics.events", "lambdaFunctions.events"],
  }),
  setting("BucketObjectLockConfiguration", "ObjectLockConfiguration", "ObjectLockConfiguration", {
    within: ["ObjectLockConfiguration"],
    // The lock itself stays for ever; only the default retention goes.
    delete: {
      operation: "PutObjectLockConfiguration",
      with: { ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } },
    },
    sends: { objectLockEnabled: "Enabled" },
    cleared: ["rule"],
    replaceOn: ["objectLockEnabled"],
    defaults: { objectLockEnabled: "Enabled" },
  }),
  setting("BucketOwnershipControls", "BucketOwnershipControls", "OwnershipControls", {
    within: ["OwnershipControls"],
    gone: ({ Rules }) => !Rules?.length,
    computed: ({ item }) => ({ rule: { objectOwnership: item.Rules[0].ObjectOwnership } }),
  }),
  setting("BucketPolicy", "BucketPolicy", ".", { gone: ({ Policy }) => !Policy, documents: ["policy"] }),
  setting("BucketPublicAccessBlock", "PublicAccessBlock", "PublicAccessBlockConfiguration", {
    within: ["PublicAccessBlockConfiguration"],
    settings: ["skipDestroy"],
  }),
  setting("BucketReplicationConfig", "BucketReplication", "ReplicationConfiguration", {
    within: ["ReplicationConfiguration"],
    unordered: ["rules"],
  }),
  setting("BucketServerSideEncryptionConfiguration", "BucketEncryption", "ServerSideEncryptionConfiguration", {
    within: ["ServerSideEncryptionConfiguration"],
    unordered: ["rules"],
  }),
  setting("BucketVersioning", "BucketVersioning", ".", {
    computed: ({ item }) => ({
      versioningConfiguration: { status: item.Status ?? "Disabled", mfaDelete: item.MFADelete },
    }),
    // Versioning can be suspended, never undone.
    delete: { operation: "PutBucketVersioning", with: { VersioningConfiguration: { Status: "Suspended" } } },
    wrap: suspended,
  }),
  named("Inventory", "BucketInventoryConfiguration", "InventoryConfiguration", {
    names: {
      enabled: "InventoryConfiguration.IsEnabled",
      "destination.bucket": "S3BucketDestination",
      "destination.bucket.bucketArn": "Bucket",
    },
    sends: { enabled: true },
    defaults: { enabled: true },
    unordered: ["optionalFields"],
  }),
];
