/** The longest physical name that a service accepts, for the types whose names the provider generates. */
export interface NameLimit {
  readonly property: string;
  /** The property for the beginning of a generated name. */
  readonly prefix?: string;
  /** The largest number of characters. */
  readonly max: number;
  /** A part that the provider adds to every name and that the limit does not count, for example `alias/`. */
  readonly added?: string;
  /** The input that makes the provider end a generated name with `.fifo`. */
  readonly fifo?: string;
  readonly source: string;
}

const API = "https://docs.aws.amazon.com";
const name = (max: number, source: string, more: Partial<NameLimit> = {}): NameLimit => ({
  property: "name",
  max,
  source: `${API}${source}`,
  ...more,
});
const prefixed = { prefix: "namePrefix" };

const GLUE = "/glue/latest/webapi/API_CreateJob.html";
const IAM = "/IAM/latest/UserGuide/reference_iam-quotas.html";
const EVENTS = "/eventbridge/latest/APIReference/API_PutRule.html";
const APIGATEWAY = "/apigateway/latest/developerguide/limits.html";
const RDS = "/AmazonRDS/latest/UserGuide/CHAP_Limits.html";
const DMS = "/dms/latest/APIReference/API_CreateReplicationInstance.html";
const S3_NAMES = "/AmazonS3/latest/API/API_PutBucketInventoryConfiguration.html";
const APPSYNC = "/appsync/latest/APIReference/API_CreateGraphqlApi.html";

/**
 * The limits by resource type. AWS's provider generates the name `<resource name>-<7 hexadecimal digits>` and does not shorten it, and the service
 * refuses a name that is too long.
 */
export const NAMES: Readonly<Record<string, NameLimit>> = {
  "aws:apigatewayv2/api:Api": name(128, APIGATEWAY),
  "aws:apigatewayv2/authorizer:Authorizer": name(128, APIGATEWAY),
  "aws:apigatewayv2/model:Model": name(128, APIGATEWAY),
  "aws:apigatewayv2/stage:Stage": name(128, APIGATEWAY),
  "aws:appautoscaling/policy:Policy": name(255, "/autoscaling/application/APIReference/API_PutScalingPolicy.html"),
  "aws:appsync/dataSource:DataSource": name(65, "/appsync/latest/APIReference/API_CreateDataSource.html"),
  "aws:appsync/function:Function": name(65, APPSYNC),
  "aws:appsync/graphQLApi:GraphQLApi": name(65_536, APPSYNC),
  "aws:athena/namedQuery:NamedQuery": name(128, "/athena/latest/APIReference/API_CreateNamedQuery.html"),
  "aws:athena/workgroup:Workgroup": name(128, "/athena/latest/APIReference/API_CreateWorkGroup.html"),
  "aws:cloudwatch/eventBus:EventBus": name(256, "/eventbridge/latest/APIReference/API_CreateEventBus.html"),
  "aws:cloudwatch/eventRule:EventRule": name(64, EVENTS, prefixed),
  "aws:cloudwatch/eventTarget:EventTarget": name(64, "/eventbridge/latest/APIReference/API_Target.html", {
    property: "targetId",
  }),
  "aws:cloudwatch/logGroup:LogGroup": name(
    512,
    "/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
    prefixed,
  ),
  "aws:cloudwatch/logStream:LogStream": name(512, "/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": name(255, "/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"),
  "aws:dms/endpoint:Endpoint": name(255, DMS, { property: "endpointId" }),
  "aws:dms/eventSubscription:EventSubscription": name(255, DMS),
  "aws:dms/dataProvider:DataProvider": name(255, DMS),
  "aws:dms/instanceProfile:InstanceProfile": name(255, DMS),
  "aws:dms/migrationProject:MigrationProject": name(255, DMS),
  "aws:dms/replicationInstance:ReplicationInstance": name(63, DMS, { property: "replicationInstanceId" }),
  "aws:dms/replicationTask:ReplicationTask": name(255, DMS, { property: "replicationTaskId" }),
  "aws:dms/s3Endpoint:S3Endpoint": name(255, DMS, { property: "endpointId" }),
  "aws:dynamodb/table:Table": name(255, "/amazondynamodb/latest/developerguide/Limits.html"),
  "aws:ec2/securityGroup:SecurityGroup": name(
    255,
    "/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
    prefixed,
  ),
  "aws:glue/catalogDatabase:CatalogDatabase": name(255, GLUE),
  "aws:glue/catalogTable:CatalogTable": name(255, GLUE),
  "aws:glue/classifier:Classifier": name(255, GLUE),
  "aws:glue/crawler:Crawler": name(255, GLUE),
  "aws:glue/dataQualityRuleset:DataQualityRuleset": name(255, GLUE),
  "aws:glue/job:Job": name(255, GLUE),
  "aws:glue/securityConfiguration:SecurityConfiguration": name(255, GLUE),
  "aws:glue/trigger:Trigger": name(255, GLUE),
  "aws:iam/policy:Policy": name(128, IAM, prefixed),
  "aws:iam/role:Role": name(64, IAM, prefixed),
  "aws:iam/rolePolicy:RolePolicy": name(128, IAM, prefixed),
  "aws:iam/user:User": name(64, IAM),
  "aws:iam/userPolicy:UserPolicy": name(128, IAM, prefixed),
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": name(
    64,
    "/firehose/latest/APIReference/API_CreateDeliveryStream.html",
  ),
  "aws:kinesis/stream:Stream": name(128, "/kinesis/latest/APIReference/API_CreateStream.html"),
  "aws:kms/alias:Alias": name(250, "/kms/latest/APIReference/API_CreateAlias.html", { ...prefixed, added: "alias/" }),
  "aws:lambda/function:Function": name(64, "/lambda/latest/api/API_CreateFunction.html"),
  "aws:lambda/permission:Permission": name(100, "/lambda/latest/api/API_AddPermission.html", {
    property: "statementId",
    prefix: "statementIdPrefix",
  }),
  "aws:rds/cluster:Cluster": name(63, RDS, { property: "clusterIdentifier", prefix: "clusterIdentifierPrefix" }),
  "aws:rds/clusterInstance:ClusterInstance": name(63, RDS, { property: "identifier", prefix: "identifierPrefix" }),
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": name(255, RDS, prefixed),
  "aws:rds/eventSubscription:EventSubscription": name(255, RDS, prefixed),
  "aws:rds/instance:Instance": name(63, RDS, { property: "identifier", prefix: "identifierPrefix" }),
  "aws:rds/optionGroup:OptionGroup": name(255, RDS, prefixed),
  "aws:rds/parameterGroup:ParameterGroup": name(255, RDS, prefixed),
  "aws:rds/proxy:Proxy": name(63, RDS),
  "aws:rds/subnetGroup:SubnetGroup": name(255, RDS, prefixed),
  "aws:s3/accessPoint:AccessPoint": name(50, "/AmazonS3/latest/userguide/access-points-restrictions-limitations.html"),
  "aws:s3/bucket:Bucket": name(63, "/AmazonS3/latest/userguide/bucketnamingrules.html", {
    property: "bucket",
    prefix: "bucketPrefix",
  }),
  "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": name(64, S3_NAMES),
  "aws:s3/inventory:Inventory": name(64, S3_NAMES),
  "aws:s3/bucketObjectv2:BucketObjectv2": name(1024, "/AmazonS3/latest/userguide/object-keys.html", {
    property: "key",
  }),
  "aws:scheduler/schedule:Schedule": name(64, "/scheduler/latest/APIReference/API_CreateSchedule.html", prefixed),
  "aws:scheduler/scheduleGroup:ScheduleGroup": name(
    64,
    "/scheduler/latest/APIReference/API_CreateScheduleGroup.html",
    prefixed,
  ),
  "aws:secretsmanager/secret:Secret": name(512, "/secretsmanager/latest/apireference/API_CreateSecret.html", prefixed),
  "aws:sfn/stateMachine:StateMachine": name(
    80,
    "/step-functions/latest/apireference/API_CreateStateMachine.html",
    prefixed,
  ),
  "aws:sns/topic:Topic": name(256, "/sns/latest/api/API_CreateTopic.html", { ...prefixed, fifo: "fifoTopic" }),
  "aws:sqs/queue:Queue": name(80, "/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html", {
    ...prefixed,
    fifo: "fifoQueue",
  }),
  "aws:wafv2/webAcl:WebAcl": name(128, "/waf/latest/APIReference/API_CreateWebACL.html", prefixed),
};
