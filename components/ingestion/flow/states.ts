import { LAMBDA_PATIENT, type Retrier } from "./retries";

export type State = Readonly<Record<string, unknown>>;

/** The functions that the flow calls. */
export type FlowFunction = "headerValidator" | "runCoordinator" | "lightEtl" | "quarantine" | "partitionRegistrar";

/** What the flow's definition refers to, as plain values: the outputs of resources are resolved before. */
export interface FlowReferences extends Readonly<Record<FlowFunction, string>>, FlowTimes {
  /** The partition of ARNs: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  /** The name of the ledger table. */
  readonly ledgerTable: string;
  /** The queue of events that could not be recorded in the ledger. */
  readonly deadLetterQueueUrl: string;
  /**
   * Rounds of an execution before it leaves the rest to another one, which keeps it under 25,000 history events. A round that
   * fails counts three times.
   */
  readonly maxRoundsPerExecution: number;
}

/** All times of the flow, in seconds. */
export interface FlowTimes {
  /** The timeouts of the functions. */
  readonly functionSeconds: Readonly<Record<FlowFunction, number>>;
  /** The wait before files are tried again whose run failed because of the data. */
  readonly retryDelaySeconds: number;
  /** The first wait after a run that failed for another reason. It doubles with each such run in a row. */
  readonly blockedDelaySeconds: number;
  readonly maxBlockedDelaySeconds: number;
  /** A Spark job that starts later than this after its request ends by itself. */
  readonly sparkQueueSeconds: number;
  /** The longest time from the request of a Spark run to its end. */
  readonly sparkSeconds: number;
}

/** What Step Functions and Lambda need beyond a function's own timeout. */
export const CALL_SECONDS = 30;
/** A request to DynamoDB or SQS. */
export const SERVICE_SECONDS = 60;

/** Writes JSONata in the form of a state machine's field. */
export const expr = (text: string): string => `{% ${text} %}`;

export const NOW = "$states.context.State.EnteredTime";
export const EXECUTION = "$states.context.Execution.Id";
export const FILE_PK = "'file#' & $file.bucket & '/' & $file.key";

/** The error that was caught. All members are always there: a missing member would be an evaluation error when it is read. */
export const FAILURE = expr(
  "{'Error': $states.errorOutput.Error, 'Cause': $exists($states.errorOutput.Cause) ? $string($states.errorOutput.Cause) : '', " +
    "'Task': $states.context.State.Name}",
);

/** The variables that every path defines before a state reads them. */
export const VARIABLES = {
  rounds: 0,
  exhausted: false,
  blocked: 0,
  waitSeconds: 0,
  failure: { Error: "", Cause: "", Task: "" },
  committed: {},
};

/** Sends every error, with its name, its cause and the state that failed, to another state. */
export const onFailure = (next: string): State => ({
  ErrorEquals: ["States.ALL"],
  Assign: { failure: FAILURE },
  Next: next,
});

/** Makes the states that call functions, each with a timeout a little longer than its function's. */
export function functionCalls({ partition, functionSeconds, ...arns }: FlowReferences) {
  return (
    name: FlowFunction,
    payload: Readonly<Record<string, unknown>> | string,
    rest: State,
    retrier: Retrier = LAMBDA_PATIENT,
  ): State => ({
    Type: "Task",
    Resource: `arn:${partition}:states:::lambda:invoke`,
    Arguments: { FunctionName: arns[name], Payload: payload },
    Output: expr("$states.result.Payload"),
    TimeoutSeconds: functionSeconds[name] + CALL_SECONDS,
    Retry: [retrier],
    ...rest,
  });
}
