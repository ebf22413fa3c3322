/** An error as Step Functions reports it: with a name and a cause. */
export class StatesError extends Error {
  constructor(
    readonly error: string,
    override readonly cause: string = "because",
  ) {
    super(`${error}: ${cause}`);
  }
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
}

/**
 * Tells whether a retrier or a catcher applies to an error. `States.Runtime` always ends the execution, and `States.ALL` does not
 * match `States.DataLimitExceeded` (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
 */
export function isMatched({ ErrorEquals }: Pick<Retrier, "ErrorEquals">, { error }: StatesError): boolean {
  if (error === "States.Runtime") return false;
  if (ErrorEquals.includes(error)) return true;
  if (error === "States.DataLimitExceeded") return false;
  return (
    ErrorEquals.includes("States.ALL") || (ErrorEquals.includes("States.TaskFailed") && error !== "States.Timeout")
  );
}

/** The seconds before a retry. Full jitter takes a random part of them; the simulation takes half, which is the mean. */
export function delayOf(retrier: Retrier, before: number): number {
  const whole = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** before;
  return Math.min(whole, retrier.MaxDelaySeconds ?? Infinity) / 2;
}
