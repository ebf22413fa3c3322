import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { RecordingMonitor, type Answers } from "./monitor";
import type { RecordedResource } from "./recorded";
import { withoutStackTraces } from "./stack-traces";

export type { RecordedResource } from "./recorded";
export { ACCOUNT, REGION } from "./stand-ins";

export interface RecordOptions {
  /** Answers to data sources, before those that need no cloud. */
  readonly answers?: Answers;
  /** Evaluate as a preview: what a provider would answer is unknown. */
  readonly preview?: boolean;
  readonly project?: string;
  readonly stack?: string;
  /** The stack's configuration as the engine hands it over: `namespace:key` and its text. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface Recorded<T> {
  readonly result: T;
  readonly resources: readonly RecordedResource[];
}

/**
 * Runs a Pulumi program without an engine and records what it registers. An invoke without an answer, a resource whose registration
 * fails and an unhandled rejection all fail the program: it is rejected with the first failure.
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

/** Pulumi's own way to wait until every registration has been answered; not in its typings. */
const { waitForRPCs } = settings as unknown as { waitForRPCs(): Promise<void> };

/** Awaits every registration, then the registrations those caused, until nothing is added. */
async function settle(monitor: RecordingMonitor): Promise<void> {
  let before = -1;
  while (before !== monitor.recorded.size) {
    before = monitor.recorded.size;
    await waitForRPCs();
    // What a component settles at the end of its turn is sent in the next one.
    await new Promise((resolve) => setImmediate(resolve));
    await waitForRPCs();
  }
}
