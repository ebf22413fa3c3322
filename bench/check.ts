import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { stackFile } from "../cli/evaluate";
import { number } from "../cli/ui/table";
import { REPOSITORY } from "../local/paths";
import type { Bench, Figure } from "./benchmark";
import { digits, run, shown, summary, timeCommand, timed, type Timing } from "./measure";
import { installCdk } from "./support/installed";
import { PLATFORM } from "./support/platform";

const MOST_RESOURCES_A_DATASET = 3;
/** The largest ratio of the time for one more resource among many to that among few. It allows noise but no quadratic growth. */
const LINEAR = 1.5;

interface Size {
  readonly datasets: number;
  readonly resources: number;
  readonly timing: Timing;
}

/** Compares `platform check dev` with all rules to cdk synth with cdk-nag on as many resources, and measures the growth of both. */
export async function check(bench: Bench): Promise<readonly Figure[]> {
  const { env, say, small } = bench;
  const cdk = await installCdk(say);
  const runs = small ? 1 : 3;

  say("platform check dev");
  const report = JSON.parse(await run(process.execPath, [PLATFORM, "check", "dev", "--json"], { env })) as {
    resources: number;
  };
  const own = await timeCommand(process.execPath, [PLATFORM, "check", "dev"], { env, runs });
  const figures = [
    await against(bench, cdk, `\`platform check dev\`, ${number(report.resources)} resources`, report.resources, own),
  ];

  const sizes: Size[] = [];
  const measure = async (datasets: number, times: number): Promise<Size> => {
    say(`check of ${number(datasets)} datasets`);
    const size = await checkDatasets(bench, datasets, times);
    sizes.push(size);
    return size;
  };
  const few = await measure(10, runs);
  const more = await measure(100, runs);
  const added = (one: Size, other: Size): number => (other.resources - one.resources) / (other.datasets - one.datasets);
  const perDataset = added(few, more);
  const plain = added(
    await checkDatasets(bench, 1, 1, withoutAggregates),
    await checkDatasets(bench, 11, 1, withoutAggregates),
  );
  if (!small) {
    await measure(500, runs);
    await measure(Math.ceil(few.datasets + (5000 - few.resources) / perDataset), 1);
  }
  for (const { datasets, resources, timing } of sizes) {
    const what = `check of ${number(datasets)} datasets, ${number(resources)} resources`;
    figures.push(await against(bench, cdk, what, resources, timing));
  }
  figures.push(
    {
      what: "resources a dataset adds: its contract, its table, its quality rules",
      figure: digits(plain),
      budget: `≤ ${MOST_RESOURCES_A_DATASET}`,
      within: plain <= MOST_RESOURCES_A_DATASET,
    },
    { what: "resources an aggregate of it adds: a table", figure: digits(perDataset - plain) },
  );
  if (!small) figures.push(growth(sizes));
  return figures;
}

/** Returns a line with the CDK's time for as many resources. */
async function against(
  { say, scratch, small }: Bench,
  cdk: string,
  what: string,
  resources: number,
  own: Timing,
): Promise<Figure> {
  say(`cdk synth with cdk-nag, ${number(resources)} resources`);
  const out = join(scratch, "cdk.out");
  const synth = ["synth", "--quiet", "--app", "node app.js", "--output", out];
  const env = { RESOURCES: String(resources), CI: "1", CDK_DISABLE_CLI_TELEMETRY: "1" };
  const runs = small || resources > 1000 ? 1 : 3;
  const seconds: number[] = [];
  for (let one = 0; one < runs; one++) {
    seconds.push((await timed(() => run(join(cdk, "node_modules", ".bin", "cdk"), synth, { cwd: cdk, env }))).seconds);
  }
  const made = readdirSync(out)
    .filter((name) => name.endsWith(".template.json"))
    .map((name) => JSON.parse(readFileSync(join(out, name), "utf8")) as { Resources: Record<string, { Type: string }> })
    .flatMap(({ Resources }) => Object.values(Resources))
    .filter(({ Type }) => Type !== "AWS::CDK::Metadata").length;
  const timing = summary(seconds);
  return {
    what,
    figure: shown(own),
    peer: `cdk synth with cdk-nag, ${number(made)} resources: ${shown(timing)}`,
    ratio: digits(own.median / timing.median),
    budget: "≤ 1 × the peer",
    within: own.median <= timing.median,
  };
}

const withoutAggregates = (contract: string): string => {
  const { aggregates: _left, ...rest } = parse(contract) as Record<string, unknown>;
  return stringify(rest);
};

/** Creates the dev environment with a number of datasets like the flights, which have an aggregate and quality rules. */
async function checkDatasets(
  { scratch }: Bench,
  datasets: number,
  runs: number,
  change: (contract: string) => string = (contract) => contract,
): Promise<Size> {
  const folder = join(scratch, `datasets-${datasets}`);
  mkdirSync(folder, { recursive: true });
  const contract = change(readFileSync(join(REPOSITORY, "datasets", "flights.yaml"), "utf8"));
  for (let index = 0; index < datasets; index++) {
    writeFileSync(join(folder, `bench_${index}.yaml`), contract.replace(/^name: .*$/m, `name: bench_${index}`));
  }
  const file = join(scratch, `Pulumi.${datasets}.yaml`);
  const settings = parse(readFileSync(stackFile("dev"), "utf8")) as { config: Record<string, unknown> };
  settings.config["dataplatform:datasets"] = { folder };
  writeFileSync(file, stringify(settings));

  // The process is started in the same way as the command.
  const register = join(REPOSITORY, "tools", "register.js");
  const child = ["--max-semi-space-size=64", "-r", register, join(__dirname, "children", "check.ts"), "dev", file];
  const seconds: number[] = [];
  let resources = 0;
  for (let one = 0; one < runs; one++) {
    const { seconds: taken, result } = await timed(() => run(process.execPath, child, { cwd: REPOSITORY }));
    const report = JSON.parse(result) as { resources: number; refused: boolean };
    if (report.refused) throw new Error(`the check of ${datasets} datasets refused them`);
    resources = report.resources;
    seconds.push(taken);
  }
  return { datasets, resources, timing: summary(seconds) };
}

/** Compares the time for one more resource among many to that among few. */
function growth(sizes: readonly Size[]): Figure {
  const [, hundred, fiveHundred, most] = sizes as readonly [Size, Size, Size, Size];
  const cost = (from: Size, to: Size): number =>
    ((to.timing.minimum - from.timing.minimum) / (to.resources - from.resources)) * 1000;
  const [early, late] = [cost(hundred, fiveHundred), cost(fiveHundred, most)];
  return {
    what: `a resource more, from ${number(fiveHundred.resources)} to ${number(most.resources)} against from ${number(hundred.resources)} to ${number(fiveHundred.resources)}`,
    figure: `${digits(late)} ms against ${digits(early)} ms`,
    ratio: digits(late / early),
    budget: `linear: ≤ ${LINEAR}`,
    within: late / early <= LINEAR,
  };
}
