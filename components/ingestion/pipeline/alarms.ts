import type * as pulumi from "@pulumi/pulumi";
import { alarm, type AlarmArgs } from "../../core/alarm";
import type { NotificationTopic } from "../../core/notification-topic";
import type { Scope } from "../../core/scope";

export interface WatchedPipeline {
  readonly environment: string;
  /** The namespace of the figures that functions record. */
  readonly namespace: string;
  readonly stateMachineArn: pulumi.Input<string>;
  readonly deadLetterQueueName: pulumi.Input<string>;
  readonly sweepFunctionName: pulumi.Input<string>;
  readonly ledgerTableName: pulumi.Input<string>;
  /** The longest time between two runs of a dataset that AWS or a fault keeps from its work. */
  readonly longestWaitSeconds: number;
}

const PERIOD_SECONDS = 300;
/** Alarms look back over this many waits, so that those about a blocked dataset stay on while it waits for its next run. */
const WAITS = 3;

/** Makes the alarms of the whole pipeline. The messages and the ledger say which dataset an alert is about. */
export function pipelineAlarms(scope: Scope, alerts: NotificationTopic, watched: WatchedPipeline): void {
  const ours = { namespace: watched.namespace, dimensions: { environment: watched.environment } };
  const periods = Math.max(WAITS, Math.ceil((WAITS * watched.longestWaitSeconds) / PERIOD_SECONDS));
  const blocked = { ...ours, periodSeconds: PERIOD_SECONDS, periods };
  const states = { namespace: "AWS/States", dimensions: { StateMachineArn: watched.stateMachineArn } };
  const figures: Readonly<Record<string, AlarmArgs>> = {
    "failed-executions": {
      ...states,
      metric: "ExecutionsFailed",
      description: "An execution of the ingestion flow failed: a file was rejected, or a run failed.",
    },
    "aborted-executions": {
      ...states,
      metric: "ExecutionsAborted",
      description: "An execution of the ingestion flow was stopped by hand. The sweep starts its files again.",
    },
    "undelivered-events": {
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      statistic: "Maximum",
      dimensions: { QueueName: watched.deadLetterQueueName },
      description:
        "Some events could not start the ingestion flow or be recorded in the ledger. They are in the dead-letter queue.",
    },
    "rejected-files": { ...ours, metric: "RejectedFiles", description: "Files were rejected and moved to quarantine." },
    "unclaimed-files": {
      ...ours,
      metric: "UnclaimedFiles",
      description: "Files in the raw zone belong to no dataset. They stay there until a contract claims their prefix.",
    },
    "failed-runs": {
      ...ours,
      metric: "FailedRuns",
      description: "A run failed because of its data. Its files are tried again.",
    },
    "busy-runs": {
      ...blocked,
      // One such run is nothing to act on; the second says that the first wait did not help.
      breachingPeriods: 2,
      metric: "BusyRuns",
      description:
        "Runs fail because AWS throttles them or is busy. Their files wait and are tried again; nothing is lost.",
    },
    "denied-runs": {
      ...blocked,
      breachingPeriods: 1,
      metric: "DeniedRuns",
      description: "A run failed because a permission or a key is missing. Its files wait until it is granted.",
    },
    "faulty-runs": {
      ...blocked,
      breachingPeriods: 1,
      metric: "FaultyRuns",
      description:
        "A run failed by a fault of the platform, of an engine or of a contract. Its files wait until it is mended.",
    },
    "abandoned-files": {
      ...ours,
      metric: "AbandonedFiles",
      description: "The pipeline gave up files that no execution could judge. They stay in the raw zone.",
    },
    "failed-sweeps": {
      namespace: "AWS/Lambda",
      metric: "Errors",
      dimensions: { FunctionName: watched.sweepFunctionName },
      description: "The sweep failed. Files of dead executions wait until it succeeds.",
    },
    "ledger-throttles": {
      namespace: "AWS/DynamoDB",
      metric: "WriteThrottleEvents",
      dimensions: { TableName: watched.ledgerTableName },
      periods: 3,
      description: "DynamoDB throttles writes to the ledger: one key is written too often.",
    },
  };
  for (const [role, figure] of Object.entries(figures)) alarm(scope, role, alerts, figure);
}
