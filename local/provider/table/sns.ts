import type { Row } from "../generic/row";
import type { Attributes } from "../types/attributes";

const SERVICES = { application: "Application", firehose: "Firehose", http: "HTTP", lambda: "Lambda", sqs: "SQS" };

const FEEDBACK: Attributes = Object.fromEntries(
  Object.entries(SERVICES).flatMap(([name, api]): [string, readonly [string, "text" | "number"]][] => [
    [`${name}FailureFeedbackRoleArn`, [`${api}FailureFeedbackRoleArn`, "text"]],
    [`${name}SuccessFeedbackRoleArn`, [`${api}SuccessFeedbackRoleArn`, "text"]],
    [`${name}SuccessFeedbackSampleRate`, [`${api}SuccessFeedbackSampleRate`, "number"]],
  ]),
);

/** The policy a topic is born with: its owner may do everything. */
const ownersPolicy = (arn: string, account: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: ["SNS:Publish", "SNS:Subscribe", "SNS:GetTopicAttributes", "SNS:SetTopicAttributes"],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": account } },
      },
    ],
  });

export const SNS: readonly Row[] = [
  {
    type: "aws:sns/topic:Topic",
    service: "SNS",
    create: "CreateTopic",
    id: "TopicArn",
    read: { operation: "GetTopicAttributes", item: "." },
    update: ["SetTopicAttributes"],
    delete: "DeleteTopic",
    attributes: {
      archivePolicy: ["ArchivePolicy", "text"],
      beginningArchiveTime: ["BeginningArchiveTime", "text"],
      contentBasedDeduplication: ["ContentBasedDeduplication", "flag"],
      deliveryPolicy: ["DeliveryPolicy", "text"],
      displayName: ["DisplayName", "text"],
      fifoThroughputScope: ["FifoThroughputScope", "text"],
      fifoTopic: ["FifoTopic", "flag"],
      kmsMasterKeyId: ["KmsMasterKeyId", "text"],
      owner: ["Owner", "text"],
      policy: ["Policy", "text"],
      signatureVersion: ["SignatureVersion", "number"],
      tracingConfig: ["TracingConfig", "text"],
      ...FEEDBACK,
    },
    computed: ({ id }) => ({ name: id.slice(id.lastIndexOf(":") + 1), arn: id }),
    replaceOn: ["name", "namePrefix", "fifoTopic"],
    keeps: ["name", "policy", "signatureVersion", "tracingConfig", "fifoThroughputScope"],
    documents: ["policy", "deliveryPolicy", "archivePolicy"],
    autoname: {
      property: "name",
      prefix: "namePrefix",
      maxLength: 256,
      suffix: ({ fifoTopic }) => (fifoTopic === true ? ".fifo" : ""),
    },
  },
  {
    type: "aws:sns/topicPolicy:TopicPolicy",
    service: "SNS",
    create: { operation: "SetTopicAttributes", with: { AttributeName: "Policy" } },
    id: "{arn}",
    names: { arn: "TopicArn", policy: ["AttributeValue", "Attributes.Policy"], owner: "Attributes.Owner" },
    read: { operation: "GetTopicAttributes", item: "." },
    gone: (item) => !item.Attributes?.Policy,
    update: [{ operation: "SetTopicAttributes", with: { AttributeName: "Policy" } }],
    delete: {
      operation: "SetTopicAttributes",
      with: ({ arn }, { accountId }) => ({
        AttributeName: "Policy",
        AttributeValue: ownersPolicy(String(arn), accountId),
      }),
    },
    replaceOn: ["arn"],
    documents: ["policy"],
  },
  {
    type: "aws:sns/topicSubscription:TopicSubscription",
    service: "SNS",
    create: { operation: "Subscribe", with: { ReturnSubscriptionArn: true } },
    id: "SubscriptionArn",
    names: { topic: "TopicArn" },
    read: { operation: "GetSubscriptionAttributes", item: "." },
    update: ["SetSubscriptionAttributes"],
    delete: "Unsubscribe",
    attributes: {
      deliveryPolicy: ["DeliveryPolicy", "text"],
      filterPolicy: ["FilterPolicy", "text"],
      filterPolicyScope: ["FilterPolicyScope", "text"],
      rawMessageDelivery: ["RawMessageDelivery", "flag"],
      redrivePolicy: ["RedrivePolicy", "text"],
      replayPolicy: ["ReplayPolicy", "text"],
      subscriptionRoleArn: ["SubscriptionRoleArn", "text"],
    },
    computed: ({ id, item: { Attributes } }) => ({
      arn: id,
      topic: Attributes.TopicArn,
      protocol: Attributes.Protocol,
      endpoint: Attributes.Endpoint,
      ownerId: Attributes.Owner,
      pendingConfirmation: Attributes.PendingConfirmation === "true",
      confirmationWasAuthenticated: Attributes.ConfirmationWasAuthenticated === "true",
    }),
    replaceOn: ["endpoint", "protocol", "topic"],
    keeps: ["filterPolicyScope"],
    documents: ["deliveryPolicy", "filterPolicy", "redrivePolicy", "replayPolicy"],
    settings: ["confirmationTimeoutInMinutes", "endpointAutoConfirms"],
  },
];
