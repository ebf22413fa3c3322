import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarm, type AlertTopic } from "./alarm";
import type { EncryptionKey } from "./encryption-key";
import { denyPlainHttp, policyDocument, type Statement } from "./iam";
import { PlatformComponent } from "./platform-component";

export interface DeadLetterQueueArgs {
  readonly key: EncryptionKey;
  /** Lets EventBridge rules and buses of this account send what they could not deliver. The key must have `events` among its users. */
  readonly fromEventBridge?: boolean;
  /** Receives an alert when a message is in the queue: nothing else reads it. */
  readonly alerts?: AlertTopic;
  /** The text of the alert. It says what a message in the queue means. */
  readonly meaning?: string;
  /** Makes further statements of the queue's policy from the queue's ARN. */
  readonly allow?: (queueArn: pulumi.Output<string>) => readonly Statement[];
}

/** 14 days are the longest that SQS keeps a message (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-retention-period.html). */
const MESSAGE_RETENTION_SECONDS = 14 * 24 * 60 * 60;

/**
 * Keeps messages that could not be delivered for 14 days, in an encrypted queue that is reached over TLS only, and sends an alert
 * when there is one.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const alerts = new NotificationTopic("alerts", { key, emails: ["oncall@example.com"] });
 * const undelivered = new DeadLetterQueue("undelivered", { key, alerts });
 */
export class DeadLetterQueue extends PlatformComponent {
  readonly queueArn: pulumi.Output<string>;
  readonly queueName: pulumi.Output<string>;
  readonly queueUrl: pulumi.Output<string>;

  constructor(name: string, args: DeadLetterQueueArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("core", "DeadLetterQueue", name, opts);
    const { partition, region, accountId } = this.aws;
    const own = pulumi.interpolate`arn:${partition}:events:${region}:${accountId}:*`;
    const queue = new aws.sqs.Queue(
      `${name}-queue`,
      {
        kmsMasterKeyId: args.key.keyArn,
        messageRetentionSeconds: MESSAGE_RETENTION_SECONDS,
      },
      this.mainChild(),
    );
    new aws.sqs.QueuePolicy(
      `${name}-policy`,
      {
        queueUrl: queue.id,
        policy: policyDocument([
          denyPlainHttp(["sqs:*"], [queue.arn]),
          ...(args.fromEventBridge
            ? [
                {
                  sid: "EventBridgeMaySend",
                  principals: { Service: ["events.amazonaws.com"] },
                  actions: ["sqs:SendMessage"],
                  resources: [queue.arn],
                  // EventBridge names the rule or the bus, and not its account:
                  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions
                  conditions: { ArnLike: { "aws:SourceArn": own } },
                },
              ]
            : []),
          ...(args.allow?.(queue.arn) ?? []),
        ]),
      },
      this.child(),
    );
    alarm(this.scope, "messages", args.alerts, {
      description: args.meaning ?? `Messages could not be delivered. The queue ${name} keeps them for 14 days.`,
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: queue.name },
      statistic: "Maximum",
    });
    this.queueArn = queue.arn;
    this.queueName = queue.name;
    this.queueUrl = queue.id;
    this.registerOutputs({ queueArn: this.queueArn, queueName: this.queueName, queueUrl: this.queueUrl });
  }
}
