/** What is counted: characters, bytes in UTF-8, entries of a list or a map, or the characters of a policy without its white space. */
export type Unit = "characters" | "bytes" | "entries" | "statements" | "characters without white space";

/** The largest size of one property of a resource type. */
export interface SizeLimit {
  readonly type: string;
  /** The path of the property; `[]` stands for every entry of a list, `{}` for every value of a map. */
  readonly path: string;
  readonly max: number;
  readonly unit: Unit;
  readonly source: string;
}

const size =
  (unit: Unit) =>
  (type: string, path: string, max: number, source: string): SizeLimit => ({
    type: `aws:${type}`,
    path,
    max,
    unit,
    source: `https://docs.aws.amazon.com${source}`,
  });
const characters = size("characters");
const bytes = size("bytes");
const entries = size("entries");
const policy = size("characters without white space");
const statements = size("statements");

const IAM = "/IAM/latest/UserGuide/reference_iam-quotas.html";
const COLUMN = "/glue/latest/dg/aws-glue-api-catalog-tables.html";
const TABLE = "glue/catalogTable:CatalogTable";
const ALARM = "/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html";
const RULE = "/eventbridge/latest/userguide/eb-quota.html";
const LAMBDA = "/lambda/latest/dg/gettingstarted-limits.html";
const SCHEDULE = "/scheduler/latest/APIReference/API_CreateSchedule.html";
const SQS = "/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html";
const SNS_POLICY = "/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html";
const DYNAMODB = "/amazondynamodb/latest/developerguide/Limits.html";
const VPC = "/vpc/latest/userguide/amazon-vpc-limits.html";
const SECURITY_GROUP = "/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html";

/** The sizes that AWS limits, as far as settings and contracts can approach them. */
export const SIZES: readonly SizeLimit[] = [
  policy("iam/role:Role", "assumeRolePolicy", 2048, IAM),
  policy("iam/policy:Policy", "policy", 6144, IAM),
  characters("iam/role:Role", "description", 1000, "/IAM/latest/APIReference/API_CreateRole.html"),
  bytes("s3/bucketPolicy:BucketPolicy", "policy", 20_480, "/AmazonS3/latest/userguide/bucket-policies.html"),
  entries(
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "rules",
    1000,
    "/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html",
  ),
  characters(
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "rules[].id",
    255,
    "/AmazonS3/latest/userguide/intro-lifecycle-rules.html",
  ),
  bytes("s3/bucketObjectv2:BucketObjectv2", "key", 1024, "/AmazonS3/latest/userguide/object-keys.html"),
  bytes("kms/key:Key", "policy", 32_768, "/kms/latest/developerguide/resource-limits.html"),
  characters("kms/key:Key", "description", 8192, "/kms/latest/APIReference/API_CreateKey.html"),
  bytes("sqs/queuePolicy:QueuePolicy", "policy", 8192, SQS),
  statements("sqs/queuePolicy:QueuePolicy", "policy", 20, SQS),
  statements("sns/topicPolicy:TopicPolicy", "policy", 100, SNS_POLICY),
  bytes("sns/topicPolicy:TopicPolicy", "policy", 30_720, SNS_POLICY),
  characters("sns/topic:Topic", "displayName", 100, "/sns/latest/api/API_CreateTopic.html"),
  bytes(
    "sns/topicSubscription:TopicSubscription",
    "filterPolicy",
    262_144,
    "/sns/latest/dg/subscription-filter-policy-constraints.html",
  ),
  characters(
    "cloudwatch/logResourcePolicy:LogResourcePolicy",
    "policyDocument",
    5120,
    "/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html",
  ),
  bytes("sfn/stateMachine:StateMachine", "definition", 1_048_576, "/step-functions/latest/dg/service-quotas.html"),
  bytes("lambda/function:Function", "environment.variables", 4096, LAMBDA),
  characters("lambda/function:Function", "description", 256, "/lambda/latest/api/API_CreateFunction.html"),
  entries("lambda/function:Function", "layers", 5, LAMBDA),
  characters("cloudwatch/eventRule:EventRule", "description", 512, "/eventbridge/latest/APIReference/API_PutRule.html"),
  characters("cloudwatch/eventRule:EventRule", "eventPattern", 2048, RULE),
  characters("cloudwatch/eventTarget:EventTarget", "input", 8192, "/eventbridge/latest/APIReference/API_Target.html"),
  characters("scheduler/schedule:Schedule", "description", 512, SCHEDULE),
  characters("scheduler/schedule:Schedule", "scheduleExpression", 256, SCHEDULE),
  bytes("scheduler/schedule:Schedule", "target.input", 262_144, SCHEDULE),
  characters("cloudwatch/metricAlarm:MetricAlarm", "alarmDescription", 1024, ALARM),
  entries("cloudwatch/metricAlarm:MetricAlarm", "alarmActions", 5, ALARM),
  entries("cloudwatch/metricAlarm:MetricAlarm", "dimensions", 30, ALARM),
  bytes("glue/catalogTable:CatalogTable", "name", 255, COLUMN),
  bytes(TABLE, "description", 2048, COLUMN),
  bytes(TABLE, "storageDescriptor.columns[].name", 255, COLUMN),
  bytes(TABLE, "storageDescriptor.columns[].comment", 255, COLUMN),
  bytes(TABLE, "storageDescriptor.columns[].type", 131_072, COLUMN),
  bytes(TABLE, "partitionKeys[].name", 255, COLUMN),
  bytes(TABLE, "partitionKeys[].comment", 255, COLUMN),
  bytes(TABLE, "parameters{}", 512_000, COLUMN),
  entries(TABLE, "partitionIndices", 3, "/glue/latest/dg/partition-indexes.html"),
  bytes(
    "glue/catalogDatabase:CatalogDatabase",
    "description",
    2048,
    "/glue/latest/dg/aws-glue-api-catalog-databases.html",
  ),
  bytes("glue/job:Job", "description", 2048, "/glue/latest/dg/aws-glue-api-jobs-job.html"),
  bytes("glue/crawler:Crawler", "description", 2048, "/glue/latest/dg/aws-glue-api-crawler-crawling.html"),
  characters(
    "glue/dataQualityRuleset:DataQualityRuleset",
    "ruleset",
    65_536,
    "/glue/latest/dg/aws-glue-api-data-quality-api.html",
  ),
  characters("athena/workgroup:Workgroup", "description", 1024, "/athena/latest/APIReference/API_CreateWorkGroup.html"),
  entries("dynamodb/table:Table", "globalSecondaryIndexes", 20, DYNAMODB),
  entries("dynamodb/table:Table", "localSecondaryIndexes", 5, DYNAMODB),
  characters("dynamodb/table:Table", "globalSecondaryIndexes[].name", 255, DYNAMODB),
  entries("rds/instance:Instance", "vpcSecurityGroupIds", 5, VPC),
  entries("rds/cluster:Cluster", "vpcSecurityGroupIds", 5, VPC),
  entries("lambda/function:Function", "vpcConfig.securityGroupIds", 5, VPC),
  characters("ec2/securityGroup:SecurityGroup", "description", 255, SECURITY_GROUP),
  characters("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "description", 255, SECURITY_GROUP),
  characters("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "description", 255, SECURITY_GROUP),
  characters("appsync/resolver:Resolver", "code", 32_768, "/appsync/latest/APIReference/API_CreateResolver.html"),
  bytes("appsync/graphQLApi:GraphQLApi", "schema", 1_048_576, "/general/latest/gr/appsync.html"),
  characters("wafv2/webAcl:WebAcl", "description", 256, "/waf/latest/APIReference/API_CreateWebACL.html"),
  characters(
    "secretsmanager/secret:Secret",
    "description",
    2048,
    "/secretsmanager/latest/apireference/API_CreateSecret.html",
  ),
];
