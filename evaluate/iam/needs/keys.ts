import type { ProgramPolicies } from "../program";
import type { Need } from "./need";
import { placeOf } from "./need";

/** The uses of a key that follow from a request on an encrypted resource. */
interface KeyUse {
  /** Matches the action of the request. */
  readonly of: RegExp;
  readonly uses: readonly string[];
  /** The encryption context that the service sends; its key, and its value for the resource. */
  readonly encryptionContext?: string;
  readonly source: string;
}

const DOCS = "https://docs.aws.amazon.com";
const GENERATE = "kms:GenerateDataKey";
const DECRYPT = "kms:Decrypt";

/** What each service does with the key of an encrypted resource, by the caller's right or, for a service, by the key's policy. */
const KEY_USES: readonly KeyUse[] = [
  {
    of: /^s3:GetObject(Version)?$/,
    uses: [DECRYPT],
    encryptionContext: "aws:s3:arn",
    source: `${DOCS}/AmazonS3/latest/userguide/UsingKMSEncryption.html`,
  },
  {
    of: /^s3:PutObject$/,
    uses: [GENERATE],
    encryptionContext: "aws:s3:arn",
    source: `${DOCS}/AmazonS3/latest/userguide/UsingKMSEncryption.html`,
  },
  // Parts are decrypted when the upload is completed.
  {
    of: /^s3:AbortMultipartUpload$/,
    uses: [DECRYPT],
    encryptionContext: "aws:s3:arn",
    source: `${DOCS}/AmazonS3/latest/userguide/mpuoverview.html`,
  },
  {
    of: /^sqs:SendMessage$/,
    uses: [GENERATE, DECRYPT],
    encryptionContext: "aws:sqs:arn",
    source: `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html`,
  },
  {
    of: /^sqs:ReceiveMessage$/,
    uses: [DECRYPT],
    encryptionContext: "aws:sqs:arn",
    source: `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html`,
  },
  {
    of: /^sns:Publish$/,
    uses: [GENERATE, DECRYPT],
    encryptionContext: "aws:sns:topicArn",
    source: `${DOCS}/sns/latest/dg/sns-key-management.html`,
  },
  {
    of: /^dynamodb:(?!Describe|List)/,
    uses: [DECRYPT],
    source: `${DOCS}/amazondynamodb/latest/developerguide/encryption.howitworks.html`,
  },
  {
    of: /^secretsmanager:GetSecretValue$/,
    uses: [DECRYPT],
    encryptionContext: "SecretARN",
    source: `${DOCS}/secretsmanager/latest/userguide/security-encryption.html`,
  },
  {
    of: /^secretsmanager:(CreateSecret|PutSecretValue)$/,
    uses: [GENERATE, DECRYPT],
    encryptionContext: "SecretARN",
    source: `${DOCS}/secretsmanager/latest/userguide/security-encryption.html`,
  },
  {
    of: /^kinesis:PutRecords?$/,
    uses: [GENERATE],
    encryptionContext: "aws:kinesis:arn",
    source: `${DOCS}/streams/latest/dev/permissions-user-key-KMS.html`,
  },
  {
    of: /^kinesis:GetRecords$/,
    uses: [DECRYPT],
    encryptionContext: "aws:kinesis:arn",
    source: `${DOCS}/streams/latest/dev/permissions-user-key-KMS.html`,
  },
  { of: /^glue:Get/, uses: [DECRYPT], source: `${DOCS}/glue/latest/dg/encrypt-glue-data-catalog.html` },
  {
    of: /^glue:\w*(Create|Update)(Partition|Table)/,
    uses: [GENERATE, "kms:Encrypt", DECRYPT],
    source: `${DOCS}/glue/latest/dg/encrypt-glue-data-catalog.html`,
  },
  {
    of: /^states:DescribeExecution$/,
    uses: [DECRYPT],
    source: `${DOCS}/step-functions/latest/dg/encryption-at-rest.html`,
  },
];

/**
 * Returns what an action on an encrypted resource does with the resource's key. The local cloud has a table of its own for the requests that it decides
 * (local/iam/enforcement/keys.py), which a test holds equal to this one.
 */
export const keyUsesOf = (action: string): readonly KeyUse[] => KEY_USES.filter(({ of }) => of.test(action));

/** The part of an ARN that names the resource which has the key, by service. */
const OWNERS: Readonly<Record<string, (arn: string) => string>> = {
  s3: (arn) => arn.split("/")[0] ?? arn,
  dynamodb: (arn) => arn.split("/").slice(0, 2).join("/"),
  states: (arn) => arn.replace(":execution:", ":stateMachine:").split(":").slice(0, 7).join(":"),
};

/** Returns the ARN of the key with which each resource of a program is encrypted, by the resource's ARN. */
export function keysOf(program: ProgramPolicies): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  const put = (type: string, keyOf: (inputs: Record<string, never>) => unknown): void => {
    for (const { state, inputs } of program.of(type)) {
      const key = keyOf(inputs as Record<string, never>);
      if (typeof key === "string") keys.set(state.arn, key);
    }
  };
  put("aws:sqs/queue:Queue", ({ kmsMasterKeyId }) => kmsMasterKeyId);
  put("aws:sns/topic:Topic", ({ kmsMasterKeyId }) => kmsMasterKeyId);
  put("aws:kinesis/stream:Stream", ({ kmsKeyId }) => kmsKeyId);
  put("aws:secretsmanager/secret:Secret", ({ kmsKeyId }) => kmsKeyId);
  put("aws:cloudwatch/eventBus:EventBus", ({ kmsKeyIdentifier }) => kmsKeyIdentifier);
  put("aws:cloudwatch/logGroup:LogGroup", ({ kmsKeyId }) => kmsKeyId);
  for (const { state, inputs } of program.of("aws:dynamodb/table:Table")) {
    const key = inputs.serverSideEncryption?.kmsKeyArn;
    if (key) for (const arn of [state.arn, state.streamArn]) keys.set(arn, key);
  }
  for (const { state, inputs } of program.of("aws:sfn/stateMachine:StateMachine")) {
    const key = inputs.encryptionConfiguration?.kmsKeyId;
    if (key) keys.set(state.arn, key);
  }
  for (const { inputs } of program.of(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  )) {
    const key = inputs.rules?.[0]?.applyServerSideEncryptionByDefault?.kmsMasterKeyId;
    const bucket = program.named("aws:s3/bucket:Bucket", inputs.bucket);
    if (key && bucket) keys.set(bucket.state.arn, key);
  }
  for (const type of ["aws:rds/cluster:Cluster", "aws:rds/instance:Instance"]) {
    for (const { state, inputs } of program.of(type)) {
      const secret = state.masterUserSecrets?.[0]?.secretArn;
      if (secret && inputs.masterUserSecretKmsKeyId) keys.set(secret, inputs.masterUserSecretKmsKeyId);
    }
  }
  for (const { inputs } of program.of("aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings")) {
    const key = inputs.dataCatalogEncryptionSettings?.encryptionAtRest?.sseAwsKmsKeyId;
    if (key) keys.set("glue", key);
  }
  return keys;
}

/** Returns the uses of keys that follow from requests. */
export function keyNeeds(needs: readonly Need[], program: ProgramPolicies): Need[] {
  const keys = keysOf(program);
  return needs.flatMap((need) => {
    const service = need.resource.split(":")[2] ?? "";
    const owner = OWNERS[service]?.(need.resource) ?? need.resource;
    const key = keys.get(service === "glue" ? "glue" : owner) ?? keys.get(need.resource);
    if (key === undefined) return [];
    return keyUsesOf(need.action).flatMap(({ uses, encryptionContext, source }) =>
      uses.map((action): Need => ({
        ...need,
        action,
        resource: key,
        context: {
          ...need.context,
          "kms:ViaService": `${service}.${placeOf(key).region}.amazonaws.com`,
          ...(encryptionContext ? { [`kms:EncryptionContext:${encryptionContext}`]: owner } : {}),
        },
        why: `${need.why}, and ${owner} is encrypted with the key`,
        source,
      })),
    );
  });
}
