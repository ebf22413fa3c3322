import { TABLE } from "./table";

/** A difference between an emulator and AWS, and the way in which the local provider bridges it. */
export interface Bridge {
  /** The resource type, or `*`. */
  readonly type: string;
  readonly limit: string;
  readonly bridge: string;
}

const BY_TYPE: readonly Bridge[] = [
  {
    type: "aws:apigatewayv2/api:Api",
    limit: "MiniStack returns an address whose host name cannot be resolved.",
    bridge:
      "The API's endpoint is MiniStack's own address with a path, which clients and `@connections` can both reach; all other addresses are derived from it.",
  },
  {
    type: "aws:apigatewayv2/route:Route",
    limit: "MiniStack returns a function's answer to the client even if the route has no response.",
    bridge: "None. In AWS, only two-way routes return an answer.",
  },
  {
    type: "aws:apigatewayv2/stage:Stage",
    limit:
      "MiniStack does not throttle, writes neither access nor execution logs, and deploys every change immediately.",
    bridge:
      "None. The provider checks before it creates a stage with logs that the account has the role that they need, which MiniStack does not check.",
  },
  {
    type: "aws:appsync/function:Function",
    limit: "MiniStack's function ids begin with digits, and AWS's never do.",
    bridge: "The check of requests accepts these ids.",
  },
  {
    type: "aws:appsync/graphQLApi:GraphQLApi",
    limit:
      "MiniStack answers queries and mutations. It has no subscriptions, keeps no versions for offline clients, and enforces no limits, introspection settings or firewall.",
    bridge: "None. The settings are checked against AWS's service model, and the schema is checked by its own parser.",
  },
  {
    type: "aws:cloudwatch/eventTarget:EventTarget",
    limit:
      "MiniStack logs a failed delivery and drops the event. It stores the retry policy and the dead-letter queue but does not use them.",
    bridge: "None. The sweep finds the files whose events were lost.",
  },
  {
    type: "aws:ec2/vpc:Vpc",
    limit: "MiniStack stores networks, but no traffic passes through them. The provider of awsx needs AWS.",
    bridge: "`local/provider/awsx` creates the same children for `awsx.ec2.Vpc`.",
  },
  {
    type: "aws:glue/classifier:Classifier",
    limit: "MiniStack cannot update a classifier.",
    bridge: "A changed classifier is checked, deleted and created again with the same name.",
  },
  {
    type: "aws:glue/crawler:Crawler",
    limit:
      "MiniStack's crawler runs but infers no tables, and MiniStack ignores the tags of the request that creates it.",
    bridge: "The crawler is recorded only, and tables come from contracts. A separate request sets the tags.",
  },
  {
    type: "aws:glue/job:Job",
    limit: "MiniStack marks a Spark job as succeeded without running it.",
    bridge:
      "The job is registered as a Python shell job whose script, local/glue/run_job.py, runs the real script on the local Spark; reads return the job as the program defines it. MiniStack takes the timeout as seconds, so the provider converts it to seconds.",
  },
  {
    type: "aws:kms/key:Key",
    limit:
      "As in AWS, a deleted key is scheduled for deletion and stays in the emulator until its waiting period ends.",
    bridge: "The provider treats such a key as deleted.",
  },
  {
    type: "aws:lambda/function:Function",
    limit: "Every concurrent worker unpacks the function's whole zip file: 70 MB with DuckDB's native library.",
    bridge:
      "Node.js code is kept unpacked in one folder for each content, and the zip file for the emulator has one line that loads the code from this folder.",
  },
  {
    type: "aws:lambda/function:Function",
    limit: "Workers are processes of this machine and ignore the function's architecture.",
    bridge:
      "If the code includes @duckdb's native library for another platform, the library for this machine is added.",
  },
  {
    type: "aws:rds/cluster:Cluster",
    limit:
      "MiniStack stores a cluster's name and security settings, but not its logs, storage and monitoring, and it cannot restore clusters.",
    bridge:
      "The settings that MiniStack does not store are checked against AWS's service model and kept in the stack's state. A restored cluster is empty.",
  },
  {
    type: "aws:rds/instance:Instance",
    limit:
      "With Docker, MiniStack downloads images and starts real database servers. It creates no secret for an instance whose password RDS manages, cannot rename an instance, and does not store log exports and the key of Performance Insights.",
    bridge:
      "MiniStack cannot use Docker, so that databases have a control plane only and accept no connections. The provider creates and deletes the secret. The settings that MiniStack does not store are checked and kept in the stack's state.",
  },
  {
    type: "aws:rds/optionGroup:OptionGroup",
    limit: "MiniStack cannot add options to a group.",
    bridge: "The options are checked against AWS's service model and kept in the stack's state.",
  },
  {
    type: "aws:s3/bucketNotification:BucketNotification",
    limit: "MiniStack's events to EventBridge do not include the object's version.",
    bridge: "None. The header validator finds the object's version.",
  },
  {
    type: "aws:secretsmanager/secretRotation:SecretRotation",
    limit: "MiniStack stores the schedule of a rotation, but it never rotates the secret and cannot cancel a rotation.",
    bridge: "None. A rotation ends when its secret is deleted.",
  },
  {
    type: "aws:scheduler/schedule:Schedule",
    limit:
      "MiniStack starts due schedules every ten seconds, in UTC whatever their time zone, without their role, retries, flexible windows and dead-letter queues.",
    bridge: "None. The settings are checked against AWS's service model.",
  },
  {
    type: "aws:sfn/stateMachine:StateMachine",
    limit: "MiniStack has no `glue:startJobRun.sync`.",
    bridge:
      "The task is replaced by a parallel state of the same name that starts the job, waits, reads the status and decides. Result, errors, retries and timeout are those of the original task, and the program sees the original definition.",
  },
  {
    type: "aws:sns/topicSubscription:TopicSubscription",
    limit: "MiniStack delivers to queues, functions and HTTPS, but not to Firehose, e-mail addresses and phones.",
    bridge: "None. The subscription is stored. Firehose itself delivers records that functions send to it.",
  },
];

const RECORDED =
  "Recorded only: its requests are checked against AWS's service model, and it is kept in the stack's state.";

/** Further notes about recorded types. */
const NOTES: Readonly<Record<string, string>> = {
  "aws:apigatewayv2/model:Model": "Messages are not checked against it.",
  "aws:appautoscaling/target:Target": "No capacity is scaled.",
  "aws:datasync/agent:Agent": "The provider does not contact the agent's address.",
  "aws:datasync/task:Task": "No file is transferred.",
  "aws:dms/endpoint:Endpoint":
    "For a change, running tasks are stopped and resumed if the program asks for it; otherwise the change is refused, as by DMS.",
  "aws:dms/eventSubscription:EventSubscription": "The source type's categories are checked, too. No event occurs.",
  "aws:dms/replicationConfig:ReplicationConfig":
    "As in AWS, a running replication cannot be changed. No data is migrated.",
  "aws:dms/replicationTask:ReplicationTask":
    "For a change, a running task is stopped and resumed. No data is migrated.",
  "aws:dms/s3Endpoint:S3Endpoint": "A change is refused while a task that uses the endpoint runs, as by DMS.",
  "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings": "No data is encrypted.",
  "aws:rds/eventSubscription:EventSubscription": "No event occurs.",
  "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration":
    "MiniStack would take its requests for requests about the bucket.",
  "aws:s3/inventory:Inventory": "MiniStack would take its requests for requests about the bucket.",
};

const recorded = TABLE.filter((row) => row.recorded).map(({ type }) => ({
  type,
  limit: "MiniStack does not know the type.",
  bridge: [RECORDED, NOTES[type]].filter(Boolean).join(" "),
}));

/** All bridges, sorted by type. The table in the documentation is generated from them. */
export const BRIDGES: readonly Bridge[] = [...BY_TYPE, ...recorded].sort((a, b) =>
  a.type < b.type ? -1 : a.type > b.type ? 1 : 0,
);
