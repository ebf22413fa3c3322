import type { RecordedResource } from "../recorded";
import { waitingFor } from "./graph";
import { bucketFinder, textsAt, textsOf } from "./inputs";
import type { LintProblem } from "./lint";

const KEYS = /^aws:kms\/(key|replicaKey|externalKey|replicaExternalKey):/;
const ALIAS = "aws:kms/alias:Alias";
const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";
const SOURCE = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html";

/**
 * The types that make a service encrypt what it writes to a bucket with a key: the paths of the key and of the bucket. The bucket itself
 * does not name the key, so nothing else makes it wait for the key.
 */
const WRITES_TO_BUCKETS: Readonly<Record<string, readonly { readonly key: string; readonly bucket: string }[]>> = {
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    { key: "rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId", bucket: "bucket" },
  ],
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": [
    { key: "rules[].destination.encryptionConfiguration.replicaKmsKeyId", bucket: "rules[].destination.bucket" },
  ],
  "aws:s3/inventory:Inventory": [
    { key: "destination.bucket.encryption.sseKms.keyId", bucket: "destination.bucket.bucketArn" },
  ],
  "aws:s3/bucketObjectv2:BucketObjectv2": [{ key: "kmsKeyId", bucket: "bucket" }],
  "aws:s3/objectCopy:ObjectCopy": [{ key: "kmsKeyId", bucket: "bucket" }],
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": [
    { key: "extendedS3Configuration.kmsKeyArn", bucket: "extendedS3Configuration.bucketArn" },
    {
      key: "extendedS3Configuration.s3BackupConfiguration.kmsKeyArn",
      bucket: "extendedS3Configuration.s3BackupConfiguration.bucketArn",
    },
  ],
  "aws:athena/workgroup:Workgroup": [
    {
      key: "configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn",
      bucket: "configuration.resultConfiguration.outputLocation",
    },
  ],
  "aws:dms/s3Endpoint:S3Endpoint": [{ key: "serverSideEncryptionKmsKeyId", bucket: "bucketName" }],
  "aws:cloudtrail/trail:Trail": [{ key: "kmsKeyId", bucket: "s3BucketName" }],
  "aws:rds/exportTask:ExportTask": [{ key: "kmsKeyId", bucket: "s3BucketName" }],
};

/** The catalog encrypts what is created after this setting, and reads what was encrypted before only as long as the key exists. */
const CATALOG_ENCRYPTION = "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings";
const CATALOG_CONTENT = /^aws:glue\/(catalogDatabase|catalogTable|connection):/;

/** The types that hold data, and what their inputs say where the data must not be lost. */
const KEPT: Readonly<Record<string, (inputs: RecordedResource["inputs"]) => boolean>> = {
  "aws:s3/bucket:Bucket": ({ forceDestroy }) => forceDestroy !== true,
  // The final snapshot is encrypted with the key of the database: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
  "aws:rds/instance:Instance": ({ skipFinalSnapshot }) => skipFinalSnapshot !== true,
  "aws:rds/cluster:Cluster": ({ skipFinalSnapshot }) => skipFinalSnapshot !== true,
  // A deleted table with point-in-time recovery leaves a backup for 35 days: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
  "aws:dynamodb/table:Table": ({ deletionProtectionEnabled }) => deletionProtectionEnabled === true,
};

/** The resources that are encrypted with one key: those that name it, and those that hold what others encrypt with it. */
interface Encrypted {
  readonly key: RecordedResource;
  readonly users: Set<RecordedResource>;
  readonly policies: readonly RecordedResource[];
}

/**
 * Finds data that could lose its key. Pulumi deletes what depends on a resource before that resource, so a key goes last only if
 * everything that is encrypted with it depends on it; and a key must stay where its data must stay.
 */
export function keyDependencies(resources: readonly RecordedResource[]): LintProblem[] {
  const keys = resources.filter(({ type }) => KEYS.test(type));
  if (keys.length === 0) return [];
  const waiting = waitingFor(resources);
  const catalogContent = resources.filter(({ type }) => CATALOG_CONTENT.test(type));
  const catalogProblems = resources
    .filter(({ type }) => type === CATALOG_ENCRYPTION)
    .flatMap((settings) => {
      const later = waiting(settings);
      return catalogContent
        .filter(({ urn, provider }) => provider === settings.provider && !later.has(urn))
        .map((content) => missing(content, settings, "the catalog encrypts only what is created after that"));
    });
  return [
    ...encrypted(resources, keys).flatMap(({ key, users, policies }) => [
      ...[key, ...policies].flatMap((first) => {
        const later = waiting(first);
        return [...users]
          .filter(({ urn }) => !later.has(urn))
          .map((user) => missing(user, first, "without its key, what is encrypted can neither be read nor restored"));
      }),
      ...losable(key, users),
    ]),
    ...catalogProblems,
  ];
}

const missing = (resource: RecordedResource, first: RecordedResource, reason: string): LintProblem => ({
  lint: "key-dependencies",
  resource,
  message: `it does not depend on ${first.name}, so it may be created before it and outlive it: ${reason}`,
  remedy: `Add ${first.name} to the option dependsOn of ${resource.name}.`,
  source: SOURCE,
});

/** Reports a key that the stack deletes although it keeps data that is encrypted with it. */
function losable(key: RecordedResource, users: ReadonlySet<RecordedResource>): LintProblem[] {
  if (key.protect || key.retainOnDelete) return [];
  const kept = [...users].find(({ type, inputs, retainOnDelete }) => retainOnDelete || KEPT[type]?.(inputs));
  if (!kept) return [];
  return [
    {
      lint: "key-dependencies",
      resource: key,
      message: `it is deleted with the stack, although ${kept.name} keeps data, snapshots or backups that are encrypted with it`,
      remedy: "Set the option retainOnDelete or protect of the key, unless its data may be lost.",
      source: SOURCE,
    },
  ];
}

function encrypted(resources: readonly RecordedResource[], keys: readonly RecordedResource[]): readonly Encrypted[] {
  const byKey = new Map(
    keys.map((key) => [key, { key, users: new Set<RecordedResource>(), policies: [] as RecordedResource[] }]),
  );
  const byText = new Map<unknown, RecordedResource>();
  for (const key of keys) for (const text of [key.state.arn, key.state.keyId, key.state.id]) byText.set(text, key);
  for (const { type, inputs, state } of resources) {
    const key = type === ALIAS ? byText.get(inputs.targetKeyId) : undefined;
    if (key) for (const text of [state.name, state.arn, state.id]) byText.set(text, key);
  }
  const entryOf = (text: string) => {
    const key = byText.get(text);
    return key && byKey.get(key);
  };
  const bucketOf = bucketFinder(resources);
  for (const resource of resources) {
    const { type, inputs, custom } = resource;
    if (!custom || KEYS.test(type) || type === ALIAS) continue;
    const named = new Set(textsOf(inputs).map(entryOf));
    for (const entry of named) {
      if (type === KEY_POLICY) entry?.policies.push(resource);
      else entry?.users.add(resource);
    }
    for (const { key, bucket } of WRITES_TO_BUCKETS[type] ?? []) {
      for (const entry of textsAt(inputs, key).map(entryOf)) {
        for (const holder of textsAt(inputs, bucket).map(bucketOf)) if (holder) entry?.users.add(holder);
      }
    }
  }
  return [...byKey.values()];
}
