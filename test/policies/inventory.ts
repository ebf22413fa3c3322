/**
 * What auditors, exemptions and other tools rely on, written down a second time: a rule that is lost, renumbered, relaxed or
 * mapped to another control changes a line here too. Columns: id, file, severity, kind, levels (local, dev, prod), whether an
 * exemption is possible, and controls of other frameworks.
 */
export const INVENTORY: readonly string[] = `
apigw-1 | apigateway/logging | medium | other | advisory advisory mandatory | exemptible | FSBP APIGateway.1, FSBP APIGateway.9, CKV_AWS_76, cdk-nag APIG1
apigw-2 | apigateway/route-authorization | high | other | advisory advisory mandatory | exemptible | FSBP APIGateway.8, CKV_AWS_309, cdk-nag APIG4
apigw-3 | apigateway/firewall | medium | other | advisory advisory mandatory | exemptible | FSBP APIGateway.4, CKV2_AWS_29, cdk-nag APIG3
apigw-4 | apigateway/throttling | medium | other | advisory advisory mandatory | exemptible | –
apigw-5 | apigateway/domain-tls | high | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_206
appsync-1 | appsync/field-logs | medium | other | advisory advisory mandatory | exemptible | FSBP AppSync.2, CKV_AWS_193, cdk-nag ASC3, CKV_AWS_194
appsync-2 | appsync/no-api-key | high | other | advisory advisory mandatory | exemptible | FSBP AppSync.5
appsync-3 | appsync/cache-at-rest | high | encryption | mandatory advisory mandatory | exemptible | FSBP AppSync.1, CKV_AWS_214
appsync-4 | appsync/cache-in-transit | high | encryption | mandatory advisory mandatory | exemptible | FSBP AppSync.6, CKV_AWS_215
appsync-5 | appsync/firewall | medium | other | advisory advisory mandatory | exemptible | CKV2_AWS_33
appsync-6 | appsync/tracing | low | other | advisory advisory mandatory | exemptible | –
athena-1 | athena/results-encrypted | high | encryption | mandatory advisory mandatory | exemptible | FSBP Athena.1, CKV_AWS_159
athena-2 | athena/settings-enforced | high | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_82
athena-3 | athena/metrics | low | other | advisory advisory mandatory | exemptible | FSBP Athena.4
athena-4 | athena/bytes-cutoff | low | other | advisory advisory mandatory | exemptible | –
cross-1 | cross/tags | low | other | advisory advisory mandatory | exemptible | –
cross-2 | cross/region | high | other | advisory advisory mandatory | always | –
cross-3 | cross/permissions-boundary | medium | other | advisory advisory mandatory | exemptible | –
cross-4 | cross/protect-stateful | high | deletion | disabled disabled mandatory | exemptible | –
cross-5 | cross/explicit-provider | medium | other | disabled advisory mandatory | exemptible | –
datasync-1 | datasync/logging | medium | other | advisory advisory mandatory | exemptible | FSBP DataSync.1
datasync-2 | datasync/passwords-from-secrets | high | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_295
datasync-3 | datasync/efs-tls | high | encryption | mandatory advisory mandatory | exemptible | –
datasync-4 | datasync/bucket-role | medium | other | advisory advisory mandatory | exemptible | –
dms-1 | dms/not-public | critical | other | advisory advisory mandatory | always | FSBP DMS.1, CKV_AWS_89, cdk-nag DMSReplicationNotPublic
dms-2 | dms/encryption | high | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_212, CKV_AWS_298
dms-3 | dms/auto-minor-upgrade | medium | other | advisory advisory mandatory | exemptible | FSBP DMS.6, CKV_AWS_222
dms-4 | dms/endpoint-tls | high | encryption | mandatory advisory mandatory | exemptible | FSBP DMS.9, CKV2_AWS_49
dms-5 | dms/mongodb-authentication | high | other | advisory advisory mandatory | exemptible | FSBP DMS.11
dms-6 | dms/redis-tls | high | encryption | mandatory advisory mandatory | exemptible | FSBP DMS.12
dms-7 | dms/neptune-iam | high | other | advisory advisory mandatory | exemptible | FSBP DMS.10
dms-8 | dms/logging | medium | other | advisory advisory mandatory | exemptible | FSBP DMS.7, FSBP DMS.8
dms-9 | dms/multi-az | medium | other | advisory advisory mandatory | exemptible | FSBP DMS.13
dms-10 | dms/no-passwords | high | other | advisory advisory mandatory | exemptible | –
dms-11 | dms/events | medium | other | advisory advisory mandatory | exemptible | –
ddb-1 | dynamodb/encryption | medium | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_119
ddb-2 | dynamodb/point-in-time-recovery | medium | deletion | disabled advisory mandatory | exemptible | FSBP DynamoDB.2, CKV_AWS_28, cdk-nag DDB3
ddb-3 | dynamodb/deletion-protection | high | deletion | disabled advisory mandatory | always | FSBP DynamoDB.6
ddb-4 | dynamodb/replica-encryption | medium | encryption | mandatory advisory mandatory | exemptible | –
ddb-5 | dynamodb/replica-recovery | medium | deletion | disabled advisory mandatory | exemptible | CKV_AWS_165
ddb-6 | dynamodb/replica-deletion-protection | high | deletion | disabled advisory mandatory | exemptible | –
ddb-7 | dynamodb/capacity | low | other | advisory advisory mandatory | exemptible | FSBP DynamoDB.1, CKV2_AWS_16
ddb-8 | dynamodb/stream-consumer-dead-letter | medium | other | advisory advisory mandatory | exemptible | –
ddb-9 | dynamodb/contributor-insights | low | other | disabled disabled advisory | exemptible | –
ec2-1 | ec2/default-group-closed | medium | other | advisory advisory mandatory | exemptible | FSBP EC2.2, CKV2_AWS_12
ec2-2 | ec2/flow-logs | medium | other | advisory advisory mandatory | exemptible | FSBP EC2.6, CKV2_AWS_11, cdk-nag VPC7
ec2-3 | ec2/no-open-ingress | high | other | advisory advisory mandatory | exemptible | FSBP EC2.18, CKV_AWS_260, cdk-nag EC23
ec2-4 | ec2/no-automatic-public-addresses | medium | other | advisory advisory mandatory | exemptible | FSBP EC2.15, CKV_AWS_130
evb-1 | eventbridge/target-dead-letter | medium | other | advisory advisory mandatory | exemptible | –
evb-2 | eventbridge/bus-not-public | high | other | advisory advisory mandatory | always | cdk-nag EVB1
kdf-1 | firehose/encryption | high | encryption | mandatory advisory mandatory | exemptible | FSBP DataFirehose.1, CKV_AWS_240, CKV_AWS_241, cdk-nag KDF1
kdf-2 | firehose/destination-encryption | high | encryption | mandatory advisory mandatory | exemptible | –
glue-1 | glue/crawler-security-configuration | medium | encryption | mandatory advisory mandatory | exemptible | cdk-nag GL1, CKV_AWS_195
glue-2 | glue/job-security-configuration | medium | encryption | mandatory advisory mandatory | exemptible | cdk-nag GL3, CKV_AWS_195
glue-3 | glue/security-configuration | medium | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_99
glue-4 | glue/catalog-encryption | medium | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_94
glue-5 | glue/supported-version | medium | other | advisory advisory mandatory | exemptible | FSBP Glue.4
glue-6 | glue/bookmarks | medium | other | advisory advisory mandatory | exemptible | –
iam-1 | iam/no-admin | critical | other | advisory advisory mandatory | always | FSBP IAM.1, CKV_AWS_62, CIS 1.16, cdk-nag IAM5
iam-2 | iam/no-wildcard-service | medium | other | advisory advisory mandatory | exemptible | FSBP IAM.21, cdk-nag IAM5, CKV_AWS_63
iam-3 | iam/trust-not-public | critical | other | advisory advisory mandatory | always | CKV_AWS_60
kds-1 | kinesis/encryption | high | encryption | mandatory advisory mandatory | exemptible | FSBP Kinesis.1, CKV_AWS_43, CKV_AWS_185, cdk-nag KDS3
kds-2 | kinesis/retention | low | other | disabled disabled advisory | exemptible | FSBP Kinesis.3
kms-1 | kms/rotation | medium | encryption | mandatory advisory mandatory | exemptible | FSBP KMS.4, CKV_AWS_7, cdk-nag KMS5, CIS 3.6
kms-2 | kms/no-wildcard-principal | critical | encryption | mandatory advisory mandatory | always | FSBP KMS.5, CKV_AWS_33
kms-3 | kms/deletion-window | high | deletion | disabled advisory mandatory | exemptible | FSBP KMS.3
kms-4 | kms/enabled | medium | deletion | disabled advisory mandatory | exemptible | CKV_AWS_227
lambda-1 | lambda/supported-runtime | medium | other | advisory advisory mandatory | exemptible | FSBP Lambda.2, CKV_AWS_363, cdk-nag L1
lambda-2 | lambda/no-public-permission | critical | other | advisory advisory mandatory | always | FSBP Lambda.1, CKV_AWS_301
lambda-3 | lambda/permission-source | high | other | advisory advisory mandatory | exemptible | CKV_AWS_364
lambda-4 | lambda/dead-letter | low | other | advisory advisory mandatory | exemptible | CKV_AWS_116
lambda-5 | lambda/tracing | low | other | advisory advisory mandatory | exemptible | CKV_AWS_50
lambda-6 | lambda/environment-encryption | medium | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_173
logs-1 | logs/encryption | medium | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_158
logs-2 | logs/retention | low | other | advisory advisory mandatory | exemptible | CKV_AWS_66
rds-1 | rds/storage-encryption | high | encryption | mandatory advisory mandatory | always | FSBP RDS.3, FSBP RDS.27, CKV_AWS_16, CKV_AWS_96, CKV_AWS_327, cdk-nag RDS2
rds-2 | rds/insights-encryption | medium | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_354
rds-3 | rds/forced-tls | high | encryption | mandatory advisory mandatory | exemptible | FSBP RDS.38, FSBP RDS.39, FSBP RDS.41, FSBP RDS.44, CKV2_AWS_69
rds-4 | rds/snapshot-encryption | high | encryption | mandatory advisory mandatory | exemptible | FSBP RDS.4, CKV_AWS_266
rds-5 | rds/deletion-protection | high | deletion | disabled advisory mandatory | exemptible | FSBP RDS.7, FSBP RDS.8, CKV_AWS_139, CKV_AWS_293, cdk-nag RDS10
rds-6 | rds/final-snapshot | high | deletion | disabled advisory mandatory | exemptible | –
rds-7 | rds/backup-retention | high | deletion | disabled advisory mandatory | exemptible | FSBP RDS.11, CKV_AWS_133, cdk-nag RDS13
rds-8 | rds/multi-az | medium | other | advisory advisory mandatory | exemptible | FSBP RDS.5, FSBP RDS.15, CKV_AWS_157
rds-9 | rds/not-public | critical | other | advisory advisory mandatory | always | FSBP RDS.2, CKV_AWS_17
rds-10 | rds/log-exports | medium | other | advisory advisory mandatory | exemptible | FSBP RDS.9, FSBP RDS.36, FSBP RDS.37, FSBP RDS.40, FSBP RDS.42, CKV_AWS_129
rds-11 | rds/enhanced-monitoring | low | other | advisory advisory mandatory | exemptible | FSBP RDS.6, CKV_AWS_118
rds-12 | rds/auto-minor-upgrade | medium | other | advisory advisory mandatory | exemptible | FSBP RDS.13, FSBP RDS.35, CKV_AWS_226
rds-13 | rds/iam-authentication | medium | other | advisory advisory mandatory | exemptible | FSBP RDS.10, FSBP RDS.12, CKV_AWS_161, CKV_AWS_162
rds-14 | rds/copy-tags | low | other | advisory advisory mandatory | exemptible | FSBP RDS.16, FSBP RDS.17, CKV_AWS_313, CKV2_AWS_60
rds-15 | rds/cluster-events | medium | other | advisory advisory mandatory | exemptible | FSBP RDS.19
rds-16 | rds/instance-events | medium | other | advisory advisory mandatory | exemptible | FSBP RDS.20
rds-17 | rds/parameter-group-events | medium | other | advisory advisory mandatory | exemptible | FSBP RDS.21
rds-18 | rds/security-group-events | medium | other | advisory advisory mandatory | exemptible | FSBP RDS.22
rds-19 | rds/admin-name | medium | other | advisory advisory mandatory | exemptible | FSBP RDS.24, FSBP RDS.25
rds-20 | rds/port | low | other | disabled disabled advisory | exemptible | FSBP RDS.23, cdk-nag RDS11
rds-21 | rds/certificate-authority | medium | other | advisory advisory mandatory | exemptible | CKV_AWS_211
rds-22 | rds/event-readers | medium | other | advisory advisory mandatory | exemptible | –
s3-1 | s3/default-encryption | high | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_145, CKV_AWS_19
s3-2 | s3/bucket-key | low | other | advisory advisory mandatory | exemptible | –
s3-3 | s3/deny-plain-http | high | encryption | mandatory advisory mandatory | always | FSBP S3.5, cdk-nag S10, CKV_AWS_379
s3-4 | s3/deny-other-keys | medium | encryption | mandatory advisory mandatory | exemptible | –
s3-5 | s3/public-access-block | critical | other | advisory advisory mandatory | always | FSBP S3.8, CKV_AWS_53, CKV_AWS_54, CKV_AWS_55, CKV_AWS_56, CIS 2.1.4
s3-6 | s3/acl-disabled | medium | other | advisory advisory mandatory | exemptible | FSBP S3.12, CKV2_AWS_65
s3-7 | s3/versioning | medium | other | advisory advisory mandatory | exemptible | CKV_AWS_21
s3-8 | s3/access-logging | medium | other | advisory advisory mandatory | exemptible | FSBP S3.9, CKV_AWS_18, cdk-nag S1
s3-9 | s3/lifecycle | low | other | advisory advisory mandatory | exemptible | FSBP S3.13, CKV_AWS_300, CKV2_AWS_61
s3-10 | s3/no-force-destroy | high | deletion | disabled advisory mandatory | always | –
sm-1 | secretsmanager/rotation | medium | other | advisory advisory mandatory | exemptible | FSBP SecretsManager.1, CKV2_AWS_57, cdk-nag SMG4
sm-2 | secretsmanager/encryption | medium | encryption | mandatory advisory mandatory | exemptible | CKV_AWS_149
sns-1 | sns/encryption | medium | encryption | mandatory advisory mandatory | exemptible | FSBP SNS.1, CKV_AWS_26
sns-2 | sns/tls-only | medium | encryption | mandatory advisory mandatory | exemptible | cdk-nag SNS3
sns-3 | sns/no-wildcard-principal | high | other | advisory advisory mandatory | always | FSBP SNS.4, CKV_AWS_169
sqs-1 | sqs/encryption | medium | encryption | mandatory advisory mandatory | exemptible | FSBP SQS.1, CKV_AWS_27
sqs-2 | sqs/tls-only | medium | encryption | mandatory advisory mandatory | exemptible | cdk-nag SQS4
sqs-3 | sqs/no-wildcard-principal | high | other | advisory advisory mandatory | always | FSBP SQS.3, CKV_AWS_168
sfn-1 | stepfunctions/logging | medium | other | advisory advisory mandatory | exemptible | FSBP StepFunctions.1, cdk-nag SF1, CKV_AWS_285
sfn-2 | stepfunctions/tracing | low | other | advisory advisory mandatory | exemptible | cdk-nag SF2, CKV_AWS_284
sfn-3 | stepfunctions/encryption | medium | encryption | mandatory advisory mandatory | exemptible | –
`
  .trim()
  .split("\n");
