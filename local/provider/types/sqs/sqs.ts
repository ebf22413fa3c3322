import * as sqs from "@aws-sdk/client-sqs";
import type { QueueArgs, QueuePolicyArgs } from "@pulumi/aws/sqs";
import { define, type Context } from "../../handler";
import { documentText, retag } from "../../shape";
import { changedAttributes, fromAttributes, toAttributes, type Attributes } from "../attributes";

const QUEUE: Attributes = {
  contentBasedDeduplication: ["ContentBasedDeduplication", "flag"],
  deduplicationScope: ["DeduplicationScope", "text"],
  delaySeconds: ["DelaySeconds", "number"],
  fifoQueue: ["FifoQueue", "flag"],
  fifoThroughputLimit: ["FifoThroughputLimit", "text"],
  kmsDataKeyReusePeriodSeconds: ["KmsDataKeyReusePeriodSeconds", "number"],
  kmsMasterKeyId: ["KmsMasterKeyId", "text"],
  maxMessageSize: ["MaximumMessageSize", "number"],
  messageRetentionSeconds: ["MessageRetentionPeriod", "number"],
  policy: ["Policy", "text"],
  receiveWaitTimeSeconds: ["ReceiveMessageWaitTimeSeconds", "number"],
  redriveAllowPolicy: ["RedriveAllowPolicy", "text"],
  redrivePolicy: ["RedrivePolicy", "text"],
  sqsManagedSseEnabled: ["SqsManagedSseEnabled", "flag"],
  visibilityTimeoutSeconds: ["VisibilityTimeout", "number"],
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const DEFAULTS = {
  delaySeconds: 0,
  maxMessageSize: 262144,
  messageRetentionSeconds: 345600,
  receiveWaitTimeSeconds: 0,
  visibilityTimeoutSeconds: 30,
};

export const queue = define<QueueArgs>({
  type: "aws:sqs/queue:Queue",
  outputs: ["arn", "url"],
  replaceOn: ["name", "namePrefix", "fifoQueue"],
  defaults: DEFAULTS,
  keeps: [
    "name",
    "policy",
    "redriveAllowPolicy",
    "kmsDataKeyReusePeriodSeconds",
    "sqsManagedSseEnabled",
    "maxMessageSize",
    "deduplicationScope",
    "fifoThroughputLimit",
  ],
  documents: ["policy", "redrivePolicy", "redriveAllowPolicy"],
  autoname: {
    property: "name",
    prefix: "namePrefix",
    maxLength: 80,
    suffix: ({ fifoQueue }) => (fifoQueue === true ? ".fifo" : ""),
  },
  taggable: true,
  async create(ctx, inputs) {
    const { QueueUrl } = await ctx.client(sqs.SQSClient).send(
      new sqs.CreateQueueCommand({
        QueueName: inputs.name,
        Attributes: toAttributes(QUEUE, inputs),
        tags: inputs.tags,
      }),
    );
    return QueueUrl ?? "";
  },
  async read(ctx, QueueUrl) {
    const client = ctx.client(sqs.SQSClient);
    const { Attributes } = await client.send(new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    const { Tags } = await client.send(new sqs.ListQueueTagsCommand({ QueueUrl }));
    return {
      ...fromAttributes(QUEUE, Attributes),
      name: QueueUrl.slice(QueueUrl.lastIndexOf("/") + 1),
      arn: Attributes?.QueueArn,
      url: QueueUrl,
      tags: Tags ?? {},
    };
  },
  async update(ctx, QueueUrl, olds, news, changed) {
    const client = ctx.client(sqs.SQSClient);
    const Attributes = Object.fromEntries(changedAttributes(QUEUE, news, DEFAULTS, changed));
    if (Object.keys(Attributes).length > 0)
      await client.send(new sqs.SetQueueAttributesCommand({ QueueUrl, Attributes }));
    await retag(
      olds,
      news,
      (TagKeys) => client.send(new sqs.UntagQueueCommand({ QueueUrl, TagKeys })),
      (Tags) => client.send(new sqs.TagQueueCommand({ QueueUrl, Tags })),
    );
  },
  async delete(ctx, QueueUrl) {
    await ctx.client(sqs.SQSClient).send(new sqs.DeleteQueueCommand({ QueueUrl }));
  },
});

export const queuePolicy = define<QueuePolicyArgs>({
  type: "aws:sqs/queuePolicy:QueuePolicy",
  outputs: [],
  replaceOn: ["queueUrl"],
  documents: ["policy"],
  async create(ctx, inputs) {
    await setPolicy(ctx, inputs.queueUrl, inputs.policy);
    return inputs.queueUrl;
  },
  async read(ctx, QueueUrl) {
    const { Attributes } = await ctx
      .client(sqs.SQSClient)
      .send(new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["Policy"] }));
    return Attributes?.Policy ? { queueUrl: QueueUrl, policy: Attributes.Policy } : undefined;
  },
  update: (ctx, url, _olds, { policy }) => setPolicy(ctx, url, policy),
  delete: (ctx, url) => setPolicy(ctx, url, ""),
});

async function setPolicy(ctx: Context, QueueUrl: string, policy: unknown): Promise<void> {
  await ctx
    .client(sqs.SQSClient)
    .send(new sqs.SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: documentText(policy) } }));
}
