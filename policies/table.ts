import type { Rule } from "./rule";
import athenaBytesCutoff from "./rules/athena/bytes-cutoff";
import athenaMetrics from "./rules/athena/metrics";
import athenaResultsEncrypted from "./rules/athena/results-encrypted";
import athenaSettingsEnforced from "./rules/athena/settings-enforced";
import crossExplicitProvider from "./rules/cross/explicit-provider";
import crossPermissionsBoundary from "./rules/cross/permissions-boundary";
import crossProtectStateful from "./rules/cross/protect-stateful";
import crossRegion from "./rules/cross/region";
import crossTags from "./rules/cross/tags";
import dynamodbCapacity from "./rules/dynamodb/capacity";
import dynamodbContributorInsights from "./rules/dynamodb/contributor-insights";
import dynamodbDeletionProtection from "./rules/dynamodb/deletion-protection";
import dynamodbEncryption from "./rules/dynamodb/encryption";
import dynamodbPointInTimeRecovery from "./rules/dynamodb/point-in-time-recovery";
import dynamodbReplicaDeletionProtection from "./rules/dynamodb/replica-deletion-protection";
import dynamodbReplicaEncryption from "./rules/dynamodb/replica-encryption";
import dynamodbReplicaRecovery from "./rules/dynamodb/replica-recovery";
import dynamodbStreamConsumerDeadLetter from "./rules/dynamodb/stream-consumer-dead-letter";
import eventbridgeBusNotPublic from "./rules/eventbridge/bus-not-public";
import eventbridgeTargetDeadLetter from "./rules/eventbridge/target-dead-letter";
import glueBookmarks from "./rules/glue/bookmarks";
import glueCatalogEncryption from "./rules/glue/catalog-encryption";
import glueCrawlerSecurityConfiguration from "./rules/glue/crawler-security-configuration";
import glueJobSecurityConfiguration from "./rules/glue/job-security-configuration";
import glueSecurityConfiguration from "./rules/glue/security-configuration";
import glueSupportedVersion from "./rules/glue/supported-version";
import iamNoAdmin from "./rules/iam/no-admin";
import iamNoWildcardService from "./rules/iam/no-wildcard-service";
import iamTrustNotPublic from "./rules/iam/trust-not-public";
import kmsDeletionWindow from "./rules/kms/deletion-window";
import kmsEnabled from "./rules/kms/enabled";
import kmsNoWildcardPrincipal from "./rules/kms/no-wildcard-principal";
import kmsRotation from "./rules/kms/rotation";
import lambdaDeadLetter from "./rules/lambda/dead-letter";
import lambdaEnvironmentEncryption from "./rules/lambda/environment-encryption";
import lambdaNoPublicPermission from "./rules/lambda/no-public-permission";
import lambdaPermissionSource from "./rules/lambda/permission-source";
import lambdaSupportedRuntime from "./rules/lambda/supported-runtime";
import lambdaTracing from "./rules/lambda/tracing";
import logsEncryption from "./rules/logs/encryption";
import logsRetention from "./rules/logs/retention";
import s3AccessLogging from "./rules/s3/access-logging";
import s3AclDisabled from "./rules/s3/acl-disabled";
import s3BucketKey from "./rules/s3/bucket-key";
import s3DefaultEncryption from "./rules/s3/default-encryption";
import s3DenyOtherKeys from "./rules/s3/deny-other-keys";
import s3DenyPlainHttp from "./rules/s3/deny-plain-http";
import s3Lifecycle from "./rules/s3/lifecycle";
import s3NoForceDestroy from "./rules/s3/no-force-destroy";
import s3PublicAccessBlock from "./rules/s3/public-access-block";
import s3Versioning from "./rules/s3/versioning";
import snsEncryption from "./rules/sns/encryption";
import snsNoWildcardPrincipal from "./rules/sns/no-wildcard-principal";
import snsTlsOnly from "./rules/sns/tls-only";
import sqsEncryption from "./rules/sqs/encryption";
import sqsNoWildcardPrincipal from "./rules/sqs/no-wildcard-principal";
import sqsTlsOnly from "./rules/sqs/tls-only";
import stepfunctionsEncryption from "./rules/stepfunctions/encryption";
import stepfunctionsLogging from "./rules/stepfunctions/logging";
import stepfunctionsTracing from "./rules/stepfunctions/tracing";

export type Level = "mandatory" | "advisory" | "disabled";
export type Severity = "critical" | "high" | "medium" | "low";

/** The kinds of environments rules know. Any other one is held to what holds for prod. */
export const ENVIRONMENTS = ["local", "dev", "prod"] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];
export type Levels = Readonly<Record<EnvironmentName, Level>>;

export interface TableRow {
  /** Short and stable: what reports, exemptions and auditors name. */
  readonly id: string;
  /** The file under `rules/`. */
  readonly path: string;
  readonly title: string;
  readonly severity: Severity;
  readonly kind: "encryption" | "deletion" | "other";
  readonly levels: Levels;
  /** Controls of other frameworks: AWS Foundational Security Best Practices, CIS, cdk-nag, checkov. */
  readonly maps: readonly string[];
  /** May an exemption excuse a resource from it? */
  readonly suppressible: boolean;
  readonly remediation: string;
  readonly rule: Rule;
}

/** Encryption holds wherever data may land, dev included only as advice so that a sandbox stays a sandbox. */
const ENCRYPTION: Levels = { local: "mandatory", dev: "advisory", prod: "mandatory" };
/** A local cloud is there to be thrown away. */
const DELETION: Levels = { local: "disabled", dev: "advisory", prod: "mandatory" };
const OTHER: Levels = { local: "advisory", dev: "advisory", prod: "mandatory" };
const ADVICE: Levels = { local: "disabled", dev: "disabled", prod: "advisory" };
const PROTECT: Levels = { local: "disabled", dev: "disabled", prod: "mandatory" };
const EXPLICIT: Levels = { local: "disabled", dev: "advisory", prod: "mandatory" };

/** Every rule, sorted by service and number. The only place where one is switched on. */
export const TABLE: readonly TableRow[] = [
  {
    id: "s3-1",
    path: "s3/default-encryption",
    title: "Buckets encrypt with a customer managed key",
    severity: "high",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["CKV_AWS_145", "CKV_AWS_19", "cdk-nag S10"],
    suppressible: true,
    remediation: "Add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms and kmsMasterKeyId.",
    rule: s3DefaultEncryption,
  },
  {
    id: "s3-2",
    path: "s3/bucket-key",
    title: "Buckets use a bucket key",
    severity: "low",
    kind: "other",
    levels: OTHER,
    maps: [],
    suppressible: true,
    remediation: "Set bucketKeyEnabled: true.",
    rule: s3BucketKey,
  },
  {
    id: "s3-3",
    path: "s3/deny-plain-http",
    title: "Buckets deny requests without TLS",
    severity: "high",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["FSBP S3.5", "cdk-nag S10", "CKV_AWS_379"],
    suppressible: false,
    remediation: "Add a Deny for aws:SecureTransport false to the bucket policy.",
    rule: s3DenyPlainHttp,
  },
  {
    id: "s3-4",
    path: "s3/deny-other-keys",
    title: "Buckets deny uploads with another key",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: [],
    suppressible: true,
    remediation: "Add a Deny of s3:PutObject where s3:x-amz-server-side-encryption-aws-kms-key-id is another key.",
    rule: s3DenyOtherKeys,
  },
  {
    id: "s3-5",
    path: "s3/public-access-block",
    title: "Buckets block public access",
    severity: "critical",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP S3.8", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CIS 2.1.4"],
    suppressible: false,
    remediation: "Add a BucketPublicAccessBlock with all four settings true.",
    rule: s3PublicAccessBlock,
  },
  {
    id: "s3-6",
    path: "s3/acl-disabled",
    title: "Buckets have no ACLs",
    severity: "medium",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP S3.12", "CKV2_AWS_65"],
    suppressible: true,
    remediation: "Add BucketOwnershipControls with BucketOwnerEnforced.",
    rule: s3AclDisabled,
  },
  {
    id: "s3-7",
    path: "s3/versioning",
    title: "Buckets keep versions",
    severity: "medium",
    kind: "other",
    levels: OTHER,
    maps: ["CKV_AWS_21"],
    suppressible: true,
    remediation: "Add a BucketVersioning with status Enabled.",
    rule: s3Versioning,
  },
  {
    id: "s3-8",
    path: "s3/access-logging",
    title: "Buckets log access",
    severity: "medium",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP S3.9", "CKV_AWS_18", "cdk-nag S1"],
    suppressible: true,
    remediation: "Add a BucketLogging.",
    rule: s3AccessLogging,
  },
  {
    id: "s3-9",
    path: "s3/lifecycle",
    title: "Buckets clean up unfinished uploads",
    severity: "low",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP S3.13", "CKV_AWS_300", "CKV2_AWS_61"],
    suppressible: true,
    remediation: "Add a lifecycle rule with abortIncompleteMultipartUpload.",
    rule: s3Lifecycle,
  },
  {
    id: "s3-10",
    path: "s3/no-force-destroy",
    title: "Buckets are not emptied by destroying a stack",
    severity: "high",
    kind: "deletion",
    levels: DELETION,
    maps: [],
    suppressible: false,
    remediation: "Leave forceDestroy unset; delete data on purpose.",
    rule: s3NoForceDestroy,
  },
  {
    id: "kms-1",
    path: "kms/rotation",
    title: "Keys rotate",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["FSBP KMS.4", "CKV_AWS_7", "cdk-nag KMS5", "CIS 3.6"],
    suppressible: true,
    remediation: "Set enableKeyRotation: true.",
    rule: kmsRotation,
  },
  {
    id: "kms-2",
    path: "kms/no-wildcard-principal",
    title: "Keys are not for everybody",
    severity: "critical",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["FSBP KMS.5", "CKV_AWS_33"],
    suppressible: false,
    remediation: "Name principals, or narrow * by aws:SourceAccount.",
    rule: kmsNoWildcardPrincipal,
  },
  {
    id: "kms-3",
    path: "kms/deletion-window",
    title: "Keys wait 30 days before they are lost",
    severity: "high",
    kind: "deletion",
    levels: DELETION,
    maps: ["FSBP KMS.3"],
    suppressible: true,
    remediation: "Set deletionWindowInDays: 30.",
    rule: kmsDeletionWindow,
  },
  {
    id: "kms-4",
    path: "kms/enabled",
    title: "Keys are enabled",
    severity: "medium",
    kind: "deletion",
    levels: DELETION,
    maps: ["CKV_AWS_227"],
    suppressible: true,
    remediation: "Leave isEnabled unset.",
    rule: kmsEnabled,
  },
  {
    id: "glue-1",
    path: "glue/crawler-security-configuration",
    title: "Crawlers have a security configuration",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["cdk-nag GL1", "CKV_AWS_195"],
    suppressible: true,
    remediation: "Set securityConfiguration.",
    rule: glueCrawlerSecurityConfiguration,
  },
  {
    id: "glue-2",
    path: "glue/job-security-configuration",
    title: "Jobs have a security configuration",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["cdk-nag GL3", "CKV_AWS_195"],
    suppressible: true,
    remediation: "Set securityConfiguration.",
    rule: glueJobSecurityConfiguration,
  },
  {
    id: "glue-3",
    path: "glue/security-configuration",
    title: "Security configurations encrypt logs, bookmarks and output",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["CKV_AWS_99"],
    suppressible: true,
    remediation: "Set all three modes with a customer managed key.",
    rule: glueSecurityConfiguration,
  },
  {
    id: "glue-4",
    path: "glue/catalog-encryption",
    title: "The data catalog is encrypted",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["CKV_AWS_94"],
    suppressible: true,
    remediation: "Set SSE-KMS with a key and encrypt connection passwords.",
    rule: glueCatalogEncryption,
  },
  {
    id: "glue-5",
    path: "glue/supported-version",
    title: "Jobs run on a supported version",
    severity: "medium",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP Glue.4"],
    suppressible: true,
    remediation: "Set glueVersion to 5.0.",
    rule: glueSupportedVersion,
  },
  {
    id: "glue-6",
    path: "glue/bookmarks",
    title: "Jobs say what they do about bookmarks",
    severity: "medium",
    kind: "other",
    levels: OTHER,
    maps: [],
    suppressible: true,
    remediation: "Set --job-bookmark-option; with bookmarks, maxConcurrentRuns 1.",
    rule: glueBookmarks,
  },
  {
    id: "athena-1",
    path: "athena/results-encrypted",
    title: "Query results are encrypted",
    severity: "high",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["FSBP Athena.1", "CKV_AWS_77", "CKV_AWS_159"],
    suppressible: true,
    remediation: "Set SSE_KMS with a key in resultConfiguration.",
    rule: athenaResultsEncrypted,
  },
  {
    id: "athena-2",
    path: "athena/settings-enforced",
    title: "Workgroups enforce their settings",
    severity: "high",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["CKV_AWS_82"],
    suppressible: true,
    remediation: "Set enforceWorkgroupConfiguration: true.",
    rule: athenaSettingsEnforced,
  },
  {
    id: "athena-3",
    path: "athena/metrics",
    title: "Workgroups publish metrics",
    severity: "low",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP Athena.4"],
    suppressible: true,
    remediation: "Set publishCloudwatchMetricsEnabled: true.",
    rule: athenaMetrics,
  },
  {
    id: "athena-4",
    path: "athena/bytes-cutoff",
    title: "Queries have a limit",
    severity: "low",
    kind: "other",
    levels: OTHER,
    maps: [],
    suppressible: true,
    remediation: "Set bytesScannedCutoffPerQuery.",
    rule: athenaBytesCutoff,
  },
  {
    id: "sfn-1",
    path: "stepfunctions/logging",
    title: "State machines log all events",
    severity: "medium",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP StepFunctions.1", "cdk-nag SF1", "CKV_AWS_285"],
    suppressible: true,
    remediation: "Set loggingConfiguration level ALL with a log group.",
    rule: stepfunctionsLogging,
  },
  {
    id: "sfn-2",
    path: "stepfunctions/tracing",
    title: "State machines are traced",
    severity: "low",
    kind: "other",
    levels: OTHER,
    maps: ["cdk-nag SF2", "CKV_AWS_284"],
    suppressible: true,
    remediation: "Set tracingConfiguration.enabled: true.",
    rule: stepfunctionsTracing,
  },
  {
    id: "sfn-3",
    path: "stepfunctions/encryption",
    title: "State machines are encrypted",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: [],
    suppressible: true,
    remediation: "Set encryptionConfiguration with a customer managed key.",
    rule: stepfunctionsEncryption,
  },
  {
    id: "lambda-1",
    path: "lambda/supported-runtime",
    title: "Functions run on a supported runtime",
    severity: "medium",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP Lambda.2", "CKV_AWS_363", "cdk-nag L1"],
    suppressible: true,
    remediation: "Move to a current runtime.",
    rule: lambdaSupportedRuntime,
  },
  {
    id: "lambda-2",
    path: "lambda/no-public-permission",
    title: "Functions are not for everybody",
    severity: "critical",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP Lambda.1", "CKV_AWS_301"],
    suppressible: false,
    remediation: "Name the principal.",
    rule: lambdaNoPublicPermission,
  },
  {
    id: "lambda-3",
    path: "lambda/permission-source",
    title: "Services invoke for this account only",
    severity: "high",
    kind: "other",
    levels: OTHER,
    maps: ["CKV_AWS_364"],
    suppressible: true,
    remediation: "Set sourceArn.",
    rule: lambdaPermissionSource,
  },
  {
    id: "lambda-4",
    path: "lambda/dead-letter",
    title: "Functions have a dead-letter queue",
    severity: "low",
    kind: "other",
    levels: OTHER,
    maps: ["CKV_AWS_116"],
    suppressible: true,
    remediation: "Set deadLetterConfig.targetArn.",
    rule: lambdaDeadLetter,
  },
  {
    id: "lambda-5",
    path: "lambda/tracing",
    title: "Functions are traced",
    severity: "low",
    kind: "other",
    levels: OTHER,
    maps: ["CKV_AWS_50"],
    suppressible: true,
    remediation: "Set tracingConfig.mode to Active.",
    rule: lambdaTracing,
  },
  {
    id: "lambda-6",
    path: "lambda/environment-encryption",
    title: "Functions encrypt their environment",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["CKV_AWS_173"],
    suppressible: true,
    remediation: "Set kmsKeyArn.",
    rule: lambdaEnvironmentEncryption,
  },
  {
    id: "sns-1",
    path: "sns/encryption",
    title: "Topics are encrypted",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["FSBP SNS.1", "CKV_AWS_26"],
    suppressible: true,
    remediation: "Set kmsMasterKeyId to a customer managed key.",
    rule: snsEncryption,
  },
  {
    id: "sns-2",
    path: "sns/tls-only",
    title: "Topics deny requests without TLS",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["cdk-nag SNS3"],
    suppressible: true,
    remediation: "Add a Deny for aws:SecureTransport false to the topic policy.",
    rule: snsTlsOnly,
  },
  {
    id: "sns-3",
    path: "sns/no-wildcard-principal",
    title: "Topics are not for everybody",
    severity: "high",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP SNS.4", "CKV_AWS_169"],
    suppressible: false,
    remediation: "Name principals, or narrow * by aws:SourceAccount.",
    rule: snsNoWildcardPrincipal,
  },
  {
    id: "sqs-1",
    path: "sqs/encryption",
    title: "Queues are encrypted",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["FSBP SQS.1", "CKV_AWS_27"],
    suppressible: true,
    remediation: "Set kmsMasterKeyId to a customer managed key.",
    rule: sqsEncryption,
  },
  {
    id: "sqs-2",
    path: "sqs/tls-only",
    title: "Queues deny requests without TLS",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["cdk-nag SQS4"],
    suppressible: true,
    remediation: "Add a Deny for aws:SecureTransport false to the queue policy.",
    rule: sqsTlsOnly,
  },
  {
    id: "sqs-3",
    path: "sqs/no-wildcard-principal",
    title: "Queues are not for everybody",
    severity: "high",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP SQS.3", "CKV_AWS_168"],
    suppressible: false,
    remediation: "Name principals, or narrow * by aws:SourceAccount.",
    rule: sqsNoWildcardPrincipal,
  },
  {
    id: "ddb-1",
    path: "dynamodb/encryption",
    title: "Tables are encrypted",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["CKV_AWS_119"],
    suppressible: true,
    remediation: "Set serverSideEncryption with a customer managed key.",
    rule: dynamodbEncryption,
  },
  {
    id: "ddb-2",
    path: "dynamodb/point-in-time-recovery",
    title: "Tables can be restored",
    severity: "medium",
    kind: "deletion",
    levels: DELETION,
    maps: ["FSBP DynamoDB.2", "CKV_AWS_28", "cdk-nag DDB3"],
    suppressible: true,
    remediation: "Set pointInTimeRecovery.enabled: true.",
    rule: dynamodbPointInTimeRecovery,
  },
  {
    id: "ddb-3",
    path: "dynamodb/deletion-protection",
    title: "Tables are protected from deletion",
    severity: "high",
    kind: "deletion",
    levels: DELETION,
    maps: ["FSBP DynamoDB.6"],
    suppressible: false,
    remediation: "Set deletionProtectionEnabled: true.",
    rule: dynamodbDeletionProtection,
  },
  {
    id: "ddb-4",
    path: "dynamodb/replica-encryption",
    title: "Replicas are encrypted",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["CKV_AWS_271"],
    suppressible: true,
    remediation: "Set kmsKeyArn of every replica.",
    rule: dynamodbReplicaEncryption,
  },
  {
    id: "ddb-5",
    path: "dynamodb/replica-recovery",
    title: "Replicas can be restored",
    severity: "medium",
    kind: "deletion",
    levels: DELETION,
    maps: ["CKV_AWS_165"],
    suppressible: true,
    remediation: "Set pointInTimeRecovery of every replica.",
    rule: dynamodbReplicaRecovery,
  },
  {
    id: "ddb-6",
    path: "dynamodb/replica-deletion-protection",
    title: "Replicas are protected from deletion",
    severity: "high",
    kind: "deletion",
    levels: DELETION,
    maps: [],
    suppressible: true,
    remediation: "Set deletionProtectionEnabled of every replica.",
    rule: dynamodbReplicaDeletionProtection,
  },
  {
    id: "ddb-7",
    path: "dynamodb/capacity",
    title: "Tables scale",
    severity: "low",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP DynamoDB.1", "CKV2_AWS_16"],
    suppressible: true,
    remediation: "Bill per request, or add a scaling target.",
    rule: dynamodbCapacity,
  },
  {
    id: "ddb-8",
    path: "dynamodb/stream-consumer-dead-letter",
    title: "Stream consumers lose no records",
    severity: "medium",
    kind: "other",
    levels: OTHER,
    maps: [],
    suppressible: true,
    remediation: "Set destinationConfig.onFailure.",
    rule: dynamodbStreamConsumerDeadLetter,
  },
  {
    id: "ddb-9",
    path: "dynamodb/contributor-insights",
    title: "Tables show their hot keys",
    severity: "low",
    kind: "other",
    levels: ADVICE,
    maps: [],
    suppressible: true,
    remediation: "Add ContributorInsights.",
    rule: dynamodbContributorInsights,
  },
  {
    id: "iam-1",
    path: "iam/no-admin",
    title: "Nobody may do everything",
    severity: "critical",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP IAM.1", "CKV_AWS_62", "CKV_AWS_63", "CIS 1.16", "cdk-nag IAM5"],
    suppressible: false,
    remediation: "Name actions and resources.",
    rule: iamNoAdmin,
  },
  {
    id: "iam-2",
    path: "iam/no-wildcard-service",
    title: "Permissions name their actions",
    severity: "medium",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP IAM.21", "cdk-nag IAM5"],
    suppressible: true,
    remediation: "Name the actions instead of service:*.",
    rule: iamNoWildcardService,
  },
  {
    id: "iam-3",
    path: "iam/trust-not-public",
    title: "Roles are not for everybody",
    severity: "critical",
    kind: "other",
    levels: OTHER,
    maps: ["CKV_AWS_60", "CKV_AWS_61"],
    suppressible: false,
    remediation: "Name the principals that may assume the role.",
    rule: iamTrustNotPublic,
  },
  {
    id: "evb-1",
    path: "eventbridge/target-dead-letter",
    title: "Event targets have a dead-letter queue",
    severity: "medium",
    kind: "other",
    levels: OTHER,
    maps: [],
    suppressible: true,
    remediation: "Set deadLetterConfig.arn.",
    rule: eventbridgeTargetDeadLetter,
  },
  {
    id: "evb-2",
    path: "eventbridge/bus-not-public",
    title: "Event buses are not for everybody",
    severity: "high",
    kind: "other",
    levels: OTHER,
    maps: ["FSBP EventBridge.3", "cdk-nag EVB1"],
    suppressible: false,
    remediation: "Name the accounts that may put events.",
    rule: eventbridgeBusNotPublic,
  },
  {
    id: "logs-1",
    path: "logs/encryption",
    title: "Log groups are encrypted",
    severity: "medium",
    kind: "encryption",
    levels: ENCRYPTION,
    maps: ["CKV_AWS_158"],
    suppressible: true,
    remediation: "Set kmsKeyId.",
    rule: logsEncryption,
  },
  {
    id: "logs-2",
    path: "logs/retention",
    title: "Log groups have a retention",
    severity: "low",
    kind: "other",
    levels: OTHER,
    maps: ["CKV_AWS_66", "CKV_AWS_338"],
    suppressible: true,
    remediation: "Set retentionInDays.",
    rule: logsRetention,
  },
  {
    id: "cross-1",
    path: "cross/tags",
    title: "Resources carry the required tags",
    severity: "low",
    kind: "other",
    levels: OTHER,
    maps: [],
    suppressible: true,
    remediation: "Set the tags, or the provider's defaultTags.",
    rule: crossTags,
  },
  {
    id: "cross-2",
    path: "cross/region",
    title: "Resources stay in allowed regions",
    severity: "high",
    kind: "other",
    levels: OTHER,
    maps: [],
    suppressible: false,
    remediation: "Deploy to an allowed region.",
    rule: crossRegion,
  },
  {
    id: "cross-3",
    path: "cross/permissions-boundary",
    title: "Roles have a permissions boundary",
    severity: "medium",
    kind: "other",
    levels: OTHER,
    maps: [],
    suppressible: true,
    remediation: "Set permissionsBoundary.",
    rule: crossPermissionsBoundary,
  },
  {
    id: "cross-4",
    path: "cross/protect-stateful",
    title: "What holds data is protected",
    severity: "high",
    kind: "deletion",
    levels: PROTECT,
    maps: [],
    suppressible: true,
    remediation: "Set the resource option protect: true.",
    rule: crossProtectStateful,
  },
  {
    id: "cross-5",
    path: "cross/explicit-provider",
    title: "Resources name their provider",
    severity: "medium",
    kind: "other",
    levels: EXPLICIT,
    maps: [],
    suppressible: true,
    remediation: "Pass an aws.Provider of the environment's account and region.",
    rule: crossExplicitProvider,
  },
];

/** A rule's name in the engine: its path with a hyphen. */
export const engineName = (row: TableRow): string => row.path.replace("/", "-");

export const levelOf = (row: TableRow, environment: string): Level =>
  row.levels[(ENVIRONMENTS as readonly string[]).includes(environment) ? (environment as EnvironmentName) : "prod"];
