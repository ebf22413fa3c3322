/**
 * An error with a name, on which Step Functions matches `Retry` and `Catch`. Only `TransientError` is retried; any other error
 * would occur again.
 */
export class NamedError extends Error {
  constructor(name: ErrorName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

export type ErrorName =
  /** The error passes by itself: throttling, a connection reset, a failure of the service. */
  | "TransientError"
  /** The caller sent a document that the function cannot work with. */
  | "InvalidRequest"
  /** The bytes of a file cannot be read, or no longer exist. No other error of an engine counts as an attempt of the file. */
  | "UnreadableFile"
  /** The contract object is missing or cannot be read. */
  | "InvalidContract"
  /** Another execution has taken over the dataset. */
  | "LeaseLost"
  /** The engine ended without a manifest. */
  | "ManifestMissing"
  /** The engine's manifest contradicts itself, its batch or the objects that exist. */
  | "ManifestInvalid"
  /** The copy in quarantine differs from the original. */
  | "CopyNotVerified"
  /** Some partitions could not be registered. */
  | "PartitionsNotRegistered"
  /** The ledger does not know the file, or knows it in another state. */
  | "LedgerConflict";

const TRANSIENT_NAMES = new Set([
  "BandwidthLimitExceeded",
  "ConcurrentModificationException",
  "ConditionalRequestConflict",
  "InternalError",
  "InternalFailure",
  "InternalServerError",
  "InternalServiceException",
  "KMSInternalException",
  "LimitExceededException",
  "OperationAborted",
  "OperationTimeoutException",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestTimeout",
  "RequestTimeoutException",
  "ServiceUnavailable",
  "ServiceUnavailableException",
  "SlowDown",
  "Throttling",
  "ThrottlingException",
  "TimeoutError",
  "TooManyRequestsException",
  "TransactionConflictException",
  "TransactionInProgressException",
]);

const TRANSIENT_CODES = new Set(["ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "EPIPE", "ETIMEDOUT"]);

interface Unknown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $retryable?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly CancellationReasons?: readonly { readonly Code?: string }[];
}

const look = (error: unknown): Unknown => (typeof error === "object" && error !== null ? (error as Unknown) : {});

/** Tells whether an AWS error passes by itself. */
export function isTransient(error: unknown): boolean {
  const seen = look(error);
  if (seen.name === "TransientError" || seen.$retryable !== undefined) return true;
  if (typeof seen.name === "string" && TRANSIENT_NAMES.has(seen.name)) return true;
  if (typeof seen.code === "string" && TRANSIENT_CODES.has(seen.code)) return true;
  const reasons = (seen.CancellationReasons ?? []).flatMap(({ Code }) => (Code && Code !== "None" ? [Code] : []));
  if (reasons.length > 0) {
    return reasons.every((code) =>
      ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"].includes(code),
    );
  }
  const status = seen.$metadata?.httpStatusCode ?? 0;
  return status >= 500 || status === 429;
}

/** Tells whether an error of an AWS service has one of these names. */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  const { name } = look(error);
  return typeof name === "string" && names.includes(name);
}

export const httpStatus = (error: unknown): number | undefined => look(error).$metadata?.httpStatusCode;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Gives an error the name that the state machine retries, where retrying can help. */
export function classified(error: unknown): unknown {
  if (error instanceof NamedError || !isTransient(error)) return error;
  const { name } = look(error);
  return new NamedError("TransientError", `${String(name)}: ${messageOf(error)}`, { cause: error });
}
