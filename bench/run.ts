import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Command } from "commander";
import { showError } from "../cli/ui/errors";
import { table } from "../cli/ui/table";
import { runSteps } from "../cli/ui/tasks";
import { nearest } from "../contracts/problems";
import { UserError } from "../local/errors";
import type { Bench, Benchmark } from "./benchmark";
import { bundle } from "./bundle";
import { burst } from "./burst";
import { check } from "./check";
import { drop } from "./drop";
import { flights } from "./flights";
import { header } from "./header";
import { lightEngine } from "./light-engine";
import { localUp } from "./local-up";
import { endRunning } from "./measure";
import { partitions } from "./partitions";
import { plan } from "./plan";
import { writeResults, type Section } from "./results";
import { cleanUp, duty } from "./support/cleanup";
import { LocalPlatform } from "./support/platform";
import { flightsFile, manyFlightsFile } from "./support/samples";

const BENCHMARKS: readonly Benchmark[] = [
  { name: "check", about: "Compares the check of all rules to the AWS CDK with cdk-nag.", run: check },
  { name: "plan", about: "Measures the real Pulumi engine's preview of an environment, with policies.", run: plan },
  { name: "bundle", about: "Measures how long a deployment needs to find that no function has changed.", run: bundle },
  {
    name: "local-up",
    about: "Measures the start of the local cloud and the deployment of the platform to it.",
    run: localUp,
  },
  { name: "burst", about: "Measures many small files that arrive at once on the local platform.", run: burst },
  { name: "drop", about: "Measures the ingestion of a small file on the local platform.", run: drop },
  {
    name: "flights",
    about: "Measures the ingestion of a real table on the local platform, with each engine.",
    run: flights,
  },
  {
    name: "light-engine",
    about: "Measures a large file on the light engine, with folders as buckets.",
    run: lightEngine,
  },
  { name: "header", about: "Measures how many bytes of a large object the header check reads.", run: header },
  { name: "partitions", about: "Measures the registration of many partitions.", run: partitions },
];
const NAMES = BENCHMARKS.map(({ name }) => name);

const SMALL = { rows: 20_000, bytes: 32 * 1024 ** 2 };
const GIBIBYTE = 1024 ** 3;

function chosen(names: readonly string[]): readonly Benchmark[] {
  for (const name of names) {
    if (NAMES.includes(name)) continue;
    const { suggestion } = nearest(name, NAMES);
    throw new UserError(
      `There is no benchmark "${name}"`,
      `The benchmarks are ${NAMES.join(", ")}${suggestion ? `. Did you mean ${suggestion}?` : ""}`,
      2,
    );
  }
  return BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** Creates the resources that the benchmarks share, each at its first use. */
function sharedBy(small: boolean, scratch: string): (say: Bench["say"]) => Bench {
  let platform: Promise<LocalPlatform> | undefined;
  let some: Promise<string> | undefined;
  let many: Promise<string> | undefined;
  return (say) => ({
    small,
    scratch,
    say,
    env: { PLATFORM_HOME: join(scratch, "home") },
    platform: () => (platform ??= LocalPlatform.start(say)),
    flights: () => (some ??= flightsFile(scratch, small ? SMALL.rows : undefined)),
    manyFlights: () => (many ??= manyFlightsFile(scratch, small ? SMALL.bytes : GIBIBYTE)),
  });
}

let interrupted = false;
const never = new Promise<never>(() => undefined);

async function measure(benchmarks: readonly Benchmark[], small: boolean): Promise<readonly Section[]> {
  const scratch = mkdtempSync(join(tmpdir(), "bench-"));
  duty(async () => rmSync(scratch, { recursive: true, force: true }));
  const benchFor = sharedBy(small, scratch);
  const sections: Section[] = [];
  try {
    await runSteps(
      benchmarks.map((benchmark) => ({
        title: benchmark.name,
        // A failed benchmark does not prevent the measurement of the others.
        run: (say) =>
          benchmark.run(benchFor(say)).then(
            (figures) => {
              sections.push({ benchmark, figures });
              const missed = figures.filter(({ within }) => within === false).length;
              return missed === 0 ? "measured" : `measured, ${missed} beyond the budget`;
            },
            (error: Error) => {
              // The interruption stopped the benchmark, and it ends this process after the clean-up, so no other benchmark must begin.
              if (interrupted) return never;
              sections.push({ benchmark, figures: [], failure: error.message });
              return "failed";
            },
          ),
      })),
    );
  } finally {
    await cleanUp();
  }
  return sections;
}

function print(sections: readonly Section[]): void {
  const rows = sections.flatMap(({ benchmark, figures }) =>
    figures.map(({ what, figure, peer, ratio, budget, within }) => [
      `${benchmark.name}: ${what}`,
      [figure, peer].filter(Boolean).join("\n"),
      ratio,
      budget,
      within === undefined ? "" : within ? "yes" : "NO",
    ]),
  );
  if (rows.length > 0) console.info(table(["what", "figure, peer", "ratio", "budget", "within"], rows));
  for (const { benchmark, failure } of sections) {
    if (failure !== undefined) console.error(`✖ ${benchmark.name}: ${failure}`);
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("bench")
    .description("Measures the platform against its budgets and its peers, and writes bench/results.md")
    .argument("[names...]", `the benchmarks to run, by default all: ${NAMES.join(", ")}`)
    .option("--list", "list the benchmarks and run none")
    .option("--small", "use small inputs and single runs and write no results, to test that the benchmarks work")
    .action(async (names: readonly string[], { list, small = false }: { list?: boolean; small?: boolean }) => {
      const benchmarks = chosen(names);
      if (list) {
        for (const { name, about } of benchmarks) console.info(`${name.padEnd(14)}${about}`);
        return;
      }
      const sections = await measure(benchmarks, small);
      print(sections);
      if (!small) console.info(`Written to ${relative(process.cwd(), await writeResults(sections, NAMES))}`);
      if (sections.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
    });
  await program.parseAsync([...argv], { from: "user" });
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // The terminal sends Ctrl-C to every process, and npm passes the signal on, so that it arrives twice.
    if (interrupted) return;
    interrupted = true;
    process.stderr.write("\nstopping …\n");
    void endRunning()
      .then(cleanUp)
      .finally(() => process.exit(130));
  });
}

void main(process.argv.slice(2))
  .catch((error: unknown) => {
    process.exitCode = showError(error);
  })
  // The process exits explicitly, because open connections of the platform would keep it running.
  .finally(() => {
    if (!interrupted) process.exit();
  });
