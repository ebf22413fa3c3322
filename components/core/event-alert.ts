import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DeadLetterQueue } from "./dead-letter-queue";
import type { EncryptionKey } from "./encryption-key";

export interface EventAlertArgs {
  readonly description: string;
  /** EventBridge's event pattern; values may come from other resources. */
  readonly pattern: pulumi.Input<object>;
  /** A topic EventBridge may publish to. */
  readonly topicArn: pulumi.Input<string>;
  /** Of the queue that keeps what the topic would not take. */
  readonly key: EncryptionKey;
}

/** Tells a topic of events of the account's default bus. */
export function alertOnEvents(name: string, args: EventAlertArgs, options: pulumi.CustomResourceOptions): void {
  const rule = new aws.cloudwatch.EventRule(
    `${name}-failed`,
    { description: args.description, eventPattern: pulumi.jsonStringify(args.pattern) },
    options,
  );
  const undelivered = new DeadLetterQueue(
    `${name}-undelivered`,
    {
      key: args.key,
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
    options,
  );
  new aws.cloudwatch.EventTarget(
    `${name}-failed-alert`,
    {
      rule: rule.name,
      arn: args.topicArn,
      deadLetterConfig: { arn: undelivered.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
    },
    options,
  );
}
