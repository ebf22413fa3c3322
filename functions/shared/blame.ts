import type { Blame, FailRequest } from "../../contracts/flow";

type Failure = Pick<FailRequest, "task" | "error" | "cause">;

/** The states in which an engine reads the files. An error of any other state says nothing about them. */
const ENGINES: readonly string[] = ["RunLight", "RunSpark"];

/**
 * The name under which both engines say that they cannot read a file. The light engine throws it, and the Spark job ends with it
 * in its error message.
 */
const UNREADABLE = "UnreadableFile";
/** The flow's own name for a batch that exceeds the light engine where the contract demands that engine. */
const TOO_LARGE = "TooLargeForLightEngine";

/**
 * How Lambda reports that a function's process was ended for its memory or its time
 * (https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html).
 */
const OUT_OF_RESOURCES: readonly string[] = ["Runtime.OutOfMemory", "Sandbox.Timedout", "States.Timeout"];
/** Names that stand for any death of a function's process. The cause tells one that its memory or its time ended. */
const PROCESS_DIED: readonly string[] = ["Runtime.ExitError", "Lambda.Unknown"];
const SIGNS_OF_LIMITS = /signal: killed|timed out|out ?of ?memory/i;

const DENIED_NAMES =
  /Access_?Denied|NotAuthorized|Unauthorized|Permission|Forbidden|ExpiredToken|UnrecognizedClient|InvalidSignature|InvalidClientToken|^(Lambda|DynamoDB|SQS)\.K(MS|ms)/;
const DENIED_TEXT = /not authorized to perform|access ?denied|forbidden|status code: 403|security token/i;
const BUSY_NAMES =
  /Transient|Throttl|TooManyRequests|LimitExceeded|QuotaExceeded|LimitReached|ConcurrentRuns|ConcurrentModification|SlowDown|ServiceUnavailable|ServiceException|Internal(Server|Service|Failure)|Time(d)?out|SdkClient|Conflict(Exception)?$|InUse|NotReady|NotStabilized|Restoring|LeaseLost|Unavailable/;
const BUSY_TEXT =
  /rate exceeded|throttl|slow ?down|too many requests|limit exceeded|service ?unavailable|internal (service|server)? ?(error|failure)|status code: (5\d\d|429)|connection (reset|refused|closed)|insufficient capacity|resource ?unavailable|exceeded the maximum concurrent/i;

/** Names that a service uses for all errors that it has no name for. Only their text tells more. */
const UNNAMED = /^(Lambda\.AWSLambda|Glue\.AWSGlue|DynamoDB\.AmazonDynamoDB|SQS\.AmazonSQS)Exception$/;

/**
 * Decides what a run failed for, from the error and the cause that Step Functions caught and the state that failed. Data is to
 * blame only where an engine says so. An error that is not known here is a fault of the platform: a file is never quarantined
 * for it, and no number of repetitions makes it the data's.
 */
export function blameOf(failure: Failure): Blame {
  const { task, error, cause } = failure;
  if (ENGINES.includes(task) && isOfData(failure)) return "data";
  // The causes of a function's own errors may quote what is in a file, so only the texts of services are read.
  const text = UNNAMED.test(error) ? cause : jobMessage(failure);
  if (DENIED_NAMES.test(error) || DENIED_TEXT.test(text)) return "denied";
  if (BUSY_TEXT.test(text) || (BUSY_NAMES.test(error) && !UNNAMED.test(error))) return "busy";
  return "fault";
}

/**
 * Decides what the validation of a header failed for, from the reason that the flow has left in the ledger: `<error>: <cause>`. A
 * validator answers bad content with a verdict, so that no failure of it is the data's.
 */
export function blameOfReason(reason: string): Blame {
  const [, error = reason, cause = ""] = /^([^:]*): ?(.*)$/s.exec(reason) ?? [];
  return blameOf({ task: "ValidateHeader", error, cause });
}

function isOfData({ task, error, cause }: Failure): boolean {
  if (task === "RunSpark") return jobMessage({ task, error, cause }).includes(`${UNREADABLE}: `);
  return error === UNREADABLE || outgrew({ task, error, cause });
}

/** Tells whether the files were too large for the light engine's memory, disk or time. */
export function outgrew({ task, error, cause }: Failure): boolean {
  if (task !== "RunLight") return false;
  if (error === TOO_LARGE || OUT_OF_RESOURCES.includes(error)) return true;
  return PROCESS_DIED.includes(error) && SIGNS_OF_LIMITS.test(cause);
}

/** The message of a Spark job that has failed: Step Functions gives the job run as the cause. */
function jobMessage({ task, error, cause }: Failure): string {
  if (task !== "RunSpark" || error !== "States.TaskFailed") return "";
  try {
    const { ErrorMessage } = JSON.parse(cause) as { ErrorMessage?: unknown };
    return typeof ErrorMessage === "string" ? ErrorMessage : "";
  } catch {
    return "";
  }
}

/** Errors of a call that broke off: its engine may have been started, and may go on. */
const BROKEN_OFF: readonly string[] = [
  "Lambda.SdkClientException",
  "Lambda.ClientExecutionTimeoutException",
  "Glue.SdkClientException",
  "Glue.InternalServiceException",
  "Glue.OperationTimeoutException",
  "Glue.AWSGlueException",
];

/**
 * Tells whether the engine may still be at work although its call has failed, because the connection broke, for example. The
 * flow then waits until no engine can be at work any more. A timeout of the flow is no such error: it is longer than any run.
 */
export function mayStillRun({ task, error, cause }: Failure): boolean {
  if (!ENGINES.includes(task) || !BROKEN_OFF.includes(error)) return false;
  return !UNNAMED.test(error) || !(DENIED_TEXT.test(cause) || /rate exceeded|throttl/i.test(cause));
}
