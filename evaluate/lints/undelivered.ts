import type { Properties, RecordedResource } from "../recorded";
import { isObject } from "../wire";
import type { Lint, LintProblem } from "./lint";

const METRIC = "ApproximateNumberOfMessagesVisible";
const SOURCE =
  "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/dead-letter-queues-alarms-cloudwatch.html";

/** The arguments of AWS's resources that name a queue for what could not be delivered. */
const DEAD_LETTERS = new Set(["deadLetterConfig", "onFailure", "redrivePolicy", "dlqEventQueueArn"]);

/**
 * Finds queues of what could not be delivered whose messages raise no alarm, or an alarm whose alert only reaches what could not be
 * delivered to: their messages would be lost after the queue's retention without an alert.
 */
export const undelivered: Lint = (resources) => {
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
