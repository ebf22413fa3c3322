import type { Row } from "../generic/row";
import { recordedEnd, resourcePolicy, stagesOf } from "../types/secretsmanager";

export const SECRETSMANAGER: readonly Row[] = [
  {
    type: "aws:secretsmanager/secret:Secret",
    service: "SecretsManager",
    create: "CreateSecret",
    id: "ARN",
    key: "SecretId",
    names: { arn: "ARN", policy: "ResourcePolicy" },
    read: { operation: "DescribeSecret", item: "." },
    update: ["UpdateSecret", { operation: "PutResourcePolicy", off: "DeleteResourcePolicy" }],
    delete: {
      operation: "DeleteSecret",
      with: ({ recoveryWindowInDays: days = 30 }) =>
        days === 0
          ? { ForceDeleteWithoutRecovery: true, RecoveryWindowInDays: undefined }
          : { RecoveryWindowInDays: days },
    },
    computed: async ({ ctx, id }) => ({ policy: await resourcePolicy(ctx, id) }),
    // A secret that waits for its deletion cannot be used any more.
    gone: ({ DeletedDate }) => DeletedDate !== undefined,
    unset: { description: "" },
    cleared: ["description"],
    replaceOn: ["name", "namePrefix"],
    keeps: ["name", "policy"],
    documents: ["policy"],
    settings: ["recoveryWindowInDays", "forceOverwriteReplicaSecret"],
    refuses: { replicas: "the local cloud has one region" },
    autoname: { property: "name", prefix: "namePrefix", maxLength: 512 },
  },
  {
    type: "aws:secretsmanager/secretRotation:SecretRotation",
    service: "SecretsManager",
    create: "RotateSecret",
    id: "{secretId}",
    read: { operation: "DescribeSecret", item: "." },
    update: ["RotateSecret"],
    delete: "CancelRotateSecret",
    gone: ({ DeletedDate, RotationEnabled }) => DeletedDate !== undefined || !RotationEnabled,
    sends: { rotateImmediately: true },
    replaceOn: ["secretId"],
    keeps: ["rotationEnabled"],
    unsent: ["rotationEnabled"],
    defaults: { rotateImmediately: true },
    settings: ["rotateImmediately"],
    refuses: {
      externalSecretRotationMetadatas: "the local cloud knows no partners' secrets",
      externalSecretRotationRoleArn: "the local cloud knows no partners' secrets",
    },
    wrap: recordedEnd,
  },
  {
    type: "aws:secretsmanager/secretVersion:SecretVersion",
    service: "SecretsManager",
    create: "PutSecretValue",
    id: "{secretId}|{versionId}",
    names: { arn: "ARN", secretArn: "ARN", secretStringWo: "SecretString" },
    read: { operation: "GetSecretValue", item: "." },
    prepare: ({ secretBinary, ...inputs }) =>
      secretBinary === undefined ? inputs : { ...inputs, secretBinary: Buffer.from(String(secretBinary), "base64") },
    computed: ({ item, known: { secretStringWo, secretString } }) => ({
      hasSecretStringWo: secretStringWo !== undefined,
      secretString: secretStringWo === undefined ? item.SecretString : secretString,
    }),
    replaceOn: ["secretBinary", "secretId", "secretString", "secretStringWo", "secretStringWoVersion"],
    forgotten: ["secretBinary", "secretStringWo"],
    unsent: ["secretStringWoVersion"],
    keeps: ["versionStages"],
    unordered: ["versionStages"],
    wrap: stagesOf,
  },
];
