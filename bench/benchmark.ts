import type { LocalPlatform } from "./support/platform";

/** A line of the results. */
export interface Figure {
  readonly what: string;
  readonly figure: string;
  /** The peer's figure for the same work, in the same run. */
  readonly peer?: string;
  readonly ratio?: string;
  /** The budget, if there is one. */
  readonly budget?: string;
  readonly within?: boolean;
}

/** The environment of a benchmark. */
export interface Bench {
  /** Whether to use small inputs and single runs, which show that the benchmark works but give no meaningful figures. */
  readonly small: boolean;
  /** An empty folder, which is deleted afterwards. */
  readonly scratch: string;
  /** The variables that make the `platform` command use a separate home in the scratch folder. */
  readonly env: NodeJS.ProcessEnv;
  say(line: string): void;
  /** Returns the separate local cloud of the benchmarks, which is started at its first use and shared by them. */
  platform(): Promise<LocalPlatform>;
  /** Returns the file of 336,776 flights (20,000 when small). */
  flights(): Promise<string>;
  /** Returns a file of repeated flights with 1 GiB (32 MiB when small). */
  manyFlights(): Promise<string>;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  run(bench: Bench): Promise<readonly Figure[]>;
}
