import type { LocalPlatform } from "./support/platform";

/** One line of the results. */
export interface Figure {
  readonly what: string;
  readonly figure: string;
  /** What the peer needs for the same, in the same run. */
  readonly peer?: string;
  readonly ratio?: string;
  /** What it may be, where that was set. */
  readonly budget?: string;
  readonly within?: boolean;
}

/** What a benchmark gets. */
export interface Bench {
  /** Small inputs and single runs: shows that the benchmark works; its figures mean nothing. */
  readonly small: boolean;
  /** An empty folder, removed afterwards. */
  readonly scratch: string;
  /** Variables that give the `platform` command a home of its own in the scratch folder. */
  readonly env: NodeJS.ProcessEnv;
  say(line: string): void;
  /** A local cloud of the benchmarks' own, started when first asked for and shared by them. */
  platform(): Promise<LocalPlatform>;
  /** The 336,776 flights (20,000 when small). */
  flights(): Promise<string>;
  /** The flights over and over, 1 GiB (32 MiB when small). */
  manyFlights(): Promise<string>;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  run(bench: Bench): Promise<readonly Figure[]>;
}
