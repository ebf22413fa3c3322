/** Where the right to an action is given: the service, the action, and the component's method. */
const GRANTS: readonly (readonly [action: RegExp, grant: string])[] = [
  [/^s3:Get\w*(Version|Tagging)/, "SecureBucket.grantRead(prefix, { versions, tags })"],
  [/^s3:(GetBucketLocation|ListBucketMultipartUploads|ListMultipartUploadParts)$/, "SecureBucket.grantUploads(prefix)"],
  [/^s3:(PutObjectTagging|AbortMultipartUpload)$/, "SecureBucket.grantWrite(prefix, { tags, parts })"],
  [/^s3:(Get|List)/, "SecureBucket.grantRead(prefix) or DataLake.grantRead(zone, prefix)"],
  [/^s3:Put/, "SecureBucket.grantWrite(prefix) or DataLake.grantWrite(zone, prefix)"],
  [/^s3:Delete/, "SecureBucket.grantDelete(prefix, { versions })"],
  [/^kms:Decrypt$/, "EncryptionKey.grantDecrypt()"],
  [/^kms:(GenerateDataKey|Encrypt)/, "EncryptionKey.grantEncrypt() or grantEncryptDecrypt()"],
  [/^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/, "DocumentTable.grantStream()"],
  [
    /^dynamodb:(Get|BatchGet|Query|Scan|ConditionCheck|DescribeTable)/,
    "DocumentTable.grantRead(), or the ledger's statements",
  ],
  [/^dynamodb:/, "DocumentTable.grantWrite(), or the ledger's statements"],
  [/^sns:Publish$/, "NotificationTopic.grantPublish()"],
  [/^lambda:InvokeFunction$/, "PlatformFunction.grantInvoke()"],
  [/^firehose:Put/, "LakeDelivery.grantPut()"],
  [/^glue:(StartJobRun|GetJobRuns?|BatchStopJobRun)$/, "GlueEtlJob.grantRun()"],
  [/^glue:\w*(Create|Update|Delete)\w*Partition/, "DataCatalog.grantPartitions()"],
  [/^glue:\w*(Create|Update|Delete)\w*Table/, "DataCatalog.grantTables()"],
  [/^glue:(Batch)?Get(Database|Table|Partition)/, "DataCatalog.grantRead(), or grantQuery() for Athena"],
  [/^athena:/, "QueryWorkgroup.grantQuery()"],
  [/^secretsmanager:/, "RelationalDatabase.grantReadSecret()"],
  [/^rds-db:connect$/, "RelationalDatabase.grantConnect(databaseUser)"],
  [/^execute-api:ManageConnections$/, "WebSocketApi.grantManageConnections()"],
  [/^appsync:GraphQL$/, "GraphqlApi.grantCall(…fields)"],
  [/^dms:/, "DmsMigration.grantOperate()"],
];

export interface Suggestion {
  /** The method of a component that gives the right; undefined when no component has one. */
  readonly grant: string | undefined;
  /** The statement that is missing, as a policy's JSON has it. */
  readonly statement: { readonly Effect: "Allow"; readonly Action: string; readonly Resource: string };
}

/** Says how to give a role the right to an action on a resource. */
export const suggestion = (action: string, resource: string): Suggestion => ({
  grant: GRANTS.find(([pattern]) => pattern.test(action))?.[1],
  statement: { Effect: "Allow", Action: action, Resource: resource },
});
