import type * as program from "./index";

/** What each output of the stack is. The type keeps it complete: an output without a description does not compile. */
export const OUTPUT_DESCRIPTIONS: Readonly<Record<keyof typeof program, string>> = {
  buckets: "Zone → bucket name: raw, processed, curated, quarantine, query-results, artifacts.",
  database: "Name of the Glue database.",
  tables: "Names of its tables: every dataset, every aggregate, and `rejected_rows`.",
  workgroupName: "The Athena workgroup; its settings cannot be overridden by a query.",
  queryResults: "`s3://` address of the workgroup's results.",
  stateMachineArn: "The ingestion flow.",
  ledgerTable: "Name of the DynamoDB table that knows every file, run and lease.",
  eventBusArn: "The bus that gets an event `Dataset updated` after every committed run.",
  etlJobName: "The Glue job of event-driven runs. A dataset with a schedule and bookmarks has a job of its own.",
  registrarFunction: "The Lambda function that registers partitions; action `sync` takes a whole table.",
  alertTopicArn: "The SNS topic of rejected files, alarms and failed crawls.",
  keyArn: "The KMS key that encrypts everything here.",
  vpcId: "The VPC; absent without `network`.",
  connections: "Database → how to connect: endpoints, port, TLS, DNS caching, what to do at a failover.",
  databaseSecrets: "Database → ARN of the secret with the administrator's credentials.",
  documentTables: "Document table → its name in DynamoDB.",
  databaseEventsTopicArn: "The SNS topic of RDS events; absent without `databaseEvents`.",
  migrationTasks: "Migration → its tasks' ARNs by name.",
  transferTasks: "Transfer → its DataSync task's ARN.",
  liveUrl:
    "`wss://` address whose clients receive a message when a dataset has changed (channel `datasets`); absent without `liveUpdates`.",
  broadcastFunction: "The Lambda function that sends a message to the clients of `liveUrl`.",
  graphqlEndpoint: "`https://` address of the GraphQL API over the document tables; absent without `graphql`.",
};
