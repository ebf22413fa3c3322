import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DeadLetterQueue } from "../../core/dead-letter-queue";
import type { EncryptionKey } from "../../core/encryption-key";
import { alertOnEvents } from "../../core/event-alert";
import { denyPlainHttp, policyDocument } from "../../core/iam";
import type { NotificationTopic } from "../../core/notification-topic";
import type { Scope } from "../../core/scope";
import type { SecureBucket } from "../../storage/secure-bucket";

export interface CrawlerQueue {
  readonly queueArn: pulumi.Output<string>;
  readonly deadLetterQueueArn: pulumi.Output<string>;
  /** What must exist before the crawler: Glue refuses it until the queue lets S3 send and the bucket sends. */
  readonly ready: readonly pulumi.Resource[];
}

/**
 * Makes the queue from which a crawler in event mode learns of new objects, wired to the bucket. Glue checks queue, permissions
 * and bucket when the crawler is made: hence `ready`.
 */
export function crawlerQueue(
  scope: Scope,
  args: {
    readonly bucket: SecureBucket;
    readonly prefix: string;
    readonly key: EncryptionKey;
    readonly alerts?: NotificationTopic;
  },
): CrawlerQueue {
  const { name } = scope;
  const deadLetters = new DeadLetterQueue(
    `${name}-unread`,
    {
      key: args.key,
      alerts: args.alerts,
      meaning: `The crawler ${name} could not read events of new objects. The queue ${name}-unread keeps them for 14 days.`,
    },
    scope.child(),
  );
  const queue = new aws.sqs.Queue(
    `${name}-new-objects`,
    {
      kmsMasterKeyId: args.key.keyArn,
      // Glue reads once a crawl: a week of events must wait.
      messageRetentionSeconds: 14 * 24 * 60 * 60,
      visibilityTimeoutSeconds: 300,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.queueArn, maxReceiveCount: 5 }),
    },
    scope.child(),
  );
  const policy = new aws.sqs.QueuePolicy(
    `${name}-new-objects-policy`,
    {
      queueUrl: queue.id,
      policy: policyDocument([
        denyPlainHttp(["sqs:*"], [queue.arn]),
        {
          sid: "BucketMaySend",
          principals: { Service: ["s3.amazonaws.com"] },
          actions: ["sqs:SendMessage"],
          resources: [queue.arn],
          conditions: {
            ArnEquals: { "aws:SourceArn": args.bucket.bucketArn },
            StringEquals: { "aws:SourceAccount": scope.aws.accountId },
          },
        },
      ]),
    },
    scope.child(),
  );
  args.bucket.onEvent({
    id: `${name}-new-objects`,
    kind: "queue",
    // S3 tries the queue when the notification is made: the policy must exist by then.
    arn: pulumi.all([queue.arn, policy.id]).apply(([arn]) => arn),
    events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
    ...(args.prefix ? { prefix: args.prefix } : {}),
  });
  return { queueArn: queue.arn, deadLetterQueueArn: deadLetters.queueArn, ready: [policy, ...args.bucket.ready] };
}

/** Sends an alert when a crawl fails. Alerts that the topic does not accept wait in a queue of their own. */
export function crawlerFailureRule(
  scope: Scope,
  args: {
    readonly crawlerName: pulumi.Input<string>;
    readonly alerts: NotificationTopic;
    readonly key: EncryptionKey;
  },
): void {
  alertOnEvents(scope, {
    description: `Sends an alert when a crawl of ${scope.name} fails`,
    pattern: {
      source: ["aws.glue"],
      "detail-type": ["Glue Crawler State Change"],
      detail: { crawlerName: [args.crawlerName], state: ["Failed"] },
    },
    alerts: args.alerts,
    key: args.key,
  });
}
