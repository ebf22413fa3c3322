import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { DeadLetterQueue } from "./dead-letter-queue";
import type { EncryptionKey, KeyUser } from "./encryption-key";
import { denyPlainHttp, policyDocument, serviceRole, type Statement } from "./iam";
import { PlatformComponent } from "./platform-component";
import type { Settings } from "./settings";

/** Services that publish by themselves. */
export type Publisher = "events" | "cloudwatch" | "s3" | "rds" | "dms" | "budgets";

/** The service's principal, and its name among the users of a key. */
const PUBLISHERS: Readonly<Record<Publisher, { readonly principal: string; readonly keyUser: KeyUser }>> = {
  events: { principal: "events.amazonaws.com", keyUser: "events" },
  cloudwatch: { principal: "cloudwatch.amazonaws.com", keyUser: "cloudwatch-alarms" },
  s3: { principal: "s3.amazonaws.com", keyUser: "s3" },
  rds: { principal: "events.rds.amazonaws.com", keyUser: "rds-events" },
  dms: { principal: "dms.amazonaws.com", keyUser: "dms" },
  budgets: { principal: "budgets.amazonaws.com", keyUser: "budgets" },
};

export const notificationTopicSettings = z.strictObject({
  displayName: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("Shown to people who receive e-mails or text messages of the topic."),
  publishers: z
    .array(z.enum(Object.keys(PUBLISHERS) as Publisher[]))
    .default(["events", "cloudwatch"])
    .describe("Services of this account that may publish. The key must have them among its users too."),
  emails: z
    .array(z.email("an e-mail address"))
    .default([])
    .describe("E-mail addresses that receive every message. Each must confirm its subscription."),
  sms: z
    .array(z.string().regex(/^\+[1-9]\d{6,14}$/, "an E.164 number such as +4915112345678"))
    .default([])
    .describe("Phone numbers (E.164) that receive every message as a text message."),
  https: z
    .array(z.url({ protocol: /^https$/, error: "an https:// address" }))
    .default([])
    .describe("HTTPS endpoints that receive every message. Each must confirm its subscription."),
});

export interface NotificationTopicArgs extends Settings<typeof notificationTopicSettings> {
  readonly key: EncryptionKey;
  /**
   * Receives an alert when an endpoint did not accept messages. By default it is this topic, if CloudWatch may publish to it: its other
   * subscriptions deliver the alert.
   */
  readonly alerts?: NotificationTopic;
  readonly transform?: { readonly topic?: (args: aws.sns.TopicArgs) => aws.sns.TopicArgs };
}

/**
 * An encrypted SNS topic that is reached over TLS only, to which the services named can publish, with subscriptions by e-mail, text
 * message, HTTPS, SQS, Lambda or Firehose.
 *
 * @example
 * const key = new EncryptionKey("alerts", { description: "Alerts" });
 * const topic = new NotificationTopic("alerts", { key, emails: ["oncall@example.com"] });
 */
export class NotificationTopic extends PlatformComponent {
  readonly topicArn: pulumi.Output<string>;
  readonly topicName: pulumi.Output<string>;
  private readonly key: EncryptionKey;
  private readonly publishers: readonly Publisher[];
  private readonly alerts: NotificationTopic | undefined;
  private undeliveredQueue: DeadLetterQueue | undefined;

  constructor(name: string, args: NotificationTopicArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("core", "NotificationTopic", name, opts);
    const { displayName, publishers, emails, sms, https } = this.settings(
      notificationTopicSettings,
      args,
      (settings, check) => {
        settings.publishers.forEach((publisher, index) => {
          const user = PUBLISHERS[publisher].keyUser;
          // Without it the service's messages are lost without an error.
          check.require(
            args.key.admits(user),
            `publishers[${index}]`,
            publisher,
            `publishers whose key has them among its users (here "${user}")`,
          );
        });
      },
    );
    this.key = args.key;
    this.publishers = publishers;
    this.alerts = args.alerts ?? (publishers.includes("cloudwatch") ? this : undefined);
    const topicArgs: aws.sns.TopicArgs = {
      displayName,
      kmsMasterKeyId: args.key.keyArn,
      tracingConfig: "Active",
    };
    const topic = new aws.sns.Topic(`${name}-topic`, args.transform?.topic?.(topicArgs) ?? topicArgs, this.mainChild());
    new aws.sns.TopicPolicy(
      `${name}-policy`,
      {
        arn: topic.arn,
        policy: policyDocument([
          denyPlainHttp(["sns:Publish"], [topic.arn]),
          ...publishers.map((publisher) => ({
            sid: `Publish${publisher.replace(/\W/g, "")}`,
            principals: { Service: [PUBLISHERS[publisher].principal] },
            actions: ["sns:Publish"],
            resources: [topic.arn],
            ...this.guard(publisher),
          })),
        ]),
      },
      this.child(),
    );
    this.topicArn = topic.arn;
    this.topicName = topic.name;
    emails.forEach((endpoint, index) => this.subscribe(`email-${index}`, "email", endpoint));
    sms.forEach((endpoint, index) => this.subscribe(`sms-${index}`, "sms", endpoint));
    https.forEach((endpoint, index) => this.subscribe(`https-${index}`, "https", endpoint));
    this.registerOutputs({ topicArn: this.topicArn, topicName: this.topicName });
  }

  /** Restricts a publisher to resources of this account by a key that the service sends; other keys would lose its messages without an error. */
  private guard(publisher: Publisher): Pick<Statement, "conditions"> {
    const { partition, accountId } = this.aws;
    // A topic cannot have a condition for EventBridge:
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
    if (publisher === "events") return {};
    // DMS names the event subscription only: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Events.html
    if (publisher === "dms")
      return {
        conditions: { ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:dms:*:${accountId}:es:*` } },
      };
    return { conditions: { StringEquals: { "aws:SourceAccount": accountId } } };
  }

  /** Whether a service of the account may publish by itself. */
  admits(publisher: Publisher): boolean {
    return this.publishers.includes(publisher);
  }

  /** What a role needs to publish, the key included. */
  grantPublish(): Statement[] {
    return [{ actions: ["sns:Publish"], resources: [this.topicArn] }, ...this.key.grantEncryptDecrypt()];
  }

  /** Delivers to a queue. The queue's own policy must let the topic send: `statementForQueue` is that statement. */
  subscribeQueue(role: string, queueArn: pulumi.Input<string>): aws.sns.TopicSubscription {
    return this.subscribe(role, "sqs", queueArn, { rawMessageDelivery: true });
  }

  /** What a queue's policy needs so that this topic may send to it. */
  statementForQueue(queueArn: pulumi.Input<string>): Statement {
    return {
      sid: "TopicMaySend",
      principals: { Service: ["sns.amazonaws.com"] },
      actions: ["sqs:SendMessage"],
      resources: [queueArn],
      conditions: { ArnEquals: { "aws:SourceArn": this.topicArn } },
    };
  }

  /** Delivers to a function and permits the topic to invoke it. */
  subscribeFunction(role: string, functionArn: pulumi.Input<string>): aws.sns.TopicSubscription {
    const permission = new aws.lambda.Permission(
      `${this.name}-${role}-permission`,
      {
        action: "lambda:InvokeFunction",
        function: functionArn,
        principal: "sns.amazonaws.com",
        sourceArn: this.topicArn,
      },
      this.child(),
    );
    return this.subscribe(role, "lambda", functionArn, {}, [permission]);
  }

  /** Delivers to a Firehose stream, through a role of its own. */
  subscribeFirehose(role: string, streamArn: pulumi.Input<string>): aws.sns.TopicSubscription {
    const delivery = serviceRole(this.scope, `${role}-role`, {
      service: "sns.amazonaws.com",
      description: `Lets the topic ${this.name} deliver to Firehose`,
      statements: [
        {
          // https://docs.aws.amazon.com/sns/latest/dg/prereqs-kinesis-data-firehose.html
          actions: [
            "firehose:DescribeDeliveryStream",
            "firehose:ListDeliveryStreams",
            "firehose:ListTagsForDeliveryStream",
            "firehose:PutRecord",
            "firehose:PutRecordBatch",
          ],
          resources: [streamArn],
        },
      ],
    });
    return this.subscribe(role, "firehose", streamArn, { subscriptionRoleArn: delivery.role.arn });
  }

  private subscribe(
    role: string,
    protocol: string,
    endpoint: pulumi.Input<string>,
    extra: Partial<aws.sns.TopicSubscriptionArgs> = {},
    dependsOn: pulumi.Resource[] = [],
  ): aws.sns.TopicSubscription {
    // E-mails and text messages count as delivered when they are sent: nothing would ever reach the queue.
    const kept = !["email", "sms"].includes(protocol);
    const redrivePolicy = kept ? pulumi.jsonStringify({ deadLetterTargetArn: this.undelivered().queueArn }) : undefined;
    return new aws.sns.TopicSubscription(
      `${this.name}-${role}`,
      { topic: this.topicArn, protocol, endpoint, redrivePolicy, ...extra },
      this.child({ dependsOn }),
    );
  }

  /** The queue of messages that an endpoint did not accept. It is made with the first subscription that can use it. */
  private undelivered(): DeadLetterQueue {
    this.key.requireUser("sns", this.check);
    const { alerts, key, name } = this;
    this.undeliveredQueue ??= new DeadLetterQueue(
      `${name}-undelivered`,
      {
        key,
        alerts,
        meaning: `An endpoint of the topic ${name} did not accept messages. The queue ${name}-undelivered keeps them for 14 days.`,
        allow: (queueArn) => [this.statementForQueue(queueArn)],
      },
      this.child(),
    );
    return this.undeliveredQueue;
  }
}
