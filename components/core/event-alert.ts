import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AlertTopic } from "./alarm";
import { DeadLetterQueue } from "./dead-letter-queue";
import type { EncryptionKey } from "./encryption-key";
import type { Scope } from "./scope";

export interface EventAlertArgs {
  readonly description: string;
  /** EventBridge's event pattern; its values may come from other resources. */
  readonly pattern: pulumi.Input<object>;
  /** A topic that EventBridge may publish to, and CloudWatch: an alarm tells it of events that it did not accept. */
  readonly alerts: AlertTopic;
  /** The key of the queue that keeps the events that the topic did not accept. */
  readonly key: EncryptionKey;
}

/** Sends events of the account's default bus to a topic. */
export function alertOnEvents(scope: Scope, args: EventAlertArgs): void {
  const { name } = scope;
  const rule = new aws.cloudwatch.EventRule(
    `${name}-failed`,
    { description: args.description, eventPattern: pulumi.jsonStringify(args.pattern) },
    scope.child(),
  );
  const undelivered = new DeadLetterQueue(
    `${name}-undelivered`,
    {
      key: args.key,
      alerts: args.alerts,
      meaning: `The topic of alerts did not accept events. Rule: ${args.description}. The queue ${name}-undelivered keeps them for 14 days.`,
      allow: (queueArn) => [
        {
          sid: "RuleMaySend",
          principals: { Service: ["events.amazonaws.com"] },
          actions: ["sqs:SendMessage"],
          resources: [queueArn],
          conditions: { ArnEquals: { "aws:SourceArn": rule.arn } },
        },
      ],
    },
    scope.child(),
  );
  new aws.cloudwatch.EventTarget(
    `${name}-failed-alert`,
    {
      rule: rule.name,
      arn: args.alerts.topicArn,
      deadLetterConfig: { arn: undelivered.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
    },
    scope.child(),
  );
}
