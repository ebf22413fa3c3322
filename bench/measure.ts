import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";

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

/** Wall time in seconds of a whole process, over several runs. A process that fails ends the benchmark with its output. */
export function timeCommand(
  command: string,
  args: readonly string[],
  options: {
    readonly runs?: number;
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly okay?: readonly number[];
  } = {},
): Timing {
  const seconds: number[] = [];
  for (let run = 0; run < (options.runs ?? 3); run++) {
    const start = performance.now();
    const result = spawnSync(command, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
    });
    seconds.push((performance.now() - start) / 1000);
    if (!(options.okay ?? [0]).includes(result.status ?? -1)) {
      throw new Error(`${command} ${args.join(" ")} ended with ${result.status}:\n${result.stdout}\n${result.stderr}`);
    }
  }
  return summary(seconds);
}

export async function timeAsync(work: () => Promise<unknown>, runs = 1): Promise<Timing> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1000);
  }
  return summary(seconds);
}

export const shown = (timing: Timing): string =>
  timing.runs === 1
    ? `${timing.median.toFixed(2)} s`
    : `${timing.median.toFixed(2)} s (${timing.minimum.toFixed(2)}–${timing.maximum.toFixed(2)}, ${timing.runs} runs)`;
