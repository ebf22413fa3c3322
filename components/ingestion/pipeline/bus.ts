import * as aws from "@pulumi/aws";
import { DeadLetterQueue } from "../../core/dead-letter-queue";
import { EncryptionKey } from "../../core/encryption-key";
import type { NotificationTopic } from "../../core/notification-topic";
import type { Protection } from "../../core/protection";
import type { Scope } from "../../core/scope";

export interface EventBusArgs {
  readonly key: EncryptionKey;
  readonly alerts: NotificationTopic;
  readonly protection?: Protection;
}

/**
 * Makes the encrypted bus of the pipeline's events. EventBridge puts events that it cannot encrypt or decrypt, for example while the
 * key is disabled, into a queue. That queue has a key of its own: under the key of the bus it could not take them.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-dlq.html
 */
export function buildBus(scope: Scope, { key, alerts, protection }: EventBusArgs): aws.cloudwatch.EventBus {
  const name = `${scope.name}-bus-undelivered`;
  const description = `Events that EventBridge could not encrypt or decrypt on the bus of ${scope.name}`;
  const undelivered = new DeadLetterQueue(
    name,
    {
      key: new EncryptionKey(name, { description, users: ["events"], protection }, scope.child()),
      alerts,
      meaning: `EventBridge could not encrypt or decrypt events of the bus of ${scope.name}. The queue ${name} keeps them for 14 days.`,
      fromEventBridge: true,
    },
    scope.child(),
  );
  return new aws.cloudwatch.EventBus(
    `${scope.name}-bus`,
    { kmsKeyIdentifier: key.keyArn, deadLetterConfig: { arn: undelivered.queueArn } },
    scope.after(undelivered).child(),
  );
}
