/** What the flow's definition refers to, as plain strings: the outputs of resources are resolved before. */
export interface FlowReferences {
  /** The partition of ARNs: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** Name of the ledger table. */
  readonly ledgerTable: string;
  /** Function ARNs. */
  readonly headerValidator: string;
  readonly runCoordinator: string;
  readonly lightEtl: string;
  readonly quarantine: string;
  readonly partitionRegistrar: string;
  /** Seconds to wait before files of a failed run are tried again. */
  readonly retryDelaySeconds: number;
  /** Runs of an execution before it leaves the rest to the sweep, which keeps it under 25,000 history events. */
  readonly maxRoundsPerExecution: number;
}

type State = Readonly<Record<string, unknown>>;
interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: "FULL";
}

const retry = (errors: readonly string[], seconds: number, attempts: number): Retrier => ({
  ErrorEquals: errors,
  IntervalSeconds: seconds,
  BackoffRate: 2,
  MaxAttempts: attempts,
  MaxDelaySeconds: 60,
  JitterStrategy: "FULL",
});

/** Errors that pass by themselves. Anything else fails at once (https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html). */
const LAMBDA_TRANSIENT = retry(
  [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.TooManyRequestsException",
    "TransientError",
  ],
  1,
  5,
);
/** The engine's process died (memory, `/tmp`, a kill): worth one more try, as its outputs are idempotent. */
const ENGINE_DIED = retry(["Lambda.Unknown", "Runtime.ExitError", "Sandbox.Timedout", "States.Timeout"], 2, 1);
const GLUE_BUSY = retry(
  ["Glue.ConcurrentRunsExceededException", "Glue.ResourceNumberLimitExceededException", "Glue.ThrottlingException"],
  10,
  8,
);
const GLUE_TRANSIENT = retry(["Glue.InternalServiceException", "Glue.OperationTimeoutException"], 2, 4);
const DYNAMODB_TRANSIENT = retry(
  [
    "DynamoDB.ProvisionedThroughputExceededException",
    "DynamoDB.ThrottlingException",
    "DynamoDB.InternalServerErrorException",
    "DynamoDB.InternalServerError",
  ],
  1,
  5,
);

/** Writes JSONata in the form of a state machine's field. */
const expr = (text: string): string => `{% ${text} %}`;

const NOW = "$states.context.State.EnteredTime";
const EXECUTION = "$states.context.Execution.Id";
const FILE_PK = "'file#' & $file.bucket & '/' & $file.key";

/** The error that was caught. Both members are always there: a missing member would be an evaluation error when it is read. */
const FAILURE = expr(
  "{'Error': $states.errorOutput.Error, 'Cause': $exists($states.errorOutput.Cause) ? $string($states.errorOutput.Cause) : ''}",
);

/** The variables that every path defines before a state reads them. */
const VARIABLES = { rounds: 0, exhausted: false, failure: { Error: "", Cause: "" }, committed: {} };

/**
 * The ingestion flow in Amazon States Language (JSONata): claim → validate header → quarantine or queue → one run at a time
 * over all queued files → register partitions → commit → next batch, until none is left.
 *
 * Execution input is one of the EventBridge event "Object Created"; `{"redrive": FileRef}` for a file whose execution died
 * after its claim; `{"sweep": true, "dataset", "contractKey"}` for queued files that no execution works on.
 */
export function ingestionFlow(refs: FlowReferences): State {
  const lambda = (
    functionArn: string,
    payload: Readonly<Record<string, unknown>> | string,
    rest: State,
    retriers = [LAMBDA_TRANSIENT],
  ): State => ({
    Type: "Task",
    Resource: `arn:${refs.partition}:states:::lambda:invoke`,
    Arguments: { FunctionName: functionArn, Payload: payload },
    Output: expr("$states.result.Payload"),
    Retry: retriers,
    ...rest,
  });
  const ended = { Type: "Pass", End: true };
  const runFailed = { ErrorEquals: ["States.ALL"], Assign: { failure: FAILURE }, Next: "FailRun" };
  const fileFailed = { ErrorEquals: ["States.ALL"], Assign: { failure: FAILURE }, Next: "RecordFailure" };
  const runOf = {
    dataset: expr("$dataset"),
    runId: expr("$plan.runId"),
    executionArn: expr(EXECUTION),
    batch: expr("$plan.batch"),
    manifest: expr("$plan.manifest"),
  };

  return {
    Comment: "A file lands in the raw zone and becomes Parquet rows, or is quarantined with the reason.",
    QueryLanguage: "JSONata",
    StartAt: "Begin",
    States: {
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
          ConditionExpression: "attribute_not_exists(pk)",
        },
        Retry: [DYNAMODB_TRANSIENT],
        Catch: [{ ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Next: "AlreadyIngested" }],
        Next: "ValidateHeader",
      },
      AlreadyIngested: {
        ...ended,
        Output: { status: "already-ingested", file: expr("$file") },
      },
      ValidateHeader: lambda(refs.headerValidator, expr("$file"), {
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
        refs.runCoordinator,
        { action: "leave", verdict: expr("$verdict"), executionArn: expr(EXECUTION) },
        { Catch: [fileFailed], Next: "Unclaimed" },
      ),
      Unclaimed: {
        ...ended,
        Output: { status: "unclaimed", file: expr("$file"), message: expr("$verdict.message") },
      },
      Quarantine: lambda(
        refs.quarantine,
        { verdict: expr("$verdict"), executionArn: expr(EXECUTION) },
        {
          Catch: [fileFailed],
          Next: "Rejected",
        },
      ),
      Rejected: {
        Type: "Fail",
        Error: expr("'FileRejected.' & $verdict.reason"),
        Cause: expr("$verdict.message & ' Kept at ' & $states.input.location & '.'"),
      },
      MarkReady: lambda(
        refs.runCoordinator,
        { action: "ready", verdict: expr("$verdict"), executionArn: expr(EXECUTION) },
        {
          Assign: { dataset: expr("$verdict.dataset"), contractKey: expr("$verdict.contractKey") },
          Catch: [fileFailed],
          Next: "WaitsForSchedule",
        },
      ),
      WaitsForSchedule: {
        Type: "Choice",
        Choices: [{ Condition: expr("$verdict.trigger = 'schedule'"), Next: "WaitingForSchedule" }],
        Default: "Plan",
      },
      WaitingForSchedule: {
        ...ended,
        Output: { status: "waiting-for-schedule", dataset: expr("$dataset"), file: expr("$file") },
      },
      Plan: lambda(
        refs.runCoordinator,
        { action: "plan", dataset: expr("$dataset"), contractKey: expr("$contractKey"), executionArn: expr(EXECUTION) },
        {
          Assign: { plan: expr("$states.result.Payload"), rounds: expr("$rounds + 1") },
          Catch: [{ ErrorEquals: ["States.ALL"], Assign: { failure: FAILURE }, Next: "Failed" }],
          Next: "IsThereARun",
        },
      ),
      IsThereARun: {
        Type: "Choice",
        Choices: [
          { Condition: expr("$plan.outcome = 'handed-over'"), Next: "HandedOver" },
          { Condition: expr("$plan.outcome = 'drained' and $exhausted"), Next: "EngineFailed" },
          { Condition: expr("$plan.outcome = 'drained'"), Next: "Ingested" },
          { Condition: expr(`$rounds > ${refs.maxRoundsPerExecution}`), Next: "LeftToTheSweep" },
          { Condition: expr("$plan.engine = 'spark'"), Next: "RunSpark" },
        ],
        Default: "RunLight",
      },
      HandedOver: {
        ...ended,
        Output: { status: "handed-over", dataset: expr("$dataset"), to: expr("$plan.leaseOwner") },
      },
      LeftToTheSweep: {
        ...ended,
        Output: { status: "left-to-the-sweep", dataset: expr("$dataset"), last: expr("$committed") },
      },
      Ingested: {
        ...ended,
        Output: expr("$merge([{'status': 'succeeded', 'dataset': $dataset, 'runs': $rounds - 1}, $committed])"),
      },
      EngineFailed: { Type: "Fail", Error: "EngineFailed", Cause: expr("$string($failure)") },
      RunLight: lambda(
        refs.lightEtl,
        { batch: expr("$plan.batch") },
        { Assign: { engine: expr("$states.result.Payload") }, Catch: [runFailed], Next: "DidItFit" },
        [LAMBDA_TRANSIENT, ENGINE_DIED],
      ),
      DidItFit: {
        Type: "Choice",
        Choices: [{ Condition: expr("$engine.outcome = 'too-large'"), Next: "RunSpark" }],
        Default: "RegisterPartitions",
      },
      RunSpark: {
        Type: "Task",
        Resource: `arn:${refs.partition}:states:::glue:startJobRun.sync`,
        Arguments: {
          JobName: expr("$plan.jobName"),
          Arguments: {
            "--batch_bucket": expr("$plan.batch.bucket"),
            "--batch_key": expr("$plan.batch.key"),
            "--job-bookmark-option": expr("$plan.scheduled ? 'job-bookmark-enable' : 'job-bookmark-disable'"),
          },
        },
        Retry: [GLUE_BUSY, GLUE_TRANSIENT],
        Catch: [runFailed],
        Next: "RegisterPartitions",
      },
      RegisterPartitions: lambda(
        refs.partitionRegistrar,
        { action: "register", manifest: expr("$plan.manifest") },
        {
          Catch: [runFailed],
          Next: "Commit",
        },
      ),
      Commit: lambda(
        refs.runCoordinator,
        { action: "commit", ...runOf },
        {
          Assign: { committed: expr("$states.result.Payload") },
          Catch: [runFailed],
          Next: "Plan",
        },
      ),
      FailRun: lambda(
        refs.runCoordinator,
        { action: "fail", ...runOf, error: expr("$failure.Error"), cause: expr("$failure.Cause") },
        {
          Assign: { failed: expr("$states.result.Payload") },
          Catch: [{ ErrorEquals: ["States.ALL"], Assign: { failure: FAILURE }, Next: "Failed" }],
          Next: "AnyExhausted",
        },
      ),
      AnyExhausted: {
        Type: "Choice",
        Choices: [
          {
            Condition: expr("$count($failed.exhausted) > 0"),
            Assign: { exhausted: true },
            Next: "QuarantineExhausted",
          },
        ],
        Default: "WaitBeforeRetry",
      },
      QuarantineExhausted: {
        Type: "Map",
        Items: expr("$failed.exhausted"),
        MaxConcurrency: 10,
        ItemSelector: { verdict: expr("$states.context.Map.Item.Value"), executionArn: expr(EXECUTION) },
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "QuarantineOne",
          States: { QuarantineOne: lambda(refs.quarantine, expr("$states.input"), { End: true }) },
        },
        Catch: [{ ErrorEquals: ["States.ALL"], Assign: { failure: FAILURE }, Next: "Failed" }],
        Next: "WaitBeforeRetry",
      },
      WaitBeforeRetry: { Type: "Wait", Seconds: refs.retryDelaySeconds, Next: "Plan" },
      RecordFailure: {
        Type: "Task",
        Resource: `arn:${refs.partition}:states:::dynamodb:updateItem`,
        Arguments: {
          TableName: refs.ledgerTable,
          Key: { pk: { S: expr(FILE_PK) }, sk: { S: expr("$file.version") } },
          UpdateExpression: "SET reason = :reason, updatedAt = :now ADD attempts :one",
          ExpressionAttributeValues: {
            ":reason": { S: expr("$failure.Error & ': ' & $substring($failure.Cause, 0, 1000)") },
            ":now": { S: expr(NOW) },
            ":one": { N: "1" },
          },
        },
        Retry: [DYNAMODB_TRANSIENT],
        Next: "Failed",
      },
      Failed: { Type: "Fail", Error: expr("$failure.Error"), Cause: expr("$failure.Cause") },
    },
  };
}
