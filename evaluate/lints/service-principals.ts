import { withoutRegion, type Target } from "./service-statements";

/** What AWS documents of one service's calls to one kind of resource. */
export interface ServicePrincipal {
  /** The principal, with `REGION` in place of a region. */
  readonly service: string;
  readonly target: Target;
  /** The actions that the row is about, with a `*` at their ends; all actions when unset. */
  readonly actions?: readonly string[];
  /** The argument that gives the role to the service, as `<type>.<property>`; any when unset. A row with one precedes one without. */
  readonly usedBy?: string;
  /** The condition keys that the service sends, or that the called service adds. A statement may use these only. */
  readonly keys: readonly string[];
  /** Why a statement without any of the keys is accepted. By default it must use one of them. */
  readonly unguarded?: string;
  /** Whether the value of a key contains a literal `*`. */
  readonly literal?: boolean;
  /** The page of AWS's documentation that says so. */
  readonly source: string;
}

const DOCS = "https://docs.aws.amazon.com";
const SOURCE = ["aws:SourceArn", "aws:SourceAccount"];
const TOPIC_CONTEXT = "kms:EncryptionContext:aws:sns:topicArn";
const QUEUE_CONTEXT = "kms:EncryptionContext:aws:sqs:arn";
const BUS_CONTEXT = "kms:EncryptionContext:aws:events:event-bus:arn";
const DATA_KEYS = ["kms:GenerateDataKey*", "kms:Decrypt"];

/** Roles: what a service sends when it assumes one. */
const ROLES: readonly Omit<ServicePrincipal, "target">[] = [
  {
    service: "lambda.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/lambda/latest/dg/permissions-managed-policies.html`,
  },
  { service: "glue.amazonaws.com", keys: [], source: `${DOCS}/glue/latest/dg/create-an-iam-role.html` },
  {
    service: "states.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/step-functions/latest/dg/procedure-create-iam-role.html`,
  },
  {
    service: "events.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html`,
  },
  {
    // The source is the schedule's group, not the schedule.
    service: "scheduler.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html`,
  },
  {
    // The external id is the id of the account. No page has a key of the source for Firehose.
    service: "firehose.amazonaws.com",
    keys: ["sts:ExternalId"],
    unguarded: "The page tells to replace the account in the trust policy, but its newest example has no condition.",
    source: `${DOCS}/firehose/latest/dev/controlling-access.html#firehose-assume-role`,
  },
  {
    service: "datasync.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/datasync/latest/userguide/cross-service-confused-deputy-prevention.html`,
  },
  {
    service: "dms.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/dms/latest/userguide/cross-service-confused-deputy-prevention.html`,
  },
  {
    service: "dms.REGION.amazonaws.com",
    keys: [],
    source: `${DOCS}/dms/latest/userguide/security_iam_secretsmanager.html`,
  },
  {
    service: "schema-conversion.dms.amazonaws.com",
    keys: [],
    source: `${DOCS}/dms/latest/userguide/set-up.html`,
  },
  {
    service: "redshift.amazonaws.com",
    keys: ["sts:ExternalId"],
    unguarded: "The key tells database users apart, and DMS does not know them.",
    source: `${DOCS}/redshift/latest/mgmt/authorizing-redshift-service.html`,
  },
  {
    service: "appsync.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/appsync/latest/devguide/attaching-a-data-source.html`,
  },
  {
    service: "appsync.amazonaws.com",
    usedBy: "aws:appsync/graphQLApi:GraphQLApi.logConfig",
    keys: [],
    source: `${DOCS}/appsync/latest/devguide/monitoring.html`,
  },
  {
    service: "apigateway.amazonaws.com",
    keys: [],
    source: `${DOCS}/apigateway/latest/developerguide/set-up-logging.html`,
  },
  {
    service: "vpc-flow-logs.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/vpc/latest/userguide/flow-logs-iam-role.html`,
  },
  {
    service: "monitoring.rds.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html`,
  },
  {
    service: "rds.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/AmazonRDS/latest/UserGuide/cross-service-confused-deputy-prevention.html`,
  },
  {
    service: "rds.amazonaws.com",
    usedBy: "aws:rds/proxy:Proxy.roleArn",
    keys: [],
    source: `${DOCS}/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html`,
  },
  {
    service: "s3.amazonaws.com",
    keys: [],
    source: `${DOCS}/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html`,
  },
  {
    service: "sns.amazonaws.com",
    keys: [],
    source: `${DOCS}/sns/latest/dg/prereqs-kinesis-data-firehose.html`,
  },
];

/** Topics: what a service sends when it publishes. */
const TOPICS: readonly Omit<ServicePrincipal, "target">[] = [
  {
    // "You can't use of Condition blocks in Amazon SNS topic policies for EventBridge."
    service: "events.amazonaws.com",
    keys: [],
    source: `${DOCS}/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions`,
  },
  {
    service: "cloudwatch.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/AmazonCloudWatch/latest/monitoring/US_SetupSNS.html`,
  },
  {
    service: "s3.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html`,
  },
  {
    service: "events.rds.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html`,
  },
  {
    // The source is the event subscription. DMS is not among the services that send aws:SourceAccount to SNS:
    // https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    service: "dms.amazonaws.com",
    keys: ["aws:SourceArn"],
    source: `${DOCS}/dms/latest/userguide/CHAP_Events.html#USER_Events.Subscribing.Access`,
  },
  {
    service: "budgets.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/cost-management/latest/userguide/budgets-sns-policy.html`,
  },
];

/** Queues: what a service sends when it sends a message. */
const QUEUES: readonly Omit<ServicePrincipal, "target">[] = [
  {
    service: "events.amazonaws.com",
    keys: ["aws:SourceArn"],
    source: `${DOCS}/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions`,
  },
  {
    service: "s3.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html`,
  },
  {
    service: "sns.amazonaws.com",
    keys: ["aws:SourceArn"],
    source: `${DOCS}/sns/latest/dg/sns-access-policy-use-cases.html`,
  },
];

/** Keys: what a service sends when it uses one, and the encryption context that the encrypted resource's service adds. */
const KEYS: readonly Omit<ServicePrincipal, "target">[] = [
  {
    service: "logs.REGION.amazonaws.com",
    keys: ["kms:EncryptionContext:aws:logs:arn"],
    source: `${DOCS}/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html`,
  },
  {
    service: "delivery.logs.amazonaws.com",
    keys: ["kms:EncryptionContext:SourceArn"],
    literal: true,
    source: `${DOCS}/step-functions/latest/dg/encryption-at-rest.html`,
  },
  {
    service: "events.amazonaws.com",
    actions: ["kms:DescribeKey"],
    keys: SOURCE,
    source: `${DOCS}/eventbridge/latest/userguide/eb-encryption-key-policy.html`,
  },
  {
    service: "events.amazonaws.com",
    actions: [...DATA_KEYS, "kms:ReEncrypt*"],
    keys: [...SOURCE, BUS_CONTEXT],
    source: `${DOCS}/eventbridge/latest/userguide/eb-encryption-key-policy.html`,
  },
  {
    // Conditions on the source are "not supported for EventBridge-to-encrypted topics".
    service: "events.amazonaws.com",
    actions: DATA_KEYS,
    keys: [TOPIC_CONTEXT],
    source: `${DOCS}/sns/latest/dg/sns-key-management.html`,
  },
  {
    service: "events.amazonaws.com",
    actions: DATA_KEYS,
    keys: ["aws:SourceArn", QUEUE_CONTEXT],
    source: `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html`,
  },
  {
    service: "sns.amazonaws.com",
    actions: DATA_KEYS,
    keys: ["aws:SourceArn", QUEUE_CONTEXT],
    source: `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html`,
  },
  {
    service: "s3.amazonaws.com",
    actions: DATA_KEYS,
    keys: SOURCE,
    source: `${DOCS}/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html#key-policy-sns-sqs`,
  },
  ...["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"].map((service) => ({
    service,
    actions: DATA_KEYS,
    keys: [...SOURCE, TOPIC_CONTEXT],
    source: `${DOCS}/sns/latest/dg/sns-key-management.html`,
  })),
  {
    service: "dms.amazonaws.com",
    actions: DATA_KEYS,
    keys: ["aws:SourceArn", TOPIC_CONTEXT],
    source: `${DOCS}/sns/latest/dg/sns-key-management.html`,
  },
  {
    service: "budgets.amazonaws.com",
    actions: DATA_KEYS,
    keys: [...SOURCE, TOPIC_CONTEXT],
    source: `${DOCS}/cost-management/latest/userguide/budgets-sns-policy.html`,
  },
];

/** Functions: what a service sends when it invokes one. */
const FUNCTIONS: readonly Omit<ServicePrincipal, "target">[] = [
  {
    service: "events.amazonaws.com",
    keys: ["aws:SourceArn"],
    source: `${DOCS}/eventbridge/latest/userguide/eb-use-resource-based.html#eb-lambda-permissions`,
  },
  {
    service: "apigateway.amazonaws.com",
    keys: ["aws:SourceArn"],
    source: `${DOCS}/lambda/latest/dg/services-apigateway.html`,
  },
  {
    service: "appsync.amazonaws.com",
    keys: ["aws:SourceArn"],
    unguarded: "AWS shows the permission without a source.",
    source: `${DOCS}/appsync/latest/APIReference/API_LambdaAuthorizerConfig.html`,
  },
  { service: "sns.amazonaws.com", keys: ["aws:SourceArn"], source: `${DOCS}/lambda/latest/dg/with-sns.html` },
  { service: "s3.amazonaws.com", keys: SOURCE, source: `${DOCS}/lambda/latest/dg/with-s3-example.html` },
];

/** Buckets: what a service sends when it writes objects. */
const BUCKETS: readonly Omit<ServicePrincipal, "target">[] = [
  {
    service: "logging.s3.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/AmazonS3/latest/userguide/enable-server-access-logging.html`,
  },
  {
    service: "s3.amazonaws.com",
    keys: [...SOURCE, "s3:x-amz-acl"],
    source: `${DOCS}/AmazonS3/latest/userguide/example-bucket-policies.html#example-bucket-policies-s3-inventory`,
  },
  {
    service: "delivery.logs.amazonaws.com",
    keys: [...SOURCE, "s3:x-amz-acl"],
    source: `${DOCS}/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html`,
  },
];

/** Log groups: what a service sends when it writes to one by the account's resource policy. */
const LOG_GROUPS: readonly Omit<ServicePrincipal, "target">[] = [
  {
    service: "datasync.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/datasync/latest/userguide/configure-logging.html#cloudwatchlogs`,
  },
  {
    service: "delivery.logs.amazonaws.com",
    keys: SOURCE,
    source: `${DOCS}/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html`,
  },
  {
    service: "events.amazonaws.com",
    keys: [],
    source: `${DOCS}/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions`,
  },
];

const rows = (target: Target, documented: readonly Omit<ServicePrincipal, "target">[]): readonly ServicePrincipal[] =>
  documented.map((row) => ({ ...row, target }));

/** Which condition keys each AWS service sends when it calls each kind of resource, as AWS documents it. */
export const SERVICE_PRINCIPALS: readonly ServicePrincipal[] = [
  ...rows("role", ROLES),
  ...rows("topic", TOPICS),
  ...rows("queue", QUEUES),
  ...rows("key", KEYS),
  ...rows("function", FUNCTIONS),
  ...rows("bucket", BUCKETS),
  ...rows("log group", LOG_GROUPS),
];

/** The kind of resource that an action is on, by the prefix of the action. */
const TARGETS: Readonly<Record<string, Target>> = {
  sts: "role",
  sns: "topic",
  sqs: "queue",
  kms: "key",
  lambda: "function",
  s3: "bucket",
  logs: "log group",
};

const BY_SERVICE = new Map<string, readonly ServicePrincipal[]>();
for (const row of SERVICE_PRINCIPALS) BY_SERVICE.set(row.service, [...(BY_SERVICE.get(row.service) ?? []), row]);

/** Returns the rows about a service's action for one type of resource; those for another use of a role are left out. */
export function documentedRows(service: string, action: string, byType: string): readonly ServicePrincipal[] {
  const target = TARGETS[action.split(":")[0] ?? ""];
  const rows = (BY_SERVICE.get(withoutRegion(service)) ?? []).filter(
    (row) => row.target === target && covers(row, action),
  );
  const special = rows.filter(({ usedBy }) => usedBy?.startsWith(`${byType}.`));
  return special.length > 0 ? special : rows.filter(({ usedBy }) => usedBy === undefined);
}

/** Whether a row is about an action. */
export const covers = ({ actions }: ServicePrincipal, action: string): boolean =>
  !actions || actions.some((pattern) => matches(pattern, action) || matches(action, pattern));

const matches = (pattern: string, action: string): boolean =>
  pattern.endsWith("*") ? action.startsWith(pattern.slice(0, -1)) : pattern === action;
