import type { Decision } from "./decisions";

/** The methods of components that grant an action, by the action. */
const GRANTS: readonly (readonly [actions: RegExp, grant: string])[] = [
  [/^kms:(Decrypt|DescribeKey)$/, "EncryptionKey.grantDecrypt()"],
  [/^kms:(GenerateDataKey\w*|Encrypt|ReEncrypt\w*)$/, "EncryptionKey.grantEncrypt()"],
  [
    /^s3:(GetObject(Version|Tagging)?|ListBucket(Versions)?|GetBucketLocation)$/,
    "SecureBucket.grantRead() or DataLake.grantRead()",
  ],
  [
    /^s3:(PutObject(Tagging)?|AbortMultipartUpload|ListMultipartUploadParts)$/,
    "SecureBucket.grantWrite() or DataLake.grantWrite()",
  ],
  [/^s3:DeleteObject(Version)?$/, "SecureBucket.grantDelete()"],
  [/^dynamodb:(GetRecords|GetShardIterator|DescribeStream|ListStreams)$/, "DocumentTable.grantStream()"],
  [/^dynamodb:(Get|BatchGet|Query|Scan|ConditionCheck|DescribeTable)/, "DocumentTable.grantRead()"],
  [/^dynamodb:(Put|Update|Delete|BatchWrite)/, "DocumentTable.grantWrite()"],
  [/^lambda:InvokeFunction$/, "PlatformFunction.grantInvoke()"],
  [/^glue:(StartJobRun|GetJobRuns?|BatchStopJobRun)$/, "GlueEtlJob.grantRun()"],
  [/^glue:(Batch)?(Create|Delete|Update|Get)Partitions?$/, "DataCatalog.grantPartitions()"],
  [/^glue:(Get|Search)(Table|Database|Partition)/, "DataCatalog.grantRead()"],
  [/^glue:(Create|Update|Delete)Table/, "DataCatalog.grantTables()"],
  [/^athena:/, "QueryWorkgroup.grantQuery()"],
  [/^firehose:PutRecord(Batch)?$/, "LakeDelivery.grantPut()"],
  [/^sns:Publish$/, "NotificationTopic.grantPublish()"],
  [/^secretsmanager:GetSecretValue$/, "RelationalDatabase.grantReadSecret()"],
  [/^rds-db:connect$/, "RelationalDatabase.grantConnect()"],
  [/^execute-api:ManageConnections$/, "WebSocketApi.grantManageConnections()"],
  [/^appsync:GraphQL$/, "GraphqlApi.grantCall()"],
];

/** Returns the method of a component that grants the action, or undefined if there is none. */
export const suggestion = (action: string): string | undefined => GRANTS.find(([actions]) => actions.test(action))?.[1];

/** Returns the statement that a role's policy lacks, as JSON on one line. */
export const missingStatement = ({ action, resource }: Pick<Decision, "action" | "resource">): string =>
  JSON.stringify({ Effect: "Allow", Action: action, Resource: resource });

/** Says what is to be changed so that a denied request is allowed. */
export function remedy(decision: Decision): string {
  const { action, resource, by, principal } = decision;
  if (by === "boundary") return `the permissions boundary does not allow ${action}`;
  if (by === "trust") return `the trust policy of ${resource} does not name ${principal}`;
  const statement = missingStatement(decision);
  if (by === "resource" || by === "key")
    return `in the policy of ${by === "key" ? "the key" : "the resource"}: ${statement}`;
  const grant = suggestion(action);
  return grant ? `${statement} (${grant})` : statement;
}
