import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam";
import type { AwsContext } from "../scope";

/** An AWS service that must use the key by itself, not on behalf of a role of the account. */
export type KeyUser =
  "cloudwatch-logs" | "events" | "cloudwatch-alarms" | "s3" | "rds-events" | "dms" | "sns" | "budgets";

/** The principals of the services that need one statement. */
const PRINCIPALS: Readonly<Record<Exclude<KeyUser, "cloudwatch-logs" | "events" | "sns">, string>> = {
  "cloudwatch-alarms": "cloudwatch.amazonaws.com",
  s3: "s3.amazonaws.com",
  "rds-events": "events.rds.amazonaws.com",
  dms: "dms.amazonaws.com",
  budgets: "budgets.amazonaws.com",
};

export const SERVICE_NAMES: Readonly<Record<KeyUser, string>> = {
  "cloudwatch-logs": "CloudWatch Logs",
  events: "EventBridge",
  "cloudwatch-alarms": "CloudWatch",
  s3: "S3",
  "rds-events": "RDS",
  dms: "DMS",
  sns: "SNS",
  budgets: "AWS Budgets",
};

/** Every service that a key policy can name. */
export const KEY_USERS: readonly KeyUser[] = [
  "cloudwatch-logs",
  "events",
  "sns",
  ...(Object.keys(PRINCIPALS) as KeyUser[]),
];

const USE = ["kms:GenerateDataKey", "kms:Decrypt"];

/** The policy of a key that the account administers by IAM and these services may use for this account's resources only. */
export function keyPolicy(users: readonly KeyUser[], context: AwsContext): Statement[] {
  const { partition, accountId } = context;
  const root = pulumi.interpolate`arn:${partition}:iam::${accountId}:root`;
  return [
    // Without it the key could never be changed again: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    { sid: "AccountDecidesByIam", actions: ["kms:*"], resources: ["*"], principals: { AWS: [root] } },
    ...users.flatMap((user) => userStatements(user, context)),
  ];
}

function userStatements(user: KeyUser, { partition, accountId, region }: AwsContext): Statement[] {
  const own = (service: string, rest: string): pulumi.Output<string> =>
    pulumi.interpolate`arn:${partition}:${service}:${region}:${accountId}:${rest}`;
  const sid = user.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
  const statement = (
    suffix: string,
    service: pulumi.Input<string>,
    actions: readonly string[],
    conditions: Statement["conditions"],
  ): Statement => ({
    sid: `${sid}${suffix}`,
    actions,
    resources: ["*"],
    principals: { Service: [service] },
    conditions,
  });
  // The services that send to encrypted queues name their resource, and SQS adds the queue as the encryption context:
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
  const toQueues = (suffix: string, principal: string, source: pulumi.Output<string>): Statement =>
    statement(suffix, principal, USE, {
      ArnLike: { "aws:SourceArn": source, "kms:EncryptionContext:aws:sqs:arn": own("sqs", "*") },
    });
  // SNS adds the topic as the encryption context: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  const toTopics = (suffix: string, principal: string): Statement =>
    statement(suffix, principal, USE, { ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": own("sns", "*") } });
  const fromAccount = { StringEquals: { "aws:SourceAccount": accountId } };

  switch (user) {
    case "cloudwatch-logs":
      return [
        statement(
          "",
          pulumi.interpolate`logs.${region}.amazonaws.com`,
          ["kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey", ...USE],
          { ArnLike: { "kms:EncryptionContext:aws:logs:arn": own("logs", "log-group:*") } },
        ),
        // Services that deliver logs for other services, for example the executions of Step Functions:
        // https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
        statement("Delivery", "delivery.logs.amazonaws.com", USE, {
          StringEquals: { "kms:EncryptionContext:SourceArn": own("logs", "*") },
        }),
      ];
    case "events":
      return [
        statement("Describe", "events.amazonaws.com", ["kms:DescribeKey"], fromAccount),
        // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html
        statement("Buses", "events.amazonaws.com", ["kms:ReEncryptFrom", "kms:ReEncryptTo", ...USE], {
          ArnLike: { "kms:EncryptionContext:aws:events:event-bus:arn": own("events", "event-bus/*") },
        }),
        // Rules do not name their account when they write to an encrypted topic: under a condition on aws:SourceAccount their
        // events would be lost without an error. The topic's ARN is the condition instead.
        toTopics("ToTopics", "events.amazonaws.com"),
        toQueues("ToQueues", "events.amazonaws.com", own("events", "*")),
      ];
    case "dms":
      // DMS does not document that it names its account when it publishes.
      return [toTopics("", PRINCIPALS[user])];
    case "sns":
      return [toQueues("", "sns.amazonaws.com", pulumi.interpolate`arn:${partition}:sns:*:${accountId}:*`)];
    default:
      return [statement("", PRINCIPALS[user], USE, fromAccount)];
  }
}
