import { ACCOUNT, allow, AWS_KEY, denyPlainHttp, KEY, narrowed, open, policy, UNKNOWN, UNSET } from "./case";
import type { Cases, Fixture } from "./case";
import { plainHttp } from "./storage";

const TOPIC_ARN = `arn:aws:sns:eu-central-1:${ACCOUNT}:alerts`;
const QUEUE_URL = `https://sqs.eu-central-1.amazonaws.com/${ACCOUNT}/dead`;

const topic: Fixture = {
  type: "aws:sns/topic:Topic",
  props: { arn: TOPIC_ARN, id: TOPIC_ARN, kmsMasterKeyId: KEY },
};
const topicPolicy: Fixture = {
  type: "aws:sns/topicPolicy:TopicPolicy",
  props: { arn: TOPIC_ARN, policy: policy(allow(), denyPlainHttp({ Action: "sns:Publish" })) },
  from: { arn: "topic" },
};
const queue: Fixture = {
  type: "aws:sqs/queue:Queue",
  props: { url: QUEUE_URL, id: QUEUE_URL, kmsMasterKeyId: KEY },
};
const queuePolicy: Fixture = {
  type: "aws:sqs/queuePolicy:QueuePolicy",
  props: { queueUrl: QUEUE_URL, policy: policy(allow(), denyPlainHttp({ Action: "sqs:*" })) },
  from: { queueUrl: "queue" },
};

const stream: Fixture = {
  type: "aws:kinesis/stream:Stream",
  props: { encryptionType: "KMS", kmsKeyId: KEY, retentionPeriod: 168 },
};
const delivery: Fixture = {
  type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  props: {
    serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: KEY },
    extendedS3Configuration: { kmsKeyArn: KEY },
  },
};
const busPermission: Fixture = {
  type: "aws:cloudwatch/eventPermission:EventPermission",
  props: { principal: "*", condition: { key: "aws:PrincipalOrgID", type: "StringEquals", value: "o-1a2b" } },
};

export const MESSAGES: Cases = {
  "sns/encryption": {
    stack: { topic },
    fields: { "topic.kmsMasterKeyId": {} },
    violating: { "uses AWS's key": [{ "topic.kmsMasterKeyId": "alias/aws/sns" }, /customer managed key/] },
  },
  "sns/tls-only": {
    stack: { topic, policy: topicPolicy },
    joins: ["policy.arn"],
    fields: { "policy.policy": {} },
    compliant: {
      "denies it in a policy of its own": {
        policy: UNSET,
        "topic.policy": policy(denyPlainHttp({ Action: ["sns:*"] })),
      },
    },
    violating: {
      ...plainHttp("policy.policy", "sns:Subscribe"),
      "has no policy": [{ policy: UNSET }, /no policy that denies/],
      "has another policy beside it that undoes it": [
        { another: { ...topicPolicy, props: { ...topicPolicy.props, policy: policy(allow()) } } },
        /no policy that denies/,
      ],
      "denies it in a policy of its own that another replaces": [
        { "topic.policy": policy(denyPlainHttp()), "policy.policy": policy(allow()) },
        /no policy that denies/,
      ],
    },
  },
  "sns/no-wildcard-principal": {
    stack: { policy: topicPolicy },
    fields: { "policy.policy": {} },
    compliant: {
      ...narrowed("policy.policy"),
      "is a topic with the policy AWS gives it": {
        policy: {
          ...topic,
          props: {
            ...topic.props,
            policy: policy(
              allow({ Principal: { AWS: "*" }, Condition: { StringEquals: { "AWS:SourceOwner": ACCOUNT } } }),
            ),
          },
        },
      },
    },
    violating: {
      ...open("policy.policy"),
      "is a topic for everybody": [
        { policy: { ...topic, props: { ...topic.props, policy: policy(allow({ Principal: "*" })) } } },
        /every principal/,
      ],
    },
    notApplicable: {
      "is a topic without a policy": { policy: topic },
      "is a topic with an empty policy, as states have it": { policy: { ...topic, props: { policy: "" } } },
    },
  },
  "sqs/encryption": {
    stack: { queue },
    fields: { "queue.kmsMasterKeyId": {} },
    violating: {
      "uses AWS's key": [{ "queue.kmsMasterKeyId": "alias/aws/sqs" }, /customer managed key/],
      "uses SQS's own keys": [
        { "queue.kmsMasterKeyId": UNSET, "queue.sqsManagedSseEnabled": true },
        /customer managed key/,
      ],
    },
  },
  "sqs/tls-only": {
    stack: { queue, policy: queuePolicy },
    joins: ["policy.queueUrl"],
    fields: { "policy.policy": {} },
    compliant: {
      "denies it in a policy of its own": { policy: UNSET, "queue.policy": policy(denyPlainHttp()) },
    },
    violating: {
      ...plainHttp("policy.policy", "sqs:SendMessage"),
      "has no policy": [{ policy: UNSET }, /no policy that denies/],
      "has another policy beside it that undoes it": [
        { another: { ...queuePolicy, props: { ...queuePolicy.props, policy: policy(allow()) } } },
        /no policy that denies/,
      ],
      "denies it in a policy of its own that another replaces": [
        { "queue.policy": policy(denyPlainHttp()), "policy.policy": policy(allow()) },
        /no policy that denies/,
      ],
    },
  },
  "sqs/no-wildcard-principal": {
    stack: { policy: queuePolicy },
    fields: { "policy.policy": {} },
    compliant: narrowed("policy.policy"),
    violating: {
      ...open("policy.policy"),
      "is a queue for everybody": [
        { policy: { ...queue, props: { ...queue.props, policy: policy(allow({ Principal: "*" })) } } },
        /every principal/,
      ],
    },
    notApplicable: {
      "is a queue without a policy": { policy: queue },
      "is a queue with an empty policy, as states have it": { policy: { ...queue, props: { policy: "" } } },
    },
  },
  "eventbridge/target-dead-letter": {
    stack: {
      target: {
        type: "aws:cloudwatch/eventTarget:EventTarget",
        props: { deadLetterConfig: { arn: `arn:aws:sqs:eu-central-1:${ACCOUNT}:dead` } },
      },
    },
    fields: { "target.deadLetterConfig.arn": {} },
    violating: {},
  },
  "eventbridge/bus-not-public": {
    stack: {
      policy: { type: "aws:cloudwatch/eventBusPolicy:EventBusPolicy", props: { policy: policy(allow()) } },
    },
    fields: { "policy.policy": {} },
    compliant: {
      ...narrowed("policy.policy"),
      "is a permission of an organization": { policy: busPermission },
      "is a permission of an account": { policy: { ...busPermission, props: { principal: ACCOUNT } } },
    },
    violating: {
      ...open("policy.policy"),
      "is a permission for everybody": [
        { policy: { ...busPermission, props: { principal: "*" } } },
        /every account may send/,
      ],
      "is a permission for nobody knows whom": [{ policy: { ...busPermission, props: {} } }, /principal is not set/],
    },
    unknown: {
      "is a permission under an unknown condition": {
        policy: { ...busPermission, props: { principal: "*", condition: UNKNOWN } },
      },
      "is a permission for who knows whom": { policy: { ...busPermission, props: { principal: UNKNOWN } } },
    },
  },
  "kinesis/encryption": {
    stack: { stream },
    fields: { "stream.encryptionType": {}, "stream.kmsKeyId": {} },
    violating: {
      "is in the clear": [{ "stream.encryptionType": "NONE" }, /customer managed key/],
      "uses AWS's key": [{ "stream.kmsKeyId": "alias/aws/kinesis" }, /customer managed key/],
    },
  },
  "kinesis/retention": {
    stack: { stream },
    fields: { "stream.retentionPeriod": {} },
    violating: { "keeps an hour less than a week": [{ "stream.retentionPeriod": 167 }, /167.*before a week/] },
  },
  "firehose/encryption": {
    stack: { delivery },
    fields: {
      "delivery.serverSideEncryption.enabled": {},
      "delivery.serverSideEncryption.keyType": {},
      "delivery.serverSideEncryption.keyArn": {},
    },
    violating: {
      "uses AWS's key": [{ "delivery.serverSideEncryption.keyType": "AWS_OWNED_CMK" }, /customer managed key/],
      "names AWS's key as its own": [{ "delivery.serverSideEncryption.keyArn": AWS_KEY }, /customer managed key/],
    },
    notApplicable: {
      "reads an encrypted stream": {
        "delivery.kinesisSourceConfiguration": { kinesisStreamArn: "arn:aws:kinesis:eu-central-1:1:stream/changes" },
        "delivery.serverSideEncryption": UNSET,
      },
    },
    unknown: {
      "reads who knows what": { "delivery.kinesisSourceConfiguration": { kinesisStreamArn: UNKNOWN } },
    },
  },
  "firehose/destination-encryption": {
    stack: { delivery },
    fields: { "delivery.extendedS3Configuration.kmsKeyArn": {} },
    violating: {
      "uses AWS's key": [{ "delivery.extendedS3Configuration.kmsKeyArn": AWS_KEY }, /customer managed key/],
    },
  },
};
