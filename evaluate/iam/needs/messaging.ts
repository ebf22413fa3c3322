import type { Properties, RecordedResource } from "../../recorded";
import type { ProgramPolicies } from "../program";
import { accountOf, assumption, placeOf, roleNeeds, serviceNeed, type Need, type NeedsOf, type Reason } from "./need";

const DOCS = "https://docs.aws.amazon.com";
const SOURCES = {
  targets: `${DOCS}/eventbridge/latest/userguide/eb-use-resource-based.html`,
  targetRoles: `${DOCS}/eventbridge/latest/userguide/eb-use-identity-based.html`,
  busKey: `${DOCS}/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html`,
  deadLetters: `${DOCS}/eventbridge/latest/userguide/eb-rule-dlq.html`,
  scheduler: `${DOCS}/scheduler/latest/UserGuide/setting-up.html`,
  subscriptions: `${DOCS}/sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html`,
  firehose: `${DOCS}/sns/latest/dg/prereqs-kinesis-data-firehose.html`,
  topicDeadLetters: `${DOCS}/sns/latest/dg/sns-configure-dead-letter-queue.html`,
  notifications: `${DOCS}/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html`,
  accessLogs: `${DOCS}/AmazonS3/latest/userguide/enable-server-access-logging.html`,
  alarms: `${DOCS}/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html`,
  rds: `${DOCS}/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html`,
  dms: `${DOCS}/dms/latest/userguide/CHAP_Events.html`,
  groups: `${DOCS}/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html`,
  streams: `${DOCS}/lambda/latest/dg/with-ddb.html`,
  queues: `${DOCS}/lambda/latest/dg/with-sqs.html`,
  kinesis: `${DOCS}/lambda/latest/dg/with-kinesis.html`,
};

/** The action by which a message reaches a target, by the service of the target's ARN. */
const DELIVERIES: Readonly<Record<string, string>> = {
  sqs: "sqs:SendMessage",
  sns: "sns:Publish",
  lambda: "lambda:InvokeFunction",
  states: "states:StartExecution",
  firehose: "firehose:PutRecord",
  kinesis: "kinesis:PutRecord",
  events: "events:PutEvents",
};

const serviceOf = (arn: string): string => arn.split(":")[2] ?? "";
const isArn = (value: unknown): value is string => typeof value === "string" && value.startsWith("arn:");

/** Returns the delivery of a message to a target, through a role or by the service itself. */
function delivery(
  program: ProgramPolicies,
  service: string,
  targetArn: string,
  roleArn: string | undefined,
  reason: Reason,
  sourceArn?: string,
): Need[] {
  const action = DELIVERIES[serviceOf(targetArn)];
  if (!action) return [];
  if (roleArn === undefined) return [serviceNeed(service, action, targetArn, reason, sourceArn)];
  return [
    ...assumption(program, roleArn, service, reason, sourceArn),
    ...roleNeeds(program, roleArn, [[[action], [targetArn]]], reason),
  ];
}

/** How EventBridge reaches the target of a rule, and the queue of the events that it could not deliver. */
export const eventTargetNeeds: NeedsOf = (target, program) => {
  const { inputs } = target;
  if (!isArn(inputs.arn)) return [];
  const rule = program.named("aws:cloudwatch/eventRule:EventRule", inputs.rule)?.state.arn;
  const reason = (why: string, source: string): Reason => ({ by: target, why, source });
  const source = inputs.roleArn ? SOURCES.targetRoles : SOURCES.targets;
  return [
    ...delivery(
      program,
      "events.amazonaws.com",
      inputs.arn,
      inputs.roleArn,
      reason("its rule matches an event", source),
      rule,
    ),
    ...undelivered(
      program,
      "events.amazonaws.com",
      inputs.deadLetterConfig?.arn,
      reason("an event could not be delivered", SOURCES.deadLetters),
      rule,
    ),
  ];
};

const undelivered = (
  program: ProgramPolicies,
  service: string,
  queueArn: unknown,
  reason: Reason,
  sourceArn?: string,
): Need[] => (isArn(queueArn) ? delivery(program, service, queueArn, undefined, reason, sourceArn) : []);

/** How EventBridge Scheduler reaches a target: by its role, also for the queue of undelivered events. */
export const scheduleNeeds: NeedsOf = (schedule, program) => {
  const { target = {} } = schedule.inputs as Properties;
  const reason: Reason = { by: schedule, why: "its time has come", source: SOURCES.scheduler };
  const failed: Reason = { ...reason, why: "its target could not be reached" };
  const requests = [target.arn, target.deadLetterConfig?.arn].filter(isArn);
  // Scheduler names the group of the schedule:
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
  const group = program.named("aws:scheduler/scheduleGroup:ScheduleGroup", schedule.inputs.groupName)?.state.arn;
  return requests.flatMap((arn, at) =>
    delivery(program, "scheduler.amazonaws.com", arn, target.roleArn, at === 0 ? reason : failed, group),
  );
};

/** What EventBridge does with the key of a bus, and with the queue of the events that it could not encrypt. */
export const eventBusNeeds: NeedsOf = (bus, program) => {
  const { kmsKeyIdentifier: key, deadLetterConfig } = bus.inputs;
  if (!isArn(key)) return [];
  const reason: Reason = { by: bus, why: "its events are encrypted", source: SOURCES.busKey };
  const context = { "kms:EncryptionContext:aws:events:event-bus:arn": bus.state.arn };
  const uses = ["kms:DescribeKey", "kms:GenerateDataKey", "kms:Decrypt"].map((action) => {
    const need = serviceNeed("events.amazonaws.com", action, key, reason);
    return { ...need, context: { ...need.context, ...(action === "kms:DescribeKey" ? {} : context) } };
  });
  const failed: Reason = { ...reason, why: "its events could not be encrypted", source: SOURCES.deadLetters };
  return [...uses, ...undelivered(program, "events.amazonaws.com", deadLetterConfig?.arn, failed)];
};

/** How SNS reaches the endpoint of a subscription, and the queue of what it could not deliver. */
export const subscriptionNeeds: NeedsOf = (subscription, program) => {
  const { topic, protocol, endpoint, subscriptionRoleArn, redrivePolicy } = subscription.inputs;
  const service = "sns.amazonaws.com";
  const reason = (why: string, source: string): Reason => ({ by: subscription, why, source });
  const needs: Need[] = [];
  if (protocol === "firehose") {
    const why = reason("its topic delivers to Firehose", SOURCES.firehose);
    const actions = [
      "DescribeDeliveryStream",
      "ListDeliveryStreams",
      "ListTagsForDeliveryStream",
      "PutRecord",
      "PutRecordBatch",
    ];
    needs.push(...assumption(program, subscriptionRoleArn, service, why, topic));
    needs.push(
      ...roleNeeds(program, subscriptionRoleArn, [[actions.map((action) => `firehose:${action}`), [endpoint]]], why),
    );
  } else if (isArn(endpoint)) {
    needs.push(
      ...delivery(
        program,
        service,
        endpoint,
        undefined,
        reason("its topic has a message", SOURCES.subscriptions),
        topic,
      ),
    );
  }
  const queue = redrivePolicy
    ? (JSON.parse(redrivePolicy) as { deadLetterTargetArn?: string }).deadLetterTargetArn
    : undefined;
  return [
    ...needs,
    ...undelivered(
      program,
      service,
      queue,
      reason("a message could not be delivered", SOURCES.topicDeadLetters),
      topic,
    ),
  ];
};

/** How S3 reaches the queues, topics and functions of a bucket's notifications. */
export const notificationNeeds: NeedsOf = (notification, program) => {
  const { inputs } = notification;
  const bucket = program.named("aws:s3/bucket:Bucket", inputs.bucket)?.state.arn;
  const reason: Reason = { by: notification, why: "an object of the bucket changes", source: SOURCES.notifications };
  const targets = [
    ...(inputs.queues ?? []).map(({ queueArn }: Properties) => queueArn),
    ...(inputs.topics ?? []).map(({ topicArn }: Properties) => topicArn),
    ...(inputs.lambdaFunctions ?? []).map(({ lambdaFunctionArn }: Properties) => lambdaFunctionArn),
  ].filter(isArn);
  return targets.flatMap((arn) => delivery(program, "s3.amazonaws.com", arn, undefined, reason, bucket));
};

/** How S3 writes the access logs of a bucket. */
export const accessLogNeeds: NeedsOf = (logging, program) => {
  const { bucket, targetBucket, targetPrefix = "" } = logging.inputs;
  const source = program.named("aws:s3/bucket:Bucket", bucket)?.state.arn;
  const target = program.named("aws:s3/bucket:Bucket", targetBucket)?.state.arn;
  const reason: Reason = { by: logging, why: "requests on the bucket are logged", source: SOURCES.accessLogs };
  return target
    ? [serviceNeed("logging.s3.amazonaws.com", "s3:PutObject", `${target}/${targetPrefix}*`, reason, source)]
    : [];
};

/** How CloudWatch publishes the state of an alarm. */
export const alarmNeeds: NeedsOf = (alarm, program) => {
  const { alarmActions = [], okActions = [], insufficientDataActions = [] } = alarm.inputs;
  const reason: Reason = { by: alarm, why: "its state changes", source: SOURCES.alarms };
  const targets = new Set<string>([...alarmActions, ...okActions, ...insufficientDataActions].filter(isArn));
  return [...targets].flatMap((arn) =>
    serviceOf(arn) === "sns" ? delivery(program, "cloudwatch.amazonaws.com", arn, undefined, reason) : [],
  );
};

/** How a service publishes the events of databases or migrations. */
export const publisherNeeds =
  (service: string, property: string, source: string): NeedsOf =>
  (subscription, program) => {
    const topic = subscription.inputs[property];
    const reason: Reason = { by: subscription, why: "an event occurs", source };
    return isArn(topic) ? delivery(program, service, topic, undefined, reason) : [];
  };

export const databaseEventNeeds = publisherNeeds("events.rds.amazonaws.com", "snsTopic", SOURCES.rds);
export const migrationEventNeeds = publisherNeeds("dms.amazonaws.com", "snsTopicArn", SOURCES.dms);

/** How CloudWatch Logs uses the key of a log group. */
export const logGroupNeeds: NeedsOf = (group) => {
  const key = group.inputs.kmsKeyId;
  if (!isArn(key)) return [];
  const reason: Reason = { by: group, why: "its events are encrypted", source: SOURCES.groups };
  const service = `logs.${placeOf(group.state.arn).region}.amazonaws.com`;
  const actions = ["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "DescribeKey"];
  return actions.map((action) => ({
    ...serviceNeed(service, `kms:${action}`, key, reason),
    context: { "aws:SourceAccount": accountOf(group), "kms:EncryptionContext:aws:logs:arn": group.state.arn },
  }));
};

/** What Lambda reads from a stream or queue with the role of the function, and where it keeps what the function could not handle. */
export const eventSourceNeeds: NeedsOf = (mapping, program) => {
  const { functionName, eventSourceArn, destinationConfig } = mapping.inputs;
  const fn: RecordedResource | undefined =
    program.at(functionName) ?? program.named("aws:lambda/function:Function", functionName);
  if (!fn || !isArn(eventSourceArn)) return [];
  const rows: Readonly<Record<string, readonly [actions: readonly string[], source: string]>> = {
    dynamodb: [["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], SOURCES.streams],
    kinesis: [
      ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"].map(
        (one) => `kinesis:${one}`,
      ),
      SOURCES.kinesis,
    ],
    sqs: [["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], SOURCES.queues],
  };
  const [actions, source] = rows[serviceOf(eventSourceArn)] ?? [[], SOURCES.streams];
  const reason: Reason = { by: mapping, why: "Lambda polls the source with the function's role", source };
  // Streams are listed without a resource.
  const list = serviceOf(eventSourceArn) === "dynamodb" ? (["dynamodb:ListStreams"] as const) : [];
  const failed = destinationConfig?.onFailure?.destinationArn;
  return [
    ...roleNeeds(
      program,
      fn.inputs.role,
      [
        [actions, [eventSourceArn]],
        [list, ["*"]],
      ],
      reason,
    ),
    ...(isArn(failed)
      ? delivery(program, "lambda.amazonaws.com", failed, fn.inputs.role, {
          ...reason,
          why: "records could not be handled",
        })
      : []),
  ];
};
