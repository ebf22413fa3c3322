import type { Properties, RecordedResource } from "../recorded";
import { isObject } from "../wire";
import type { Lint, LintProblem } from "./lint";

const METRIC = "ApproximateNumberOfMessagesVisible";
const SOURCE =
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/dead-letter-queues-alarms-cloudwatch.html";

const DOCS = "https://docs.aws.amazon.com";

/** What loses messages without a queue for those that it could not deliver. */
interface Sender {
  /** Whether a resource with these arguments loses messages. */
  readonly loses: (inputs: Properties) => boolean;
  readonly message: string;
  readonly argument: string;
  readonly source: string;
}

const SENDERS: Readonly<Record<string, Sender>> = {
  "aws:cloudwatch/eventTarget:EventTarget": {
    loses: ({ deadLetterConfig }) => !deadLetterConfig?.arn,
    message: "EventBridge drops the events that it could not deliver to the target",
    argument: "deadLetterConfig",
    source: `${DOCS}/eventbridge/latest/userguide/eb-rule-dlq.html`,
  },
  "aws:cloudwatch/eventBus:EventBus": {
    loses: ({ kmsKeyIdentifier, deadLetterConfig }) => Boolean(kmsKeyIdentifier) && !deadLetterConfig?.arn,
    message: "EventBridge drops the events that it could not encrypt or decrypt with the key of the bus",
    argument: "deadLetterConfig",
    source: `${DOCS}/eventbridge/latest/userguide/eb-encryption-event-bus-dlq.html`,
  },
  "aws:scheduler/schedule:Schedule": {
    loses: ({ target }) => !target?.deadLetterConfig?.arn,
    message: "EventBridge Scheduler drops the invocations that failed",
    argument: "target.deadLetterConfig",
    source: `${DOCS}/scheduler/latest/UserGuide/configuring-schedule-dlq.html`,
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    // What is sent by e-mail or text message counts as delivered.
    loses: ({ protocol, redrivePolicy }) => !/^(email|email-json|sms)$/.test(String(protocol)) && !redrivePolicy,
    message: "SNS drops the messages that the endpoint did not accept",
    argument: "redrivePolicy",
    source: `${DOCS}/sns/latest/dg/sns-dead-letter-queues.html`,
  },
};

/** Finds what would drop messages because it has no queue for them. */
const senders = (resources: readonly RecordedResource[]): readonly LintProblem[] =>
  resources.flatMap((resource) => {
    const sender = SENDERS[resource.type];
    if (!sender?.loses(resource.inputs)) return [];
    const { message, argument, source } = sender;
    const remedy = `Set ${argument} to a queue that has an alarm, for example a DeadLetterQueue.`;
    return [{ lint: "undelivered", resource, message: `${message}.`, remedy, source }];
  });

/** The arguments of AWS's resources that name a queue for what could not be delivered. */
const DEAD_LETTERS = new Set(["deadLetterConfig", "onFailure", "redrivePolicy", "dlqEventQueueArn"]);

/**
 * Finds what drops messages that it could not deliver, and queues of such messages that raise no alarm, or an alarm whose alert only
 * reaches the endpoint that failed: their messages would be lost after the queue's retention without an alert.
 */
export const undelivered: Lint = (resources) => [...senders(resources), ...queues(resources)];

const queues: Lint = (resources) => {
  const ofType = (type: string): readonly RecordedResource[] => resources.filter((resource) => resource.type === type);
  const alarms = ofType("aws:cloudwatch/metricAlarm:MetricAlarm").filter(firesAtOneMessage);
  const topicsOfQueues = new Map<string, readonly string[]>();
  for (const { inputs } of alarms) {
    const queue = String(inputs.dimensions?.QueueName);
    topicsOfQueues.set(queue, [...(topicsOfQueues.get(queue) ?? []), ...topicsOf(inputs)]);
  }
  const subscriptions = ofType("aws:sns/topicSubscription:TopicSubscription");
  const deadLetters = new Set(resources.flatMap(({ inputs }) => deadLetterArns(inputs)));
  const read = new Set(subscriptions.map(({ inputs }) => String(inputs.endpoint)));
  return ofType("aws:sqs/queue:Queue").flatMap((queue): readonly LintProblem[] => {
    const arn = String(queue.state.arn);
    // A queue that a topic delivers to has a reader of its own.
    const own = queue.parent.includes("dataplatform:core:DeadLetterQueue::") && !read.has(arn);
    if (!deadLetters.has(arn) && !own) return [];
    const problem = (message: string, remedy: string) => [
      { lint: "undelivered", resource: queue, message, remedy, source: SOURCE },
    ];
    const topics = topicsOfQueues.get(String(queue.state.name)) ?? [];
    if (topics.length === 0)
      return problem(
        `The queue keeps what could not be delivered, and no alarm on ${METRIC} tells a topic of a message in it.`,
        "Give the component that makes the queue a topic of alerts, or make an alarm on the metric with a topic among its actions.",
      );
    if (topics.every((topic) => onlyReaches(topic, arn, subscriptions)))
      return problem(
        "The alarm of the queue sends its alert to the topic whose only subscription delivers nothing when the queue has a message.",
        "Add a second subscription to the topic, for example an e-mail address, or send the alert to another topic.",
      );
    return [];
  });
};

/** Whether an alarm is in alarm as soon as one message is visible, and may act. */
function firesAtOneMessage({ inputs }: RecordedResource): boolean {
  const { namespace, metricName, comparisonOperator, threshold, actionsEnabled } = inputs;
  if (namespace !== "AWS/SQS" || metricName !== METRIC || actionsEnabled === false) return false;
  if (comparisonOperator === "GreaterThanThreshold") return Number(threshold) < 1;
  return comparisonOperator === "GreaterThanOrEqualToThreshold" && Number(threshold) <= 1;
}

const topicsOf = (inputs: Properties): readonly string[] =>
  ((inputs.alarmActions ?? []) as readonly unknown[]).map(String).filter((arn) => /^arn:[^:]+:sns:/.test(arn));

/** Whether a topic has one subscription only, whose undelivered messages the queue keeps. */
function onlyReaches(topic: string, queue: string, subscriptions: readonly RecordedResource[]): boolean {
  const own = subscriptions.filter(({ inputs }) => inputs.topic === topic);
  return own.length === 1 && own.every(({ inputs }) => deadLetterArns(inputs).includes(queue));
}

/** Returns the ARNs of queues that a resource's arguments name for what could not be delivered, at any depth. */
function deadLetterArns(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(deadLetterArns);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => (DEAD_LETTERS.has(name) ? arns(item) : deadLetterArns(item)));
}

const arns = (value: unknown): readonly string[] =>
  JSON.stringify(value ?? "").match(/arn:[^:"\\]+:sqs:[^"\\]+/g) ?? [];
