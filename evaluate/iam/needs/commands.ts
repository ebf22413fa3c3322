/** The service that a call of a function's source belongs to, and the actions for which AWS authorizes it. */
interface Command {
  /** What the resource of the actions is, as the function's environment and its table of zones name it. */
  readonly on:
    "object" | "bucket" | "table" | "catalog" | "topic" | "bus" | "stream" | "machine" | "execution" | "connections";
  readonly actions: readonly string[];
  /** For a copy: what it needs at its source. */
  readonly from?: readonly string[];
}

const item = (...actions: readonly string[]): Command => ({
  on: "table",
  actions: actions.map((one) => `dynamodb:${one}`),
});
const glue = (...actions: readonly string[]): Command => ({
  on: "catalog",
  actions: actions.map((one) => `glue:${one}`),
});
const object = (actions: readonly string[], from?: readonly string[]): Command => ({
  on: "object",
  actions: actions.map((one) => `s3:${one}`),
  ...(from ? { from: from.map((one) => `s3:${one}`) } : {}),
});

/**
 * The actions of every request that a function of the platform sends, by the name of its command. A transaction is authorized as its parts.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export const COMMANDS: Readonly<Record<string, Command>> = {
  AbortMultipartUpload: object(["AbortMultipartUpload"]),
  BatchCreatePartition: glue("BatchCreatePartition"),
  BatchGet: item("BatchGetItem"),
  BatchGetPartition: glue("BatchGetPartition"),
  BatchUpdatePartition: glue("BatchUpdatePartition"),
  CompleteMultipartUpload: object(["PutObject"]),
  CopyObject: object(["PutObject", "PutObjectTagging"], ["GetObject", "GetObjectTagging"]),
  "CopyObject:version": object(["PutObject", "PutObjectTagging"], ["GetObjectVersion", "GetObjectVersionTagging"]),
  CreateMultipartUpload: object(["PutObject"]),
  Delete: item("DeleteItem"),
  DeleteObject: object(["DeleteObject"]),
  "DeleteObject:version": object(["DeleteObjectVersion"]),
  DeleteObjects: object(["DeleteObject"]),
  DeletePartition: glue("DeletePartition"),
  DescribeExecution: { on: "execution", actions: ["states:DescribeExecution"] },
  Get: item("GetItem"),
  GetObject: object(["GetObject"]),
  "GetObject:version": object(["GetObjectVersion"]),
  GetPartitions: glue("GetPartitions"),
  GetTable: glue("GetTable"),
  HeadObject: object(["GetObject"]),
  "HeadObject:version": object(["GetObjectVersion"]),
  ListObjectVersions: { on: "bucket", actions: ["s3:ListBucketVersions"] },
  ListObjectsV2: { on: "bucket", actions: ["s3:ListBucket"] },
  PostToConnection: { on: "connections", actions: ["execute-api:ManageConnections"] },
  Publish: { on: "topic", actions: ["sns:Publish"] },
  Put: item("PutItem"),
  PutEvents: { on: "bus", actions: ["events:PutEvents"] },
  PutObject: object(["PutObject"]),
  PutRecordBatch: { on: "stream", actions: ["firehose:PutRecordBatch"] },
  Query: item("Query"),
  StartExecution: { on: "machine", actions: ["states:StartExecution"] },
  TransactWrite: item(),
  "TransactWrite:ConditionCheck": item("ConditionCheckItem"),
  "TransactWrite:Delete": item("DeleteItem"),
  "TransactWrite:Put": item("PutItem"),
  "TransactWrite:Update": item("UpdateItem"),
  Update: item("UpdateItem"),
  Upload: object(["PutObject", "AbortMultipartUpload"]),
  UploadPartCopy: object(["PutObject"], ["GetObject"]),
  "UploadPartCopy:version": object(["PutObject"], ["GetObjectVersion"]),
};
