import { SERVICE_PATIENT } from "./retries";
import { runStates } from "./run";
import {
  EXECUTION,
  expr,
  FILE_PK,
  type FlowReferences,
  functionCalls,
  NOW,
  onFailure,
  SERVICE_SECONDS,
  type State,
  VARIABLES,
} from "./states";

export type { FlowReferences } from "./states";

/**
 * The ingestion flow in Amazon States Language (JSONata): claim → validate header → quarantine or queue → one run at a time
 * over all queued files → register partitions → commit → next batch, until none is left.
 *
 * Execution input is one of the EventBridge event "Object Created"; `{"redrive": FileRef}` for a file whose execution died
 * after its claim; `{"sweep": true, "dataset", "contractKey"}` for queued files that no execution works on.
 */
export function ingestionFlow(refs: FlowReferences): State {
  return {
    Comment: "A file lands in the raw zone and becomes Parquet rows, or is quarantined with the reason.",
    QueryLanguage: "JSONata",
    StartAt: "Begin",
    States: { ...claimStates(refs), ...judgeStates(refs), ...runStates(refs), ...failureStates(refs) },
  };
}

/** The states from an execution's input to a claimed file. */
function claimStates(refs: FlowReferences): Readonly<Record<string, State>> {
  return {
    Begin: {
      Type: "Choice",
      Choices: [
        {
          Condition: expr("$exists($states.input.sweep)"),
          Assign: {
            ...VARIABLES,
            dataset: expr("$states.input.dataset"),
            contractKey: expr("$states.input.contractKey"),
          },
          Next: "Plan",
        },
        {
          Condition: expr("$exists($states.input.redrive)"),
          Assign: { ...VARIABLES, file: expr("$states.input.redrive") },
          Next: "ValidateHeader",
        },
      ],
      Default: "ReadEvent",
    },
    ReadEvent: {
      Type: "Pass",
      Assign: {
        ...VARIABLES,
        file: expr(
          "( $o := $states.input.detail.object; $v := $o.`version-id`; $merge([" +
            "{'bucket': $states.input.detail.bucket.name, 'key': $o.key, 'version': $exists($v) and $v != 'null' ? $v : $o.etag, " +
            "'etag': $o.etag, 'size': $exists($o.size) ? $o.size : 0, 'sequencer': $exists($o.sequencer) ? $o.sequencer : '0', 'eventTime': $states.input.time}, " +
            "$exists($v) and $v != 'null' ? {'versionId': $v} : {}]) )",
        ),
      },
      Next: "Claim",
    },
    Claim: {
      Type: "Task",
      Resource: `arn:${refs.partition}:states:::dynamodb:putItem`,
      Arguments: {
        TableName: refs.ledgerTable,
        Item: {
          pk: { S: expr(FILE_PK) },
          sk: { S: expr("$file.version") },
          entity: { S: "file" },
          status: { S: "CLAIMED" },
          attention: { S: expr("'CLAIMED#' & $substring($file.etag, 0, 1)") },
          claimedAt: { S: expr(NOW) },
          updatedAt: { S: expr(NOW) },
          executionArn: { S: expr(EXECUTION) },
          file: {
            M: expr(
              "$merge([{'bucket': {'S': $file.bucket}, 'key': {'S': $file.key}, 'version': {'S': $file.version}, 'etag': {'S': $file.etag}, " +
                "'size': {'N': $string($file.size)}, 'sequencer': {'S': $file.sequencer}, 'eventTime': {'S': $file.eventTime}}, " +
                "$exists($file.versionId) ? {'versionId': {'S': $file.versionId}} : {}])",
            ),
          },
        },
        // A request that failed may have been carried out: its repetition by the same execution finds its own claim.
        ConditionExpression: "attribute_not_exists(pk) OR executionArn = :execution",
        ExpressionAttributeValues: { ":execution": { S: expr(EXECUTION) } },
      },
      TimeoutSeconds: SERVICE_SECONDS,
      Retry: [{ ErrorEquals: [CONDITION_FAILED], MaxAttempts: 0 }, SERVICE_PATIENT],
      Catch: [
        { ErrorEquals: [CONDITION_FAILED], Next: "AlreadyIngested" },
        { ...onFailure("Undelivered"), ErrorEquals: TERMINAL },
        onFailure("Undelivered"),
      ],
      Next: "ValidateHeader",
    },
    AlreadyIngested: {
      Type: "Pass",
      End: true,
      Output: { status: "already-ingested", file: expr("$file") },
    },
  };
}

const CONDITION_FAILED = "DynamoDB.ConditionalCheckFailedException";
/**
 * `States.ALL` does not match it. `States.Runtime` always ends an execution:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html.
 */
const TERMINAL = ["States.DataLimitExceeded"];

/** The states from a claimed file to a verdict, and to the queue or to quarantine. */
function judgeStates(refs: FlowReferences): Readonly<Record<string, State>> {
  const lambda = functionCalls(refs);
  const fileFailed = onFailure("RecordFailure");
  const judged = { verdict: expr("$verdict"), executionArn: expr(EXECUTION) };
  return {
    ValidateHeader: lambda("headerValidator", expr("$file"), {
      Assign: { verdict: expr("$states.result.Payload") },
      Catch: [fileFailed],
      Next: "IsHeaderValid",
    }),
    IsHeaderValid: {
      Type: "Choice",
      Choices: [
        { Condition: expr("$verdict.status = 'valid'"), Next: "MarkReady" },
        { Condition: expr("$verdict.status = 'unclaimed'"), Next: "LeaveUnclaimed" },
      ],
      Default: "Quarantine",
    },
    LeaveUnclaimed: lambda(
      "runCoordinator",
      { action: "leave", ...judged },
      { Catch: [fileFailed], Next: "Unclaimed" },
    ),
    Unclaimed: {
      Type: "Pass",
      End: true,
      Output: { status: "unclaimed", file: expr("$file"), message: expr("$verdict.message") },
    },
    Quarantine: lambda("quarantine", judged, { Catch: [fileFailed], Next: "Rejected" }),
    Rejected: {
      Type: "Fail",
      Error: expr("'FileRejected.' & $verdict.reason"),
      Cause: expr("$verdict.message & ' Kept at ' & $states.input.location & '.'"),
    },
    MarkReady: lambda(
      "runCoordinator",
      { action: "ready", ...judged },
      {
        Assign: {
          dataset: expr("$verdict.dataset"),
          contractKey: expr("$verdict.contractKey"),
          plan: expr(
            "$exists($states.result.Payload.leaseOwner) ? {'outcome': 'handed-over', 'leaseOwner': $states.result.Payload.leaseOwner} : {'outcome': 'queued'}",
          ),
        },
        Catch: [fileFailed],
        Next: "WaitsForSchedule",
      },
    ),
    WaitsForSchedule: {
      Type: "Choice",
      Choices: [
        { Condition: expr("$verdict.trigger = 'schedule'"), Next: "WaitingForSchedule" },
        { Condition: expr("$plan.outcome = 'handed-over'"), Next: "HandedOver" },
      ],
      Default: "Plan",
    },
    WaitingForSchedule: {
      Type: "Pass",
      End: true,
      Output: { status: "waiting-for-schedule", dataset: expr("$dataset"), file: expr("$file") },
    },
  };
}

/** The states in which an execution fails visibly, with what is left for an operator or the sweep. */
function failureStates(refs: FlowReferences): Readonly<Record<string, State>> {
  return {
    // The ledger does not know the file, so that no sweep finds it: its event waits in the dead-letter queue.
    Undelivered: {
      Type: "Task",
      Resource: `arn:${refs.partition}:states:::sqs:sendMessage`,
      Arguments: {
        QueueUrl: refs.deadLetterQueueUrl,
        MessageBody: expr("$string($states.context.Execution.Input)"),
      },
      TimeoutSeconds: SERVICE_SECONDS,
      Retry: [SERVICE_PATIENT],
      Next: "Failed",
    },
    // The file stays CLAIMED: the sweep starts another execution for it. No error of a function says that the data is to blame.
    RecordFailure: {
      Type: "Task",
      Resource: `arn:${refs.partition}:states:::dynamodb:updateItem`,
      Arguments: {
        TableName: refs.ledgerTable,
        Key: { pk: { S: expr(FILE_PK) }, sk: { S: expr("$file.version") } },
        UpdateExpression: "SET reason = :reason, updatedAt = :now",
        // A file that is redriven although it was never claimed has no item, and must not get one without a state.
        ConditionExpression: "attribute_exists(pk)",
        ExpressionAttributeValues: {
          ":reason": { S: expr("$failure.Error & ': ' & $substring($failure.Cause, 0, 1000)") },
          ":now": { S: expr(NOW) },
        },
      },
      TimeoutSeconds: SERVICE_SECONDS,
      Retry: [{ ErrorEquals: [CONDITION_FAILED], MaxAttempts: 0 }, SERVICE_PATIENT],
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed" }],
      Next: "Failed",
    },
    Failed: { Type: "Fail", Error: expr("$failure.Error"), Cause: expr("$failure.Cause") },
  };
}
