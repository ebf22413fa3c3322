import { definitionProblems } from "./asl";
import { isSet, json, list, part, parts, repeated, type Params, type Rule } from "./rule";

const ENVIRONMENT_BYTES = 4096;
/**
 * The environment variables that Lambda sets itself.
 * @see {@link https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime}
 */
const RESERVED = [
  ...[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
  ],
  ...["AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE"],
  ...["AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID"],
  ...["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"],
];

function lambdaSettings({ Environment, Timeout, MemorySize, EphemeralStorage }: Params): string[] {
  const variables = part(part(Environment).Variables);
  const problems = Object.keys(variables).flatMap((name) => {
    if (RESERVED.includes(name)) return [`Environment.Variables: ${name} is Lambda's own`];
    return /^[a-zA-Z]\w+$/.test(name)
      ? []
      : [`Environment.Variables: ${name} must begin with a letter and have two characters at least`];
  });
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  if (bytes > ENVIRONMENT_BYTES) {
    problems.push(`Environment.Variables: ${bytes} bytes together, at most ${ENVIRONMENT_BYTES} are allowed`);
  }
  const between = (name: string, value: unknown, least: number, most: number): void => {
    if (typeof value === "number" && (value < least || value > most))
      problems.push(`${name}: is ${value}, allowed is ${least} to ${most}`);
  };
  between("Timeout", Timeout, 1, 900);
  between("MemorySize", MemorySize, 128, 10_240);
  between("EphemeralStorage.Size", part(EphemeralStorage).Size, 512, 10_240);
  return problems;
}

function stateMachine(params: Params): string[] {
  const problems = definitionProblems(params.definition, params.type === "EXPRESS");
  const { level, destinations } = part(params.loggingConfiguration);
  if (isSet(level) && level !== "OFF" && list(destinations).length === 0) {
    problems.push(`loggingConfiguration.destinations: is required at level ${String(level)}`);
  }
  for (const { cloudWatchLogsLogGroup } of parts(destinations)) {
    const arn = String(part(cloudWatchLogsLogGroup).logGroupArn);
    if (!arn.endsWith(":*")) problems.push(`loggingConfiguration.destinations: ${arn} must end with :*`);
  }
  return problems;
}

function dynamoTable(params: Params): string[] {
  const problems: string[] = [];
  const attributes = parts(params.AttributeDefinitions).map(({ AttributeName }) => String(AttributeName));
  const indexes = [...parts(params.GlobalSecondaryIndexes), ...parts(params.LocalSecondaryIndexes)];
  const keys = [params, ...indexes].flatMap(({ KeySchema }) =>
    parts(KeySchema).map(({ AttributeName }) => String(AttributeName)),
  );
  for (const name of attributes)
    if (!keys.includes(name)) problems.push(`AttributeDefinitions: ${name} is not a key of the table or an index`);
  for (const name of new Set(keys))
    if (!attributes.includes(name)) problems.push(`KeySchema: ${name} is not among AttributeDefinitions`);
  for (const name of repeated(attributes)) problems.push(`AttributeDefinitions: ${name} occurs twice`);
  for (const name of repeated(indexes.map(({ IndexName }) => String(IndexName))))
    problems.push(`the index name ${name} is used twice`);
  for (const { KeySchema } of [params, ...indexes]) {
    const types = parts(KeySchema).map(({ KeyType }) => String(KeyType));
    if (types.length > 0 && (types[0] !== "HASH" || (types[1] ?? "RANGE") !== "RANGE" || types.length > 2)) {
      problems.push(`KeySchema: must be HASH, or HASH and RANGE, is ${types.join(", ")}`);
    }
  }
  for (const { IndexName, Projection } of indexes) {
    const { ProjectionType, NonKeyAttributes } = part(Projection);
    if ((ProjectionType === "INCLUDE") !== list(NonKeyAttributes).length > 0)
      problems.push(
        `${String(IndexName)}.Projection.NonKeyAttributes: is required for INCLUDE, and not allowed otherwise`,
      );
  }
  const onDemand = params.BillingMode === "PAY_PER_REQUEST";
  for (const [name, { ProvisionedThroughput }] of [
    ["the table", params] as const,
    ...parts(params.GlobalSecondaryIndexes).map((index) => [String(index.IndexName), index] as const),
  ]) {
    if (onDemand === (ProvisionedThroughput !== undefined))
      problems.push(
        `ProvisionedThroughput of ${name}: ${onDemand ? "is not allowed with PAY_PER_REQUEST" : "is required unless BillingMode is PAY_PER_REQUEST"}`,
      );
  }
  const { StreamEnabled, StreamViewType } = part(params.StreamSpecification);
  if ((StreamEnabled === true) !== isSet(StreamViewType) && params.StreamSpecification !== undefined)
    problems.push(
      "StreamSpecification.StreamViewType: is required if the stream is enabled, and not allowed otherwise",
    );
  if (!params.AttributeDefinitions) return [];
  return problems;
}

function alarm(params: Params): string[] {
  const problems: string[] = [];
  const { Period, EvaluationPeriods, DatapointsToAlarm, Metrics, MetricName } = params;
  if (typeof Period === "number" && ![10, 20, 30].includes(Period) && Period % 60 !== 0)
    problems.push(`Period: is ${Period}; allowed are 10, 20, 30 and multiples of 60`);
  if (Number(DatapointsToAlarm) > Number(EvaluationPeriods))
    problems.push(
      `DatapointsToAlarm: is ${String(DatapointsToAlarm)}, which must not exceed EvaluationPeriods, ${String(EvaluationPeriods)}`,
    );
  if (isSet(MetricName) && list(Metrics).length > 0) problems.push("MetricName: is not allowed with Metrics");
  if (isSet(MetricName) && isSet(params.Statistic) === isSet(params.ExtendedStatistic))
    problems.push("Statistic: exactly one of Statistic and ExtendedStatistic is required");
  const span = Number(Period) * Number(EvaluationPeriods);
  const longest = Number(Period) >= 3600 ? 7 : 1;
  if (span > longest * 86_400)
    problems.push(`EvaluationPeriods: ${span} seconds are evaluated together, at most ${longest} days are allowed`);
  const missing = ["breaching", "notBreaching", "ignore", "missing"];
  if (isSet(params.TreatMissingData) && !missing.includes(String(params.TreatMissingData)))
    problems.push(
      `TreatMissingData: ${JSON.stringify(params.TreatMissingData)} is not allowed; allowed: ${missing.join(", ")}`,
    );
  return problems;
}

function dashboard({ DashboardBody, DashboardName }: Params): string[] {
  const { value, problems } = json(DashboardBody, "DashboardBody");
  const found = [...problems];
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(String(DashboardName)))
    found.push(`DashboardName: ${JSON.stringify(DashboardName)} may have letters, digits, - and _ only`);
  if (value === undefined) return found;
  const widgets = part(value).widgets;
  if (!Array.isArray(widgets)) return [...found, "DashboardBody.widgets: is required, a list"];
  widgets.map(part).forEach((widget, index) => {
    const path = `DashboardBody.widgets[${index}]`;
    const types = ["metric", "text", "log", "alarm", "explorer", "custom"];
    if (!types.includes(String(widget.type)))
      found.push(
        `${path}.type: ${JSON.stringify(widget.type) ?? "not set"} is not allowed; allowed: ${types.join(", ")}`,
      );
    if (typeof widget.width === "number" && (widget.width < 1 || widget.width > 24))
      found.push(`${path}.width: is ${widget.width}, allowed is 1 to 24`);
    if (widget.properties === undefined) found.push(`${path}.properties: is required`);
    if (
      widget.type === "metric" &&
      !isSet(part(widget.properties).region) &&
      part(widget.properties).annotations === undefined
    )
      found.push(`${path}.properties.region: is required`);
  });
  return found;
}

/**
 * The allowed retention times of logs in days.
 * @see {@link https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html}
 */
const RETENTION = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** The attributes of a queue that are numbers, although all attributes are text. */
const QUEUE: Readonly<Record<string, readonly [least: number, most: number]>> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

function queue({ QueueName, Attributes }: Params): string[] {
  const attributes = part(Attributes);
  const problems = Object.entries(QUEUE).flatMap(([name, [least, most]]) => {
    const text = attributes[name];
    if (!isSet(text)) return [];
    const value = Number(text);
    return Number.isInteger(value) && value >= least && value <= most
      ? []
      : [`Attributes.${name}: is ${String(text)}, allowed is ${least} to ${most}`];
  });
  const redrive = json(
    attributes.RedrivePolicy === "" ? undefined : attributes.RedrivePolicy,
    "Attributes.RedrivePolicy",
  );
  problems.push(...redrive.problems);
  if (redrive.value !== undefined) {
    const { deadLetterTargetArn, maxReceiveCount } = part(redrive.value);
    if (!isSet(deadLetterTargetArn)) problems.push("Attributes.RedrivePolicy.deadLetterTargetArn: is required");
    const count = Number(maxReceiveCount);
    if (!(Number.isInteger(count) && count >= 1 && count <= 1000)) {
      problems.push(`Attributes.RedrivePolicy.maxReceiveCount: is ${String(maxReceiveCount)}, allowed is 1 to 1000`);
    }
  }
  if (QueueName !== undefined) {
    const name = String(QueueName);
    if (!/^[A-Za-z0-9_-]{1,75}(\.fifo)?$|^[A-Za-z0-9_-]{76,80}$/.test(name))
      problems.push(`QueueName: ${JSON.stringify(name)} may have 80 letters, digits, - and _`);
    if ((attributes.FifoQueue === "true") !== name.endsWith(".fifo"))
      problems.push("QueueName: a FIFO queue's name, and only its, ends with .fifo");
  }
  return problems;
}

const SUBSCRIBERS: Readonly<Record<string, RegExp>> = {
  email: /^[^@\s]+@[^@\s]+\.[^@\s]+$/,
  "email-json": /^[^@\s]+@[^@\s]+\.[^@\s]+$/,
  http: /^http:\/\/.+/,
  https: /^https:\/\/.+/,
  sms: /^\+[1-9]\d{1,14}$/,
  sqs: /^arn:[^:]+:sqs:/,
  lambda: /^arn:[^:]+:lambda:/,
  firehose: /^arn:[^:]+:firehose:/,
  application: /^arn:[^:]+:sns:/,
};

function subscription({ Protocol, Endpoint, Attributes }: Params): string[] {
  const problems: string[] = [];
  const shape = SUBSCRIBERS[String(Protocol)];
  if (!shape)
    problems.push(
      `Protocol: ${JSON.stringify(Protocol)} is not allowed; allowed: ${Object.keys(SUBSCRIBERS).join(", ")}`,
    );
  else if (!shape.test(String(Endpoint)))
    problems.push(`Endpoint: ${JSON.stringify(Endpoint)} is not an endpoint of ${String(Protocol)}`);
  const { SubscriptionRoleArn } = part(Attributes);
  if (Protocol === "firehose" && !isSet(SubscriptionRoleArn))
    problems.push("Attributes.SubscriptionRoleArn: is required for firehose");
  return problems;
}

function deliveryStream(params: Params): string[] {
  const s3 = part(params.ExtendedS3DestinationConfiguration ?? params.ExtendedS3DestinationUpdate);
  const problems: string[] = [];
  const { SizeInMBs } = part(s3.BufferingHints);
  const needs = (what: string): void => {
    if (typeof SizeInMBs === "number" && SizeInMBs < 64)
      problems.push(`BufferingHints.SizeInMBs: is ${SizeInMBs}; with ${what} 64 is the least`);
  };
  if (part(s3.DataFormatConversionConfiguration).Enabled === true) {
    needs("format conversion");
    if (isSet(s3.CompressionFormat) && s3.CompressionFormat !== "UNCOMPRESSED")
      problems.push(
        "CompressionFormat: must be UNCOMPRESSED with format conversion, because the serializer compresses",
      );
  }
  if (part(s3.DynamicPartitioningConfiguration).Enabled === true) {
    needs("dynamic partitioning");
    if (!/!\{partitionKeyFrom(Query|Lambda):/.test(String(s3.Prefix)))
      problems.push(
        "Prefix: must name a partition key with dynamic partitioning, for example !{partitionKeyFromQuery:key}",
      );
  }
  if (String(s3.Prefix ?? "").includes("!{") && !isSet(s3.ErrorOutputPrefix)) {
    problems.push("ErrorOutputPrefix: is required when Prefix has expressions");
  }
  return problems;
}

function alias({ AliasName }: Params): string[] {
  const name = String(AliasName);
  if (!name.startsWith("alias/")) return [`AliasName: ${JSON.stringify(name)} must begin with alias/`];
  return name.startsWith("alias/aws/") ? ["AliasName: the prefix alias/aws/ is reserved for AWS"] : [];
}

export const SERVICE_RULES: readonly Rule[] = [
  {
    service: "Lambda",
    operations: ["CreateFunction", "UpdateFunctionConfiguration"],
    source: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
    check: lambdaSettings,
  },
  {
    service: "SFN",
    operations: ["CreateStateMachine", "UpdateStateMachine"],
    source: "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html",
    check: stateMachine,
  },
  {
    service: "DynamoDB",
    operations: ["CreateTable"],
    source: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
    check: dynamoTable,
  },
  {
    service: "CloudWatch",
    operations: ["PutMetricAlarm"],
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    check: alarm,
  },
  {
    service: "CloudWatch",
    operations: ["PutDashboard"],
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html",
    check: dashboard,
  },
  {
    service: "CloudWatchLogs",
    operations: ["PutRetentionPolicy"],
    source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
    check: ({ retentionInDays }) =>
      RETENTION.includes(Number(retentionInDays))
        ? []
        : [`retentionInDays: is ${String(retentionInDays)}; allowed: ${RETENTION.join(", ")}`],
  },
  {
    service: "SQS",
    operations: ["CreateQueue", "SetQueueAttributes"],
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    check: queue,
  },
  {
    service: "SNS",
    operations: ["Subscribe"],
    source: "https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html",
    check: subscription,
  },
  {
    service: "Firehose",
    operations: ["CreateDeliveryStream", "UpdateDestination"],
    source: "https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-enable.html",
    check: deliveryStream,
  },
  {
    service: "KMS",
    operations: ["CreateAlias"],
    source: "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html",
    check: alias,
  },
];
