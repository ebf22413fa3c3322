import type { Command } from "commander";
import pc from "picocolors";
import { compareEnvironments, type Difference } from "../../infra/compare";
import { UserError } from "../../local/errors";
import { settingsOf } from "../evaluate";
import { table } from "../ui/table";

export function register(program: Command): void {
  program
    .command("diff")
    .description(
      "the effective settings in which two environments differ, and which of them make the second the weaker one",
    )
    .argument("<first>", "an environment to compare with, e.g. dev")
    .argument("<second>", "the environment that should be the stronger one, e.g. prod")
    .option("--json", "the differences as JSON")
    .option("--strict", "exit with 1 when a setting of the second environment is weaker")
    .action((first: string, second: string, options: { json?: boolean; strict?: boolean }) => {
      const differences = compareEnvironments(settingsOf(first), settingsOf(second));
      if (options.json) process.stdout.write(`${JSON.stringify(differences, null, 2)}\n`);
      else print(first, second, differences);
      const weaker = differences.filter((one) => one.weaker === "second");
      if (options.strict && weaker.length > 0) {
        throw new UserError(
          `${second} is weaker than ${first} in ${weaker.map(({ path }) => path).join(", ")}`,
          `Change them in Pulumi.${second}.yaml`,
        );
      }
    });
}

const shown = (value: unknown): string =>
  value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value);

function print(first: string, second: string, differences: readonly Difference[]): void {
  if (differences.length === 0) return console.info(`${first} and ${second} have the same settings.`);
  const rows = differences.map((one) => [
    one.path,
    shown(one.first),
    shown(one.second),
    one.weaker === "second" ? pc.red(`weaker in ${second}`) : one.weaker === "first" ? `stronger in ${second}` : "",
  ]);
  console.info(table(["setting", first, second, ""], rows));
  const weaker = differences.filter((one) => one.weaker === "second").length;
  const say = weaker === 1 ? "1 of them is" : `${weaker} of them are`;
  console.info(
    `${differences.length} settings differ, defaults included; ${say} weaker in ${second} than in ${first}.`,
  );
}
