import * as sns from "@aws-sdk/client-sns";
import type { TopicArgs, TopicPolicyArgs, TopicSubscriptionArgs } from "@pulumi/aws/sns";
import { define, type Context } from "../../handler";
import { documentText, retag, tagList, tagMap } from "../../shape";
import { changedAttributes, fromAttributes, toAttributes, type Attributes } from "../attributes";

const FEEDBACK = { application: "Application", firehose: "Firehose", http: "HTTP", lambda: "Lambda", sqs: "SQS" };

const TOPIC: Attributes = {
  archivePolicy: ["ArchivePolicy", "text"],
  contentBasedDeduplication: ["ContentBasedDeduplication", "flag"],
  deliveryPolicy: ["DeliveryPolicy", "text"],
  displayName: ["DisplayName", "text"],
  fifoThroughputScope: ["FifoThroughputScope", "text"],
  fifoTopic: ["FifoTopic", "flag"],
  kmsMasterKeyId: ["KmsMasterKeyId", "text"],
  policy: ["Policy", "text"],
  signatureVersion: ["SignatureVersion", "number"],
  tracingConfig: ["TracingConfig", "text"],
  ...Object.fromEntries(
    Object.entries(FEEDBACK).flatMap(([name, api]): [string, readonly [string, "text" | "number"]][] => [
      [`${name}FailureFeedbackRoleArn`, [`${api}FailureFeedbackRoleArn`, "text"]],
      [`${name}SuccessFeedbackRoleArn`, [`${api}SuccessFeedbackRoleArn`, "text"]],
      [`${name}SuccessFeedbackSampleRate`, [`${api}SuccessFeedbackSampleRate`, "number"]],
    ]),
  ),
};

const send = (ctx: Context, command: object): Promise<object> =>
  (ctx.client(sns.SNSClient) as { send(command: object): Promise<object> }).send(command);

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);
const fifo = ({ fifoTopic }: { readonly fifoTopic?: unknown }): string => (fifoTopic === true ? ".fifo" : "");

export const topic = define<TopicArgs>({
  type: "aws:sns/topic:Topic",
  outputs: ["arn", "beginningArchiveTime", "owner"],
  replaceOn: ["name", "namePrefix", "fifoTopic"],
  keeps: ["name", "policy", "signatureVersion", "tracingConfig", "fifoThroughputScope"],
  documents: ["policy", "deliveryPolicy", "archivePolicy"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 256, suffix: fifo },
  taggable: true,
  async create(ctx, inputs) {
    const { TopicArn } = await ctx.client(sns.SNSClient).send(
      new sns.CreateTopicCommand({
        Name: inputs.name,
        Attributes: toAttributes(TOPIC, inputs),
        Tags: tagList(inputs.tags),
      }),
    );
    return TopicArn ?? "";
  },
  async read(ctx, TopicArn) {
    const client = ctx.client(sns.SNSClient);
    const { Attributes } = await client.send(new sns.GetTopicAttributesCommand({ TopicArn }));
    const { Tags } = await client.send(new sns.ListTagsForResourceCommand({ ResourceArn: TopicArn }));
    return {
      ...fromAttributes(TOPIC, Attributes),
      name: nameOf(TopicArn),
      arn: TopicArn,
      owner: Attributes?.Owner,
      beginningArchiveTime: Attributes?.BeginningArchiveTime,
      tags: tagMap(Tags),
    };
  },
  async update(ctx, TopicArn, olds, news, changed) {
    for (const [AttributeName, AttributeValue] of changedAttributes(TOPIC, news, {}, changed)) {
      await send(ctx, new sns.SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));
    }
    await retag(
      olds,
      news,
      (TagKeys) => send(ctx, new sns.UntagResourceCommand({ ResourceArn: TopicArn, TagKeys })),
      (tags) => send(ctx, new sns.TagResourceCommand({ ResourceArn: TopicArn, Tags: tagList(tags) })),
    );
  },
  async delete(ctx, TopicArn) {
    await send(ctx, new sns.DeleteTopicCommand({ TopicArn }));
  },
});

/** The policy a topic is born with: its owner may do everything. */
function defaultPolicy(ctx: Context, arn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes", "SNS:SetTopicAttributes"],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": ctx.accountId } },
      },
    ],
  });
}

export const topicPolicy = define<TopicPolicyArgs>({
  type: "aws:sns/topicPolicy:TopicPolicy",
  outputs: ["owner"],
  replaceOn: ["arn"],
  documents: ["policy"],
  async create(ctx, inputs) {
    await setPolicy(ctx, inputs.arn, inputs.policy);
    return inputs.arn;
  },
  async read(ctx, TopicArn) {
    const { Attributes } = await ctx.client(sns.SNSClient).send(new sns.GetTopicAttributesCommand({ TopicArn }));
    return Attributes?.Policy ? { arn: TopicArn, policy: Attributes.Policy, owner: Attributes.Owner } : undefined;
  },
  update: (ctx, arn, _olds, { policy }) => setPolicy(ctx, arn, policy),
  delete: (ctx, arn) => setPolicy(ctx, arn, defaultPolicy(ctx, arn)),
});

async function setPolicy(ctx: Context, TopicArn: string, policy: unknown): Promise<void> {
  await send(
    ctx,
    new sns.SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue: documentText(policy) }),
  );
}

const SUBSCRIPTION: Attributes = {
  deliveryPolicy: ["DeliveryPolicy", "text"],
  filterPolicy: ["FilterPolicy", "text"],
  filterPolicyScope: ["FilterPolicyScope", "text"],
  rawMessageDelivery: ["RawMessageDelivery", "flag"],
  redrivePolicy: ["RedrivePolicy", "text"],
  replayPolicy: ["ReplayPolicy", "text"],
  subscriptionRoleArn: ["SubscriptionRoleArn", "text"],
};

export const topicSubscription = define<TopicSubscriptionArgs>({
  type: "aws:sns/topicSubscription:TopicSubscription",
  outputs: ["arn", "confirmationWasAuthenticated", "ownerId", "pendingConfirmation"],
  replaceOn: ["endpoint", "protocol", "topic"],
  keeps: ["filterPolicyScope"],
  documents: ["deliveryPolicy", "filterPolicy", "redrivePolicy", "replayPolicy"],
  settings: ["confirmationTimeoutInMinutes", "endpointAutoConfirms"],
  async create(ctx, inputs) {
    const { SubscriptionArn } = await ctx.client(sns.SNSClient).send(
      new sns.SubscribeCommand({
        TopicArn: String(inputs.topic),
        Protocol: inputs.protocol,
        Endpoint: inputs.endpoint,
        Attributes: toAttributes(SUBSCRIPTION, inputs),
        ReturnSubscriptionArn: true,
      }),
    );
    return SubscriptionArn ?? "";
  },
  async read(ctx, SubscriptionArn) {
    const { Attributes } = await ctx
      .client(sns.SNSClient)
      .send(new sns.GetSubscriptionAttributesCommand({ SubscriptionArn }));
    const flag = (name: string): boolean => Attributes?.[name] === "true";
    return {
      ...fromAttributes(SUBSCRIPTION, Attributes),
      arn: SubscriptionArn,
      topic: Attributes?.TopicArn,
      protocol: Attributes?.Protocol,
      endpoint: Attributes?.Endpoint,
      ownerId: Attributes?.Owner,
      pendingConfirmation: flag("PendingConfirmation"),
      confirmationWasAuthenticated: flag("ConfirmationWasAuthenticated"),
    };
  },
  async update(ctx, SubscriptionArn, _olds, news, changed) {
    for (const [AttributeName, AttributeValue] of changedAttributes(SUBSCRIPTION, news, {}, changed)) {
      await send(ctx, new sns.SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
    }
  },
  async delete(ctx, SubscriptionArn) {
    await send(ctx, new sns.UnsubscribeCommand({ SubscriptionArn }));
  },
});
