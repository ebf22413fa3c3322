import type { Properties } from "../../recorded";

/** The largest number of resources of one type, or the largest sum of one figure of theirs, an account or another resource. */
export interface CountLimit {
  readonly type: string;
  /** Types whose resources count too. */
  readonly also?: readonly string[];
  /** What is counted, in the plural. */
  readonly what: string;
  /** What has the limit, for example `bus`; the default is the account in a region. */
  readonly per?: string;
  /** Names the resource that has the limit; undefined leaves a resource out. */
  readonly key?: (inputs: Properties) => string | undefined;
  /** How much a resource adds; the default is 1. */
  readonly weight?: (inputs: Properties) => number;
  readonly max: number;
  /** How to correct it; the default is to divide the datasets or ask AWS for more. */
  readonly remedy?: string;
  readonly source: string;
}

const DOCS = "https://docs.aws.amazon.com";
const of =
  (property: string) =>
  (inputs: Properties): string =>
    String(inputs[property]);
/** The length of a policy as IAM counts it. */
export const policyLength = (text: unknown): number => String(text ?? "").replace(/\s+/g, "").length;

const IAM = `${DOCS}/IAM/latest/UserGuide/reference_iam-quotas.html`;
const GLUE = `${DOCS}/general/latest/gr/glue.html`;
const RULES = `${DOCS}/eventbridge/latest/userguide/eb-quota.html`;
const VPC = `${DOCS}/vpc/latest/userguide/amazon-vpc-limits.html`;
const APIGATEWAY = `${DOCS}/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html`;
const RDS = `${DOCS}/AmazonRDS/latest/UserGuide/CHAP_Limits.html`;
const ROWS = "Grant one pattern of ARNs instead of many ARNs, or merge statements that differ in their actions only.";

/**
 * The default quotas of a new account. A stack has an account's region to itself only as far as this program knows: what other stacks use
 * is not counted.
 */
export const COUNTS: readonly CountLimit[] = [
  {
    type: "aws:cloudwatch/eventRule:EventRule",
    what: "rules",
    per: "bus",
    key: ({ eventBusName }) => String(eventBusName ?? "default"),
    max: 300,
    remedy: "Use EventBridge Scheduler for schedules, or one rule for several targets.",
    source: RULES,
  },
  {
    type: "aws:cloudwatch/eventTarget:EventTarget",
    what: "targets",
    per: "rule",
    key: of("rule"),
    max: 5,
    source: RULES,
  },
  {
    type: "aws:iam/rolePolicy:RolePolicy",
    what: "characters of inline policies",
    per: "role",
    key: of("role"),
    weight: ({ policy }) => policyLength(policy),
    max: 10_240,
    remedy: ROWS,
    source: IAM,
  },
  {
    type: "aws:iam/userPolicy:UserPolicy",
    what: "characters of inline policies",
    per: "user",
    key: of("user"),
    weight: ({ policy }) => policyLength(policy),
    max: 2048,
    remedy: ROWS,
    source: IAM,
  },
  {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    what: "managed policies",
    per: "role",
    key: of("role"),
    max: 10,
    source: IAM,
  },
  { type: "aws:iam/role:Role", what: "roles", max: 1000, source: IAM },
  {
    type: "aws:s3/bucketNotification:BucketNotification",
    what: "notification configurations",
    per: "bucket",
    key: of("bucket"),
    weight: ({ queues, topics, lambdaFunctions }) =>
      [queues, topics, lambdaFunctions].flatMap((list) => list ?? []).length,
    max: 100,
    source: `${DOCS}/AmazonS3/latest/userguide/EventNotifications.html`,
  },
  {
    type: "aws:datasync/task:Task",
    what: "tasks of DataSync",
    max: 100,
    source: `${DOCS}/datasync/latest/userguide/datasync-limits.html`,
  },
  {
    type: "aws:rds/instance:Instance",
    also: ["aws:rds/clusterInstance:ClusterInstance"],
    what: "instances of RDS, those of Aurora included",
    max: 40,
    source: RDS,
  },
  { type: "aws:rds/cluster:Cluster", what: "clusters of RDS", max: 40, source: RDS },
  { type: "aws:rds/proxy:Proxy", what: "proxies of RDS", max: 20, source: RDS },
  {
    type: "aws:lambda/permission:Permission",
    what: "characters of the resource policy",
    per: "function",
    key: of("function"),
    // A statement as Lambda writes it: principal, action, the function's ARN and the conditions.
    weight: (inputs) => JSON.stringify(inputs).length + 160,
    max: 20_480,
    source: `${DOCS}/lambda/latest/dg/gettingstarted-limits.html`,
  },
  {
    type: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    // Of ten, one is the policy that AWS writes itself for the logs of state machines.
    what: "resource policies of CloudWatch Logs beside the one of AWS",
    max: 9,
    remedy: "Let several resources share one log group, or one policy.",
    source: `${DOCS}/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html`,
  },
  { type: "aws:glue/job:Job", what: "jobs", max: 1000, source: GLUE },
  { type: "aws:glue/trigger:Trigger", what: "triggers", max: 1000, source: GLUE },
  { type: "aws:glue/crawler:Crawler", what: "crawlers", max: 1000, source: GLUE },
  {
    type: "aws:glue/securityConfiguration:SecurityConfiguration",
    what: "security configurations",
    max: 250,
    source: GLUE,
  },
  {
    type: "aws:glue/catalogTable:CatalogTable",
    what: "tables",
    per: "database",
    key: of("databaseName"),
    max: 200_000,
    source: GLUE,
  },
  {
    type: "aws:scheduler/scheduleGroup:ScheduleGroup",
    what: "schedule groups",
    max: 500,
    source: `${DOCS}/scheduler/latest/UserGuide/scheduler-quotas.html`,
  },
  {
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    what: "inbound rules",
    per: "security group",
    key: of("securityGroupId"),
    max: 60,
    source: VPC,
  },
  {
    type: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    what: "outbound rules",
    per: "security group",
    key: of("securityGroupId"),
    max: 60,
    source: VPC,
  },
  { type: "aws:ec2/eip:Eip", what: "Elastic IP addresses", max: 5, source: VPC },
  { type: "aws:ec2/route:Route", what: "routes", per: "route table", key: of("routeTableId"), max: 500, source: VPC },
  {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    what: "interface and Gateway Load Balancer endpoints",
    per: "VPC",
    key: ({ vpcId, vpcEndpointType }) =>
      ["Interface", "GatewayLoadBalancer"].includes(String(vpcEndpointType)) ? String(vpcId) : undefined,
    max: 50,
    source: VPC,
  },
  {
    type: "aws:apigatewayv2/route:Route",
    what: "routes",
    per: "API",
    key: of("apiId"),
    max: 300,
    source: APIGATEWAY,
  },
  {
    type: "aws:s3/bucket:Bucket",
    what: "buckets",
    max: 10_000,
    source: `${DOCS}/AmazonS3/latest/userguide/BucketRestrictions.html`,
  },
  {
    type: "aws:sns/topicSubscription:TopicSubscription",
    what: "filter policies",
    per: "topic",
    key: ({ topic, filterPolicy }) => (filterPolicy === undefined ? undefined : String(topic)),
    max: 200,
    source: `${DOCS}/sns/latest/dg/subscription-filter-policy-constraints.html`,
  },
  {
    type: "aws:rds/eventSubscription:EventSubscription",
    what: "event subscriptions of RDS",
    max: 20,
    source: RDS,
  },
  {
    type: "aws:dynamodb/table:Table",
    what: "tables of DynamoDB",
    max: 2500,
    source: `${DOCS}/amazondynamodb/latest/developerguide/Limits.html`,
  },
];
