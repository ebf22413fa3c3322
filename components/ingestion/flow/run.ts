import { ENGINE_QUICK, OUTGREW_LIGHT, REGISTRAR } from "./retries";
import { EXECUTION, expr, FAILURE, functionCalls, onFailure, NOW, type FlowReferences, type State } from "./states";

/** The states from the plan of a run to its commit, or to the files' return to the queue. */
export function runStates(refs: FlowReferences): Readonly<Record<string, State>> {
  const lambda = functionCalls(refs);
  const ended = { Type: "Pass", End: true };
  const ofExecution = { dataset: expr("$dataset"), executionArn: expr(EXECUTION) };
  const runOf = {
    ...ofExecution,
    runId: expr("$plan.runId"),
    batch: expr("$plan.batch"),
    manifest: expr("$plan.manifest"),
  };
  return {
    Plan: lambda(
      "runCoordinator",
      { action: "plan", ...ofExecution, contractKey: expr("$contractKey") },
      {
        Assign: { plan: expr("$states.result.Payload"), rounds: expr("$rounds + 1") },
        Catch: [onFailure("Failed")],
        Next: "IsThereARun",
      },
    ),
    IsThereARun: {
      Type: "Choice",
      Choices: [
        { Condition: expr("$plan.outcome = 'handed-over'"), Next: "HandedOver" },
        { Condition: expr("$plan.outcome = 'drained' and $exhausted"), Next: "EngineFailed" },
        { Condition: expr("$plan.outcome = 'drained'"), Next: "Ingested" },
        { Condition: expr(`$rounds > ${refs.maxRoundsPerExecution}`), Next: "ReleaseLease" },
        { Condition: expr("$plan.engine = 'spark'"), Next: "RenewLease" },
      ],
      Default: "RunLight",
    },
    HandedOver: {
      ...ended,
      Output: { status: "handed-over", dataset: expr("$dataset"), to: expr("$plan.leaseOwner") },
    },
    ReleaseLease: lambda("runCoordinator", { action: "release", ...ofExecution }, { Next: "LeftToTheSweep" }),
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
      "lightEtl",
      { batch: expr("$plan.batch") },
      {
        Assign: { engine: expr("$states.result.Payload") },
        Catch: [
          { ErrorEquals: OUTGREW_LIGHT, Assign: { failure: FAILURE }, Next: "MaySparkRun" },
          onFailure("FailRun"),
        ],
        Next: "DidItFit",
      },
      ENGINE_QUICK,
    ),
    DidItFit: {
      Type: "Choice",
      Choices: [
        {
          Condition: expr("$engine.outcome = 'too-large'"),
          Assign: {
            failure: expr(
              "{'Error': 'TooLargeForLightEngine', 'Task': 'RunLight', 'Cause': 'The contract demands the light engine, which takes ' & " +
                "$string($engine.limit) & ' bytes; the batch needs ' & $string($engine.bytes)}",
            ),
          },
          Next: "MaySparkRun",
        },
      ],
      Default: "RegisterPartitions",
    },
    MaySparkRun: {
      Type: "Choice",
      Choices: [{ Condition: expr("$plan.mayUseSpark"), Next: "RenewLease" }],
      Default: "FailRun",
    },
    // A Spark run is long: it starts with a whole lease before it.
    RenewLease: lambda(
      "runCoordinator",
      { action: "renew", ...ofExecution },
      { Catch: [onFailure("FailRun")], Next: "RunSpark" },
    ),
    RunSpark: {
      Type: "Task",
      Resource: `arn:${refs.partition}:states:::glue:startJobRun.sync`,
      Arguments: {
        JobName: expr("$plan.jobName"),
        Arguments: {
          "--batch_bucket": expr("$plan.batch.bucket"),
          "--batch_key": expr("$plan.batch.key"),
          "--start_before": expr(`$fromMillis($toMillis(${NOW}) + ${refs.sparkQueueSeconds * 1000})`),
          "--job-bookmark-option": expr("$plan.scheduled ? 'job-bookmark-enable' : 'job-bookmark-disable'"),
        },
      },
      TimeoutSeconds: refs.sparkSeconds,
      // Not repeated here: after some errors the first job may be at work, and two must not write the same objects.
      Catch: [onFailure("FailRun")],
      Next: "RegisterPartitions",
    },
    RegisterPartitions: lambda(
      "partitionRegistrar",
      { action: "register", manifest: expr("$plan.manifest") },
      { Catch: [onFailure("FailRun")], Next: "Commit" },
      REGISTRAR,
    ),
    Commit: lambda(
      "runCoordinator",
      { action: "commit", ...runOf },
      {
        Assign: { committed: expr("$states.result.Payload"), blocked: 0 },
        Catch: [onFailure("FailRun")],
        Next: "Plan",
      },
    ),
    FailRun: lambda(
      "runCoordinator",
      {
        action: "fail",
        ...runOf,
        task: expr("$failure.Task"),
        error: expr("$failure.Error"),
        cause: expr("$failure.Cause"),
      },
      {
        Assign: {
          failed: expr("$states.result.Payload"),
          rounds: expr("$rounds + 2"),
          blocked: expr("$states.result.Payload.next = 'wait' ? $blocked + 1 : 0"),
          waitSeconds: expr(waitAfterFailure(refs)),
        },
        Catch: [onFailure("Failed")],
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
        { Condition: expr("$failed.next = 'leave'"), Next: "ReleaseLease" },
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
        States: { QuarantineOne: lambda("quarantine", expr("$states.input"), { End: true }) },
      },
      Catch: [onFailure("Failed")],
      Next: "WaitBeforeRetry",
    },
    WaitBeforeRetry: { Type: "Wait", Seconds: expr("$waitSeconds"), Next: "Plan" },
  };
}

/**
 * The wait before the files of a failed run are tried again: short after an error of the data, and where other files can run;
 * otherwise growing with each such run in a row; and as long as an engine can run, where the engine may still be at work.
 */
function waitAfterFailure(refs: FlowReferences): string {
  const growing = `$min([${refs.maxBlockedDelaySeconds}, ${refs.blockedDelaySeconds} * $power(2, $blocked)])`;
  const longest = `($failure.Task = 'RunSpark' ? ${refs.sparkSeconds} : ${refs.functionSeconds.lightEtl})`;
  return (
    `( $f := $states.result.Payload; $w := $f.next = 'retry' ? ${refs.retryDelaySeconds} : ${growing}; ` +
    `$f.mayStillRun ? $max([$w, ${longest}]) : $w )`
  );
}
