/** How the flow's tasks are repeated. Every delay has full jitter, so that executions that failed together do not return together. */

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: "FULL";
}

type Repeats = Pick<Retrier, "IntervalSeconds" | "MaxAttempts" | "MaxDelaySeconds">;

const retry = (errors: readonly string[], repeats: Repeats): Retrier => ({
  ErrorEquals: errors,
  BackoffRate: 2,
  JitterStrategy: "FULL",
  ...repeats,
});

/** Half an hour at most: for calls that keep no dataset waiting, or that do nothing to the lake. */
const PATIENT: Repeats = { IntervalSeconds: 2, MaxAttempts: 12, MaxDelaySeconds: 300 };

/**
 * Errors of Lambda that pass by themselves (https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html),
 * with the name that functions give to their own such errors. Any other error fails at once.
 */
const LAMBDA_ANSWERS = [
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.TooManyRequestsException",
  "TransientError",
];
/** After them the function may still be at work. */
const LAMBDA_BROKEN_OFF = ["Lambda.SdkClientException", "Lambda.ClientExecutionTimeoutException"];

/** For the functions that may run twice at a time without harm. */
export const LAMBDA_PATIENT = retry([...LAMBDA_ANSWERS, ...LAMBDA_BROKEN_OFF, "States.Timeout"], PATIENT);

/** For the light engine: the flow itself repeats a run after a wait, with the lease renewed. */
export const ENGINE_QUICK = retry(LAMBDA_ANSWERS, { IntervalSeconds: 1, MaxAttempts: 2, MaxDelaySeconds: 60 });

/** For the registration of partitions, which is done while the lease is not renewed. */
export const REGISTRAR = retry([...LAMBDA_ANSWERS, ...LAMBDA_BROKEN_OFF], {
  IntervalSeconds: 1,
  MaxAttempts: 4,
  MaxDelaySeconds: 60,
});

/** For the services that the flow calls itself: nearly every error of theirs passes, or is a permission that will be granted. */
export const SERVICE_PATIENT = retry(["States.ALL"], PATIENT);

/** The light engine's process was ended for its memory or its time, or died for another reason that its size may be. */
export const OUTGREW_LIGHT = [
  "Runtime.OutOfMemory",
  "Runtime.ExitError",
  "Sandbox.Timedout",
  "States.Timeout",
  "Lambda.Unknown",
];
