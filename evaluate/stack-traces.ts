/**
 * Switches off stack traces. Pulumi creates one for every promise, with lookups in source maps: this is up to half the time of a program,
 * and most of it with thousands of resources. Failures are shown by their messages.
 */
export function withoutStackTraces(): { restore(): void } {
  const { stackTraceLimit, prepareStackTrace } = Error;
  if (process.env.PLATFORM_DEBUG) return { restore: () => undefined };
  Error.stackTraceLimit = 0;
  Error.prepareStackTrace = (error) => String(error);
  return {
    restore() {
      Error.stackTraceLimit = stackTraceLimit;
      Error.prepareStackTrace = prepareStackTrace;
    },
  };
}
