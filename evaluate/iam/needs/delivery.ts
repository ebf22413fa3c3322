import type { Properties } from "../../recorded";
import { assumption, placeOf, roleNeeds, type Need, type NeedsOf, type Reason } from "./need";

const DOCS = "https://docs.aws.amazon.com";
const SOURCES = {
  firehose: `${DOCS}/firehose/latest/dev/controlling-access.html#using-iam-s3`,
  dataSync: `${DOCS}/datasync/latest/userguide/create-s3-location.html`,
  dataSyncReports: `${DOCS}/datasync/latest/userguide/task-reports.html`,
  replication: `${DOCS}/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html`,
};

/** What Firehose does with the role of a stream: it writes objects, in parts, reads the schema of a table, and logs. */
export const firehoseNeeds: NeedsOf = (stream, program) => {
  const s3: Properties = stream.inputs.extendedS3Configuration;
  if (!s3) return [];
  const { partition, region, account } = placeOf(stream.state.arn);
  const needs = (actions: readonly string[], resources: readonly string[], why: string, role = s3.roleArn): Need[] =>
    roleNeeds(program, role, [[actions, resources]], { by: stream, why, source: SOURCES.firehose });
  const literal = (prefix: string): string => prefix.split("!{")[0] ?? "";
  const prefixes = [s3.prefix ?? "", s3.errorOutputPrefix].filter((prefix) => typeof prefix === "string").map(literal);
  const objects = ["AbortMultipartUpload", "GetObject", "PutObject"].map((action) => `s3:${action}`);
  const bucket = ["GetBucketLocation", "ListBucket", "ListBucketMultipartUploads"].map((action) => `s3:${action}`);
  const { cloudwatchLoggingOptions: logging = {} } = s3;
  const schema = s3.dataFormatConversionConfiguration?.schemaConfiguration;
  const catalog = (rest: string): string => `arn:${partition}:glue:${region}:${account}:${rest}`;
  return [
    ...assumption(program, s3.roleArn, "firehose.amazonaws.com", {
      by: stream,
      why: "it delivers",
      source: SOURCES.firehose,
    }),
    ...needs(
      objects,
      prefixes.map((prefix) => `${s3.bucketArn}/${prefix}*`),
      "it writes its objects",
    ),
    ...needs(bucket, [s3.bucketArn], "it writes its objects"),
    ...(s3.kmsKeyArn ? needs(["kms:Decrypt", "kms:GenerateDataKey"], [s3.kmsKeyArn], "its objects are encrypted") : []),
    ...(logging.enabled
      ? needs(
          ["logs:PutLogEvents"],
          [`arn:${partition}:logs:${region}:${account}:log-group:${logging.logGroupName}:log-stream:*`],
          "it logs its failures",
        )
      : []),
    ...(schema
      ? needs(
          ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
          [
            catalog("catalog"),
            catalog(`database/${schema.databaseName}`),
            catalog(`table/${schema.databaseName}/${schema.tableName}`),
          ],
          "it converts records by a table's columns",
          schema.roleArn,
        )
      : []),
  ];
};

/** What DataSync does with the role of a location in S3: the actions depend on whether a task writes there. */
export const dataSyncLocationNeeds: NeedsOf = (location, program) => {
  const { s3BucketArn: bucket, subdirectory = "/", s3Config = {} } = location.inputs as Properties;
  const role = s3Config.bucketAccessRoleArn;
  const prefix = String(subdirectory).replace(/^\//, "");
  const reason: Reason = { by: location, why: "a task uses it", source: SOURCES.dataSync };
  const isTarget = program
    .of("aws:datasync/task:Task")
    .some(({ inputs }) => inputs.destinationLocationArn === location.state.arn);
  const read = [
    "GetObject",
    "GetObjectTagging",
    "GetObjectVersion",
    "GetObjectVersionTagging",
    "ListMultipartUploadParts",
  ];
  const write = isTarget ? ["AbortMultipartUpload", "DeleteObject", "PutObject", "PutObjectTagging"] : [];
  return [
    ...assumption(program, role, "datasync.amazonaws.com", reason),
    ...roleNeeds(
      program,
      role,
      [
        [["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], [bucket]],
        [[...read, ...write].map((action) => `s3:${action}`), [`${bucket}/${prefix}*`]],
      ],
      reason,
    ),
  ];
};

/** What DataSync does with the role of a task's reports. */
export const dataSyncTaskNeeds: NeedsOf = (task, program) => {
  const destination: Properties = task.inputs.taskReportConfig?.s3Destination;
  if (!destination) return [];
  const reason: Reason = { by: task, why: "it writes reports", source: SOURCES.dataSyncReports };
  const objects = `${destination.s3BucketArn}/${destination.subdirectory ?? ""}*`;
  return [
    ...assumption(program, destination.bucketAccessRoleArn, "datasync.amazonaws.com", reason),
    ...roleNeeds(program, destination.bucketAccessRoleArn, [[["s3:PutObject"], [objects]]], reason),
  ];
};

/** What S3 does with the role of a replication. */
export const replicationNeeds: NeedsOf = (replication, program) => {
  const { role, bucket, rules = [] } = replication.inputs as Properties;
  const source = program.named("aws:s3/bucket:Bucket", bucket)?.state.arn;
  const reason: Reason = { by: replication, why: "it replicates objects", source: SOURCES.replication };
  if (!source) return [];
  const targets = [...new Set<string>(rules.map(({ destination }: Properties) => destination.bucket))];
  return [
    ...assumption(program, role, "s3.amazonaws.com", reason, source),
    ...roleNeeds(
      program,
      role,
      [
        [["s3:GetReplicationConfiguration", "s3:ListBucket"], [source]],
        [
          ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
          [`${source}/*`],
        ],
        [["s3:ReplicateObject", "s3:ReplicateTags"], targets.map((target) => `${target}/*`)],
      ],
      reason,
    ),
  ];
};
