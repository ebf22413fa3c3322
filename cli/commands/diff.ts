import type { Command } from "commander";
import pc from "picocolors";
import { compareEnvironments, type Difference } from "../../infra/compare";
import { UserError } from "../../local/errors";
import { settingsOf } from "../evaluate";
import { table } from "../ui/table";

export function register(program: Command): void {
  program
    .command("diff")
    .description("list the settings in which two environments differ, and mark those that make the second one weaker")
    .argument("<first>", "the environment to compare with, for example dev")
    .argument("<second>", "the environment that should be the stronger one, for example prod")
    .option("--json", "print the differences as JSON")
    .option("--strict", "exit with 1 if a setting of the second environment is weaker")
    .action((first: string, second: string, options: { json?: boolean; strict?: boolean }) => {
      const differences = compareEnvironments(settingsOf(first), settingsOf(second));
      if (options.json) process.stdout.write(`${JSON.stringify(differences, null, 2)}\n`);
      else print(first, second, differences);
      const weaker = differences.filter((difference) => difference.weaker === "second");
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
  const rows = differences.map((difference) => [
    difference.path,
    shown(difference.first),
    shown(difference.second),
    difference.weaker === "second"
      ? pc.red(`weaker in ${second}`)
      : difference.weaker === "first"
        ? `stronger in ${second}`
        : "",
  ]);
  console.info(table(["setting", first, second, ""], rows));
  const weaker = differences.filter((difference) => difference.weaker === "second").length;
  const count = weaker === 1 ? "1 of them is" : `${weaker} of them are`;
  console.info(
    `${differences.length} settings differ, defaults included; ${count} weaker in ${second} than in ${first}.`,
  );
}
