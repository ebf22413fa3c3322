import { TABLE } from "./table";

/** Something an emulator cannot do or does otherwise than AWS, and what the local provider does about it. */
export interface Bridge {
  /** The resource type, or `*`. */
  readonly type: string;
  readonly limit: string;
  readonly bridge: string;
}

const BY_TYPE: readonly Bridge[] = [
  {
    type: "aws:apigatewayv2/api:Api",
    limit: "MiniStack tells an address whose host name no resolver knows.",
    bridge:
      "The API's endpoint is MiniStack's own address with a path, which clients and `@connections` reach alike; every other address is made from it.",
  },
  {
    type: "aws:apigatewayv2/route:Route",
    limit: "MiniStack sends back what a function answers whether or not the route has a response.",
    bridge: "None: with AWS only two-way routes answer.",
  },
  {
    type: "aws:apigatewayv2/stage:Stage",
    limit: "MiniStack throttles nothing and writes neither access nor execution logs; it deploys every change at once.",
    bridge:
      "None. That logs need the account's role, which MiniStack does not ask for, is checked before a stage is made.",
  },
  {
    type: "aws:appsync/function:Function",
    limit: "MiniStack's function ids begin with digits, which AWS's never do.",
    bridge: "They alone are let through the check of requests.",
  },
  {
    type: "aws:appsync/graphQLApi:GraphQLApi",
    limit:
      "MiniStack answers queries and mutations; it has no subscriptions, keeps no versions for offline clients, and enforces neither limits nor introspection settings nor the firewall.",
    bridge: "None: those are checked against AWS's service model, and by the schema's own parser before.",
  },
  {
    type: "aws:cloudwatch/eventTarget:EventTarget",
    limit:
      "MiniStack logs a delivery that fails and drops the event: retry policy and dead-letter queue are kept, not acted upon.",
    bridge: "None: the sweep picks up files whose event was lost.",
  },
  {
    type: "aws:ec2/vpc:Vpc",
    limit: "MiniStack keeps networks, and nothing travels through them; awsx's own provider needs AWS.",
    bridge: "`awsx.ec2.Vpc` is answered with the same children by local/provider/awsx.",
  },
  {
    type: "aws:glue/classifier:Classifier",
    limit: "MiniStack cannot update a classifier.",
    bridge: "A changed one is checked, deleted and made again under its name.",
  },
  {
    type: "aws:glue/crawler:Crawler",
    limit: "MiniStack's crawler runs and infers nothing; tags of the request that creates are forgotten.",
    bridge: "The crawler is recorded only: tables come from contracts. The tags are set by a request of their own.",
  },
  {
    type: "aws:glue/job:Job",
    limit: "MiniStack marks a Spark job as succeeded without running it.",
    bridge:
      "The job is registered as a Python shell job whose script, local/glue/run_job.py, runs the real script on the local Spark; reads show the program's own job. The timeout, which MiniStack takes for seconds, is handed over in seconds.",
  },
  {
    type: "aws:glue/partitionIndex:PartitionIndex",
    limit: "MiniStack cannot delete an index, and finds partitions without one.",
    bridge:
      "Recorded only: checked against AWS's service model and the table's partition keys, and kept in the stack's state.",
  },
  {
    type: "aws:kms/key:Key",
    limit: "A key is scheduled for deletion, as with AWS, and stays in the emulator until its window is over.",
    bridge: "The provider takes a key in that state for deleted.",
  },
  {
    type: "aws:lambda/function:Function",
    limit: "Every concurrent worker unpacks the function's whole zip file: 70 MB with DuckDB's native library.",
    bridge:
      "Node.js code is kept unpacked, one folder a content, and the zip file that goes to the emulator holds one line that loads it from there.",
  },
  {
    type: "aws:lambda/function:Function",
    limit: "Workers are processes of this machine, whatever the function's architecture says.",
    bridge: "Code that carries @duckdb's native library for another platform gets the one of this machine beside it.",
  },
  {
    type: "aws:rds/cluster:Cluster",
    limit:
      "MiniStack keeps what a cluster is called and how it is secured, not its logs, storage and monitoring; it restores no clusters.",
    bridge:
      "What it does not keep is checked against AWS's service model and kept in the stack's state. A cluster to be restored starts empty.",
  },
  {
    type: "aws:rds/instance:Instance",
    limit:
      "With Docker, MiniStack starts real database servers, whose images it fetches; it makes no secret for an instance whose password RDS should manage, cannot rename one, and forgets log exports and the key of Performance Insights.",
    bridge:
      "MiniStack is kept from Docker: databases are a control plane that nobody can connect to. The secret is made, and deleted, by the provider. What is forgotten is checked and kept in the stack's state.",
  },
  {
    type: "aws:rds/optionGroup:OptionGroup",
    limit: "MiniStack cannot put options into a group.",
    bridge: "The options are checked against AWS's service model and kept in the stack's state.",
  },
  {
    type: "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
    limit: "MiniStack takes a request for it for one about the bucket: it would create or delete the bucket.",
    bridge: "Recorded only: checked against AWS's service model and kept in the stack's state.",
  },
  {
    type: "aws:s3/bucketNotification:BucketNotification",
    limit: "MiniStack's events to EventBridge do not tell the object's version.",
    bridge: "None: the header validator finds the version that was meant.",
  },
  {
    type: "aws:s3/inventory:Inventory",
    limit: "MiniStack takes a request for it for one about the bucket: it would create or delete the bucket.",
    bridge: "Recorded only: checked against AWS's service model and kept in the stack's state.",
  },
  {
    type: "aws:secretsmanager/secretRotation:SecretRotation",
    limit: "MiniStack keeps the schedule of a rotation, never rotates by it, and cannot cancel one.",
    bridge: "None: a rotation ends with its secret.",
  },
  {
    type: "aws:sfn/stateMachine:StateMachine",
    limit: "MiniStack has no `glue:startJobRun.sync`.",
    bridge:
      "The task becomes a parallel state of its name that starts the job, waits, asks and decides; result, errors, retries and timeout are those of the original, and so is what the program sees.",
  },
  {
    type: "aws:sns/topicSubscription:TopicSubscription",
    limit: "MiniStack delivers to queues, functions and HTTPS, and not to Firehose; mail and text messages go nowhere.",
    bridge: "None: such a subscription is kept. Firehose itself is seen to deliver where functions send to it.",
  },
];

const RECORDED = "Recorded only: checked against AWS's service model, and kept in the stack's state.";

/** What is to be known of a recorded type beside that. */
const NOTES: Readonly<Record<string, string>> = {
  "aws:apigatewayv2/model:Model": "Messages are not checked against it.",
  "aws:appautoscaling/target:Target": "Nothing is scaled.",
  "aws:datasync/agent:Agent": "An address is asked for nothing.",
  "aws:datasync/task:Task": "No file moves.",
  "aws:dms/endpoint:Endpoint":
    "Tasks that run are stopped for a change and resumed, as the provider does on request, or the change is refused, as by DMS.",
  "aws:dms/eventSubscription:EventSubscription":
    "The source type's categories are checked too; nothing causes an event.",
  "aws:dms/replicationConfig:ReplicationConfig": "As with AWS, one that runs cannot be changed. No data moves.",
  "aws:dms/replicationTask:ReplicationTask": "A task that runs is stopped for a change and resumed. No data moves.",
  "aws:dms/s3Endpoint:S3Endpoint": "A change is refused while a task of it runs, as by DMS.",
  "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings": "Nothing is encrypted by them.",
  "aws:rds/eventSubscription:EventSubscription": "Nothing causes an event.",
};

const recorded = TABLE.filter((row) => row.recorded).map(({ type }) => ({
  type,
  limit: "MiniStack does not know the type.",
  bridge: [RECORDED, NOTES[type]].filter(Boolean).join(" "),
}));

/** Every bridge over the emulator's limits, sorted by type. The documentation's table is made from it. */
export const BRIDGES: readonly Bridge[] = [...BY_TYPE, ...recorded].sort((a, b) =>
  a.type < b.type ? -1 : a.type > b.type ? 1 : 0,
);
