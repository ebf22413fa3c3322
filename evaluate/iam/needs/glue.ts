import type { Properties } from "../../recorded";
import type { ProgramPolicies } from "../program";
import { assumption, placeOf, readObjects, roleNeeds, s3Place, type Need, type NeedsOf, type Reason } from "./need";
import { lakeBuckets, zoneUses } from "./zones";

const DOCS = "https://docs.aws.amazon.com/glue/latest/dg";
const SOURCES = {
  role: `${DOCS}/create-an-iam-role.html`,
  policy: `${DOCS}/create-service-policy.html`,
  logs: `${DOCS}/monitor-continuous-logging-enable.html`,
  security: `${DOCS}/set-up-encryption.html`,
  bookmarks: `${DOCS}/monitor-continuations.html`,
  ui: `${DOCS}/monitor-spark-ui-jobs.html`,
  metrics: `${DOCS}/monitoring-awsglue-with-cloudwatch-metrics.html`,
  crawlers: `${DOCS}/crawler-prereqs.html`,
  events: `${DOCS}/crawler-s3-event-notifications.html`,
  buckets: "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSGlueServiceRole.html",
  uploads: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html",
  connections: `${DOCS}/vpc-endpoints-s3.html`,
};

/** The log groups of jobs and crawlers, whose names Glue makes. */
const logs = (arn: string, group: string): string => {
  const { partition, region, account } = placeOf(arn);
  return `arn:${partition}:logs:${region}:${account}:log-group:/aws-glue/${group}*`;
};

/** What Glue does by a security configuration: it reads the configuration, uses its key, and gives the key to the log groups it makes. */
function securityNeeds(
  program: ProgramPolicies,
  name: string | undefined,
  roleArn: string,
  group: string,
  by: Reason["by"],
  hasBookmarks: boolean,
): Need[] {
  if (!name) return [];
  const reason: Reason = { by, why: `it has the security configuration ${name}`, source: SOURCES.security };
  const { encryptionConfiguration: use = {} } =
    program.named("aws:glue/securityConfiguration:SecurityConfiguration", name)?.inputs ?? {};
  const keys = [use.cloudwatchEncryption, use.s3Encryption, hasBookmarks ? use.jobBookmarksEncryption : undefined]
    .map((one: Properties) => one?.kmsKeyArn)
    .filter((key) => typeof key === "string") as string[];
  return [
    ...roleNeeds(program, roleArn, [[["glue:GetSecurityConfiguration"], ["*"]]], reason),
    ...roleNeeds(program, roleArn, [[["logs:AssociateKmsKey"], [`${logs(by.state.arn, group)}`]]], reason),
    ...roleNeeds(
      program,
      roleArn,
      [[["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], [...new Set(keys)]]],
      reason,
    ),
  ];
}

/** What Glue does with the role of a job. What the job's script reads and writes is in the table of the engine. */
export const glueJobNeeds: NeedsOf = (job, program) => {
  const { roleArn, command = {}, defaultArguments: options = {}, securityConfiguration } = job.inputs as Properties;
  const { partition } = placeOf(job.state.arn);
  const needs = (actions: readonly string[], resources: readonly string[], why: string, source: string): Need[] =>
    roleNeeds(program, roleArn, [[actions, resources]], { by: job, why, source });
  const group = logs(job.state.arn, "");
  const read = [command.scriptLocation, options["--extra-py-files"], options["--extra-jars"], options["--extra-files"]]
    .flatMap((value) => String(value ?? "").split(","))
    .flatMap((address) => s3Place(address, partition) ?? []);
  const ui =
    options["--enable-spark-ui"] === "true" ? s3Place(options["--spark-event-logs-path"] ?? "", partition) : undefined;
  const script = s3Place(command.scriptLocation ?? "", partition);
  const ours: Reason = { by: job, why: "its script calls it", source: SOURCES.policy };
  const isEngine = script?.key === "scripts/etl.py";
  const buckets = [String(script?.bucket).split(":::")[1] ?? ""];
  const hasBookmarks = options["--job-bookmark-option"] === "job-bookmark-enable";
  return [
    ...assumption(program, roleArn, "glue.amazonaws.com", { by: job, why: "it runs", source: SOURCES.role }),
    ...read.flatMap(({ bucket, key }) =>
      needs(["s3:GetObject"], [`${bucket}/${key}`], "its script is read", SOURCES.policy),
    ),
    ...needs(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], [group], "it logs", SOURCES.logs),
    ...(options["--enable-metrics"] === "true"
      ? roleNeeds(
          program,
          roleArn,
          [[["cloudwatch:PutMetricData"], ["*"]]],
          { by: job, why: "it records metrics", source: SOURCES.metrics },
          { "cloudwatch:namespace": "Glue" },
        )
      : []),
    ...(ui
      ? needs(["s3:PutObject", "s3:GetObject"], [`${ui.bucket}/${ui.key}*`], "Spark keeps its event logs", SOURCES.ui)
      : []),
    ...(hasBookmarks ? needs(["glue:GetJobBookmark"], ["*"], "it has bookmarks", SOURCES.bookmarks) : []),
    ...securityNeeds(program, securityConfiguration, roleArn, "", job, hasBookmarks),
    ...(isEngine ? zoneUses(program, roleArn, "spark", buckets, ours) : []),
    ...(isEngine ? lakeBuckets(program, buckets) : []).flatMap((bucket) =>
      needs(["s3:GetBucketLocation"], [bucket], "Spark opens the bucket", SOURCES.buckets),
    ),
    ...(isEngine ? lakeBuckets(program, buckets, ["processed"]) : []).flatMap((bucket) =>
      needs(["s3:ListBucketMultipartUploads"], [bucket], "its committer looks for uploads in parts", SOURCES.uploads),
    ),
  ];
};

/** What a crawler does with its role: it logs, reads its targets, and writes tables and partitions. */
export const crawlerNeeds: NeedsOf = (crawler, program) => {
  const { inputs, state } = crawler;
  const { partition, region, account } = placeOf(state.arn);
  const glue = (rest: string): string => `arn:${partition}:glue:${region}:${account}:${rest}`;
  const needs = (
    actions: readonly string[],
    resources: readonly string[],
    why: string,
    source = SOURCES.crawlers,
  ): Need[] => roleNeeds(program, inputs.role, [[actions, resources]], { by: crawler, why, source });
  const database = inputs.databaseName;
  const catalog = [glue("catalog"), glue(`database/${database}`), glue(`table/${database}/*`)];
  const paths: string[] = (inputs.s3Targets ?? []).map(({ path }: Properties) => path);
  for (const list of [inputs.deltaTargets, inputs.icebergTargets, inputs.hudiTargets] as Properties[][]) {
    for (const { deltaTables, paths: more } of list ?? []) paths.push(...(deltaTables ?? []), ...(more ?? []));
  }
  const places = paths.flatMap((path) => s3Place(path, partition) ?? []);
  const tables = ["GetTable", "GetTables", "CreateTable", "UpdateTable", "DeleteTable", "BatchDeleteTable"];
  const partitions = [
    "GetPartition",
    "GetPartitions",
    "BatchGetPartition",
    "BatchCreatePartition",
    "CreatePartition",
    "UpdatePartition",
    "BatchUpdatePartition",
    "DeletePartition",
    "BatchDeletePartition",
  ];
  const queues = (inputs.s3Targets ?? []).flatMap(({ eventQueueArn, dlqEventQueueArn }: Properties) =>
    [eventQueueArn, dlqEventQueueArn].filter(Boolean),
  );
  const connections = [...(inputs.jdbcTargets ?? []), ...(inputs.mongodbTargets ?? []), ...(inputs.s3Targets ?? [])]
    .map(({ connectionName }: Properties) => connectionName)
    .filter(Boolean);
  const dynamodb = (inputs.dynamodbTargets ?? []).map(
    ({ path }: Properties) => `arn:${partition}:dynamodb:${region}:${account}:table/${path}`,
  );
  return [
    ...assumption(program, inputs.role, "glue.amazonaws.com", { by: crawler, why: "it runs", source: SOURCES.role }),
    ...needs(
      ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      [logs(state.arn, "crawlers")],
      "it logs",
    ),
    ...needs(
      ["glue:GetDatabase", ...[...tables, ...partitions].map((action) => `glue:${action}`)],
      catalog,
      "it writes tables",
    ),
    ...places.flatMap(({ bucket, key }) =>
      readObjects(bucket, key).flatMap(([actions, resources]) => needs(actions, resources, "it reads its target")),
    ),
    ...needs(["dynamodb:DescribeTable", "dynamodb:Scan"], dynamodb, "it reads its target"),
    ...needs(
      ["glue:GetConnection"],
      connections.map((name: string) => glue(`connection/${name}`)),
      "it connects",
      SOURCES.connections,
    ),
    ...needs(
      [
        "ReceiveMessage",
        "DeleteMessage",
        "PurgeQueue",
        "GetQueueUrl",
        "GetQueueAttributes",
        "SetQueueAttributes",
        "ListQueueTags",
        "ListDeadLetterSourceQueues",
      ].map((action) => `sqs:${action}`),
      queues,
      "it learns of new objects by events",
      SOURCES.events,
    ),
    ...securityNeeds(program, inputs.securityConfiguration, inputs.role, "crawlers", crawler, false),
  ];
};
