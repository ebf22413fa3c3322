/**
 * Pulumi takes a stack trace for every promise it makes, which may be looked up in source maps: up to half the time of a
 * program, and most of it for thousands of resources. Failures here are shown by their messages.
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
