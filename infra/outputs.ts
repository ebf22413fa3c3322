import type * as program from "./index";

/** The description of each output of the stack. Its type keeps it complete: an output without a description does not compile. */
export const OUTPUT_DESCRIPTIONS: Readonly<Record<keyof typeof program, string>> = {
  buckets: "The bucket names by zone: raw, processed, curated, quarantine, query-results, artifacts.",
  database: "The name of the Glue database.",
  tables: "The names of its tables: every dataset, every aggregate, and `rejected_rows`.",
  workgroupName: "The Athena workgroup, whose settings a query cannot override.",
  queryResults: "The `s3://` address of the workgroup's results.",
  stateMachineArn: "The ARN of the ingestion flow's state machine.",
  ledgerTable: "The name of the ledger: the DynamoDB table of all files, runs and leases.",
  eventBusArn: "The event bus that receives an event `Dataset updated` after every committed run.",
  etlJobName: "The Glue job of event-driven runs. A dataset with a schedule and bookmarks has its own job.",
  registrarFunction:
    "The Lambda function that registers partitions. Its action `sync` registers all partitions of a table.",
  alertTopicArn: "The SNS topic of alerts: rejected files, alarms and failed crawls.",
  keyArn: "The KMS key that encrypts all data of the environment.",
  vpcId: "The VPC. The output is absent without `network`.",
  connections: "The connection parameters by database: endpoints, port, TLS, DNS caching, and the steps at a failover.",
  databaseSecrets: "The ARNs of the secrets with the administrators' credentials, by database.",
  documentTables: "The names in DynamoDB, by document table.",
  databaseEventsTopicArn: "The SNS topic of RDS events. The output is absent without `databaseEvents`.",
  migrationTasks: "The ARNs of the tasks of each migration, by name.",
  transferTasks: "The ARNs of the DataSync tasks, by transfer.",
  liveUrl:
    "The `wss://` address whose clients receive a message when a dataset has changed (channel `datasets`). The output is absent without `liveUpdates`.",
  broadcastFunction: "The Lambda function that sends a message to the clients of `liveUrl`.",
  graphqlEndpoint:
    "The `https://` address of the GraphQL API over the document tables. The output is absent without `graphql`.",
};
