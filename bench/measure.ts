import { performance } from "node:perf_hooks";
import { execa, type ResultPromise } from "execa";

export interface Timing {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
  readonly runs: number;
}

export function summary(seconds: readonly number[]): Timing {
  const sorted = [...seconds].sort((a, b) => a - b);
  return {
    minimum: sorted[0] ?? Number.NaN,
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    maximum: sorted.at(-1) ?? Number.NaN,
    runs: sorted.length,
  };
}

/** Measures the seconds that some work takes, and returns its result, too. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly seconds: number; readonly result: T }> {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

const running = new Set<ResultPromise>();

/** Stops the running processes and waits until they have ended. */
export async function endRunning(): Promise<void> {
  for (const child of running) child.kill();
  await Promise.allSettled(running);
}

/** Runs a process and returns its output. If the process fails, the benchmark fails with its last lines. */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const child = execa(command, [...args], { ...options, reject: false, stdin: "ignore" });
  running.add(child);
  const result = await child.finally(() => running.delete(child));
  if (result.failed) {
    const said = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-20).join("\n");
    throw new Error(
      `${command} ${args.join(" ")} ended with ${result.signal ?? result.exitCode ?? result.code}:\n${said}`,
    );
  }
  return result.stdout;
}

/** Measures the wall time of a process over several runs. */
export async function timeCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions & { readonly runs?: number } = {},
): Promise<Timing> {
  const { runs = 3, ...rest } = options;
  const seconds: number[] = [];
  for (let one = 0; one < runs; one++) seconds.push((await timed(() => run(command, args, rest))).seconds);
  return summary(seconds);
}

/** Formats a number with as many digits as its size needs. */
export const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2));

/** Formats times, with the extremes if there were several runs. */
export const shown = ({ median, minimum, maximum, runs }: Timing, unit = "s"): string =>
  `${digits(median)} ${unit}${runs === 1 ? "" : ` (${digits(minimum)}–${digits(maximum)}, ${runs} runs)`}`;
