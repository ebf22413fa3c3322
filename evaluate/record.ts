import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { RecordingMonitor, type Answers } from "./monitor";
import type { RecordedResource } from "./recorded";
import { withoutStackTraces } from "./stack-traces";

export type { RecordedResource } from "./recorded";
export { ACCOUNT, REGION } from "./stand-ins";

export interface RecordOptions {
  /** The answers to data sources, which take precedence over the built-in ones. */
  readonly answers?: Answers;
  /** Whether to evaluate as a preview, in which the outputs of providers are unknown. */
  readonly preview?: boolean;
  readonly project?: string;
  readonly stack?: string;
  /** The stack's configuration as the Pulumi engine passes it: `namespace:key` and the text of the value. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface Recorded<T> {
  readonly result: T;
  readonly resources: readonly RecordedResource[];
}

/**
 * Runs a Pulumi program without an engine and records the resources that it registers. An invoke without an answer, a resource whose registration
 * fails and an unhandled rejection all fail the program, and the promise is rejected with the first failure.
 */
export async function recordProgram<T>(
  program: () => T | Promise<T>,
  options: RecordOptions = {},
): Promise<Recorded<T>> {
  const { project = "dataplatform", stack = "test", preview = false } = options;
  const monitor = new RecordingMonitor(options.answers ?? {}, preview);
  await pulumi.runtime.setMocks(monitor.mocks, project, stack, preview);
  settings.setMockOptions(monitor, project, stack, preview);
  monitor.transforms.install();
  if (options.config) pulumi.runtime.setAllConfig({ ...options.config });
  const onFailure = (failure: unknown): void => void monitor.failures.push(failure);
  const others = process.listeners("unhandledRejection");
  const traces = withoutStackTraces();
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", onFailure);
  try {
    const result = await program();
    await settle(monitor);
    if (monitor.failures.length > 0) throw monitor.failures[0];
    return { result, resources: [...monitor.recorded.values()] };
  } finally {
    traces.restore();
    process.off("unhandledRejection", onFailure);
    for (const listener of others) process.on("unhandledRejection", listener as never);
  }
}

/** Pulumi's own function that waits until every registration has been answered, which its typings lack. */
const { waitForRPCs } = settings as unknown as { waitForRPCs(): Promise<void> };

/** Waits for every registration, and for the registrations that these cause, until no more are added. */
async function settle(monitor: RecordingMonitor): Promise<void> {
  let before = -1;
  while (before !== monitor.recorded.size) {
    before = monitor.recorded.size;
    await waitForRPCs();
    // Outputs that a component resolves in one turn of the event loop are sent in the next one.
    await new Promise((resolve) => setImmediate(resolve));
    await waitForRPCs();
  }
}
