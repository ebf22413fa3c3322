import type { Rule } from "../rule";
import apigatewayDomainTls from "./apigateway/domain-tls";
import apigatewayFirewall from "./apigateway/firewall";
import apigatewayLogging from "./apigateway/logging";
import apigatewayRouteAuthorization from "./apigateway/route-authorization";
import apigatewayThrottling from "./apigateway/throttling";
import appsyncCacheAtRest from "./appsync/cache-at-rest";
import appsyncCacheInTransit from "./appsync/cache-in-transit";
import appsyncFieldLogs from "./appsync/field-logs";
import appsyncFirewall from "./appsync/firewall";
import appsyncNoApiKey from "./appsync/no-api-key";
import appsyncTracing from "./appsync/tracing";
import athenaBytesCutoff from "./athena/bytes-cutoff";
import athenaMetrics from "./athena/metrics";
import athenaResultsEncrypted from "./athena/results-encrypted";
import athenaSettingsEnforced from "./athena/settings-enforced";
import crossExplicitProvider from "./cross/explicit-provider";
import crossPermissionsBoundary from "./cross/permissions-boundary";
import crossProtectStateful from "./cross/protect-stateful";
import crossRegion from "./cross/region";
import crossTags from "./cross/tags";
import datasyncBucketRole from "./datasync/bucket-role";
import datasyncEfsTls from "./datasync/efs-tls";
import datasyncLogging from "./datasync/logging";
import datasyncPasswordsFromSecrets from "./datasync/passwords-from-secrets";
import dmsAutoMinorUpgrade from "./dms/auto-minor-upgrade";
import dmsEncryption from "./dms/encryption";
import dmsEndpointTls from "./dms/endpoint-tls";
import dmsEvents from "./dms/events";
import dmsLogging from "./dms/logging";
import dmsMongodbAuthentication from "./dms/mongodb-authentication";
import dmsMultiAz from "./dms/multi-az";
import dmsNeptuneIam from "./dms/neptune-iam";
import dmsNoPasswords from "./dms/no-passwords";
import dmsNotPublic from "./dms/not-public";
import dmsRedisTls from "./dms/redis-tls";
import dynamodbCapacity from "./dynamodb/capacity";
import dynamodbContributorInsights from "./dynamodb/contributor-insights";
import dynamodbDeletionProtection from "./dynamodb/deletion-protection";
import dynamodbEncryption from "./dynamodb/encryption";
import dynamodbPointInTimeRecovery from "./dynamodb/point-in-time-recovery";
import dynamodbReplicaDeletionProtection from "./dynamodb/replica-deletion-protection";
import dynamodbReplicaEncryption from "./dynamodb/replica-encryption";
import dynamodbReplicaRecovery from "./dynamodb/replica-recovery";
import dynamodbStreamConsumerDeadLetter from "./dynamodb/stream-consumer-dead-letter";
import ec2DefaultGroupClosed from "./ec2/default-group-closed";
import ec2FlowLogs from "./ec2/flow-logs";
import ec2NoAutomaticPublicAddresses from "./ec2/no-automatic-public-addresses";
import ec2NoOpenIngress from "./ec2/no-open-ingress";
import eventbridgeBusNotPublic from "./eventbridge/bus-not-public";
import eventbridgeTargetDeadLetter from "./eventbridge/target-dead-letter";
import firehoseDestinationEncryption from "./firehose/destination-encryption";
import firehoseEncryption from "./firehose/encryption";
import glueBookmarks from "./glue/bookmarks";
import glueCatalogEncryption from "./glue/catalog-encryption";
import glueCrawlerSecurityConfiguration from "./glue/crawler-security-configuration";
import glueJobSecurityConfiguration from "./glue/job-security-configuration";
import glueSecurityConfiguration from "./glue/security-configuration";
import glueSupportedVersion from "./glue/supported-version";
import iamNoAdmin from "./iam/no-admin";
import iamNoWildcardService from "./iam/no-wildcard-service";
import iamTrustNotPublic from "./iam/trust-not-public";
import kinesisEncryption from "./kinesis/encryption";
import kinesisRetention from "./kinesis/retention";
import kmsDeletionWindow from "./kms/deletion-window";
import kmsEnabled from "./kms/enabled";
import kmsNoWildcardPrincipal from "./kms/no-wildcard-principal";
import kmsRotation from "./kms/rotation";
import lambdaDeadLetter from "./lambda/dead-letter";
import lambdaEnvironmentEncryption from "./lambda/environment-encryption";
import lambdaNoPublicPermission from "./lambda/no-public-permission";
import lambdaPermissionSource from "./lambda/permission-source";
import lambdaSupportedRuntime from "./lambda/supported-runtime";
import lambdaTracing from "./lambda/tracing";
import logsEncryption from "./logs/encryption";
import logsRetention from "./logs/retention";
import rdsAdminName from "./rds/admin-name";
import rdsAutoMinorUpgrade from "./rds/auto-minor-upgrade";
import rdsBackupRetention from "./rds/backup-retention";
import rdsCertificateAuthority from "./rds/certificate-authority";
import rdsClusterEvents from "./rds/cluster-events";
import rdsCopyTags from "./rds/copy-tags";
import rdsDeletionProtection from "./rds/deletion-protection";
import rdsEnhancedMonitoring from "./rds/enhanced-monitoring";
import rdsEventReaders from "./rds/event-readers";
import rdsFinalSnapshot from "./rds/final-snapshot";
import rdsForcedTls from "./rds/forced-tls";
import rdsIamAuthentication from "./rds/iam-authentication";
import rdsInsightsEncryption from "./rds/insights-encryption";
import rdsInstanceEvents from "./rds/instance-events";
import rdsLogExports from "./rds/log-exports";
import rdsMultiAz from "./rds/multi-az";
import rdsNotPublic from "./rds/not-public";
import rdsParameterGroupEvents from "./rds/parameter-group-events";
import rdsPort from "./rds/port";
import rdsSecurityGroupEvents from "./rds/security-group-events";
import rdsSnapshotEncryption from "./rds/snapshot-encryption";
import rdsStorageEncryption from "./rds/storage-encryption";
import s3AccessLogging from "./s3/access-logging";
import s3AclDisabled from "./s3/acl-disabled";
import s3BucketKey from "./s3/bucket-key";
import s3DefaultEncryption from "./s3/default-encryption";
import s3DenyOtherKeys from "./s3/deny-other-keys";
import s3DenyPlainHttp from "./s3/deny-plain-http";
import s3Lifecycle from "./s3/lifecycle";
import s3NoForceDestroy from "./s3/no-force-destroy";
import s3PublicAccessBlock from "./s3/public-access-block";
import s3Versioning from "./s3/versioning";
import secretsmanagerEncryption from "./secretsmanager/encryption";
import secretsmanagerRotation from "./secretsmanager/rotation";
import snsEncryption from "./sns/encryption";
import snsNoWildcardPrincipal from "./sns/no-wildcard-principal";
import snsTlsOnly from "./sns/tls-only";
import sqsEncryption from "./sqs/encryption";
import sqsNoWildcardPrincipal from "./sqs/no-wildcard-principal";
import sqsTlsOnly from "./sqs/tls-only";
import stepfunctionsEncryption from "./stepfunctions/encryption";
import stepfunctionsLogging from "./stepfunctions/logging";
import stepfunctionsTracing from "./stepfunctions/tracing";

/** Every rule by the path of its file. `policies/generate.ts` writes this list. */
export const RULES: Readonly<Record<string, Rule>> = {
  "apigateway/domain-tls": apigatewayDomainTls,
  "apigateway/firewall": apigatewayFirewall,
  "apigateway/logging": apigatewayLogging,
  "apigateway/route-authorization": apigatewayRouteAuthorization,
  "apigateway/throttling": apigatewayThrottling,
  "appsync/cache-at-rest": appsyncCacheAtRest,
  "appsync/cache-in-transit": appsyncCacheInTransit,
  "appsync/field-logs": appsyncFieldLogs,
  "appsync/firewall": appsyncFirewall,
  "appsync/no-api-key": appsyncNoApiKey,
  "appsync/tracing": appsyncTracing,
  "athena/bytes-cutoff": athenaBytesCutoff,
  "athena/metrics": athenaMetrics,
  "athena/results-encrypted": athenaResultsEncrypted,
  "athena/settings-enforced": athenaSettingsEnforced,
  "cross/explicit-provider": crossExplicitProvider,
  "cross/permissions-boundary": crossPermissionsBoundary,
  "cross/protect-stateful": crossProtectStateful,
  "cross/region": crossRegion,
  "cross/tags": crossTags,
  "datasync/bucket-role": datasyncBucketRole,
  "datasync/efs-tls": datasyncEfsTls,
  "datasync/logging": datasyncLogging,
  "datasync/passwords-from-secrets": datasyncPasswordsFromSecrets,
  "dms/auto-minor-upgrade": dmsAutoMinorUpgrade,
  "dms/encryption": dmsEncryption,
  "dms/endpoint-tls": dmsEndpointTls,
  "dms/events": dmsEvents,
  "dms/logging": dmsLogging,
  "dms/mongodb-authentication": dmsMongodbAuthentication,
  "dms/multi-az": dmsMultiAz,
  "dms/neptune-iam": dmsNeptuneIam,
  "dms/no-passwords": dmsNoPasswords,
  "dms/not-public": dmsNotPublic,
  "dms/redis-tls": dmsRedisTls,
  "dynamodb/capacity": dynamodbCapacity,
  "dynamodb/contributor-insights": dynamodbContributorInsights,
  "dynamodb/deletion-protection": dynamodbDeletionProtection,
  "dynamodb/encryption": dynamodbEncryption,
  "dynamodb/point-in-time-recovery": dynamodbPointInTimeRecovery,
  "dynamodb/replica-deletion-protection": dynamodbReplicaDeletionProtection,
  "dynamodb/replica-encryption": dynamodbReplicaEncryption,
  "dynamodb/replica-recovery": dynamodbReplicaRecovery,
  "dynamodb/stream-consumer-dead-letter": dynamodbStreamConsumerDeadLetter,
  "ec2/default-group-closed": ec2DefaultGroupClosed,
  "ec2/flow-logs": ec2FlowLogs,
  "ec2/no-automatic-public-addresses": ec2NoAutomaticPublicAddresses,
  "ec2/no-open-ingress": ec2NoOpenIngress,
  "eventbridge/bus-not-public": eventbridgeBusNotPublic,
  "eventbridge/target-dead-letter": eventbridgeTargetDeadLetter,
  "firehose/destination-encryption": firehoseDestinationEncryption,
  "firehose/encryption": firehoseEncryption,
  "glue/bookmarks": glueBookmarks,
  "glue/catalog-encryption": glueCatalogEncryption,
  "glue/crawler-security-configuration": glueCrawlerSecurityConfiguration,
  "glue/job-security-configuration": glueJobSecurityConfiguration,
  "glue/security-configuration": glueSecurityConfiguration,
  "glue/supported-version": glueSupportedVersion,
  "iam/no-admin": iamNoAdmin,
  "iam/no-wildcard-service": iamNoWildcardService,
  "iam/trust-not-public": iamTrustNotPublic,
  "kinesis/encryption": kinesisEncryption,
  "kinesis/retention": kinesisRetention,
  "kms/deletion-window": kmsDeletionWindow,
  "kms/enabled": kmsEnabled,
  "kms/no-wildcard-principal": kmsNoWildcardPrincipal,
  "kms/rotation": kmsRotation,
  "lambda/dead-letter": lambdaDeadLetter,
  "lambda/environment-encryption": lambdaEnvironmentEncryption,
  "lambda/no-public-permission": lambdaNoPublicPermission,
  "lambda/permission-source": lambdaPermissionSource,
  "lambda/supported-runtime": lambdaSupportedRuntime,
  "lambda/tracing": lambdaTracing,
  "logs/encryption": logsEncryption,
  "logs/retention": logsRetention,
  "rds/admin-name": rdsAdminName,
  "rds/auto-minor-upgrade": rdsAutoMinorUpgrade,
  "rds/backup-retention": rdsBackupRetention,
  "rds/certificate-authority": rdsCertificateAuthority,
  "rds/cluster-events": rdsClusterEvents,
  "rds/copy-tags": rdsCopyTags,
  "rds/deletion-protection": rdsDeletionProtection,
  "rds/enhanced-monitoring": rdsEnhancedMonitoring,
  "rds/event-readers": rdsEventReaders,
  "rds/final-snapshot": rdsFinalSnapshot,
  "rds/forced-tls": rdsForcedTls,
  "rds/iam-authentication": rdsIamAuthentication,
  "rds/insights-encryption": rdsInsightsEncryption,
  "rds/instance-events": rdsInstanceEvents,
  "rds/log-exports": rdsLogExports,
  "rds/multi-az": rdsMultiAz,
  "rds/not-public": rdsNotPublic,
  "rds/parameter-group-events": rdsParameterGroupEvents,
  "rds/port": rdsPort,
  "rds/security-group-events": rdsSecurityGroupEvents,
  "rds/snapshot-encryption": rdsSnapshotEncryption,
  "rds/storage-encryption": rdsStorageEncryption,
  "s3/access-logging": s3AccessLogging,
  "s3/acl-disabled": s3AclDisabled,
  "s3/bucket-key": s3BucketKey,
  "s3/default-encryption": s3DefaultEncryption,
  "s3/deny-other-keys": s3DenyOtherKeys,
  "s3/deny-plain-http": s3DenyPlainHttp,
  "s3/lifecycle": s3Lifecycle,
  "s3/no-force-destroy": s3NoForceDestroy,
  "s3/public-access-block": s3PublicAccessBlock,
  "s3/versioning": s3Versioning,
  "secretsmanager/encryption": secretsmanagerEncryption,
  "secretsmanager/rotation": secretsmanagerRotation,
  "sns/encryption": snsEncryption,
  "sns/no-wildcard-principal": snsNoWildcardPrincipal,
  "sns/tls-only": snsTlsOnly,
  "sqs/encryption": sqsEncryption,
  "sqs/no-wildcard-principal": sqsNoWildcardPrincipal,
  "sqs/tls-only": sqsTlsOnly,
  "stepfunctions/encryption": stepfunctionsEncryption,
  "stepfunctions/logging": stepfunctionsLogging,
  "stepfunctions/tracing": stepfunctionsTracing,
};
