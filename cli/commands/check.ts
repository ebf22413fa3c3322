import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import pc from "picocolors";
import type { LintProblem } from "../../evaluate/lints";
import { UserError } from "../../local/errors";
import { isRefused, type Report } from "../../policies/evaluate";
import { jsonReport, junitReport, sarifReport } from "../../policies/report";
import { checkEnvironment, checkState } from "../evaluate";
import { number, table } from "../ui/table";

interface Options {
  readonly state?: string;
  readonly json?: string | true;
  readonly sarif?: string;
  readonly junit?: string;
  readonly verbose?: boolean;
}

export function register(program: Command): void {
  program
    .command("check")
    .description(
      "check an environment's resources against every rule, in this process; needs no cloud and no credentials",
    )
    .argument("<environment>", "local, dev, prod or another environment that has a file Pulumi.<environment>.yaml")
    .option(
      "--state <file>",
      "check deployed resources instead of the program: a file written by `pulumi stack export`",
    )
    .option("--json [file]", "write the report as JSON, to a file or to standard output")
    .option("--sarif <file>", "write the report as SARIF 2.1.0, for code hosts")
    .option("--junit <file>", "write the report as JUnit XML")
    .option("--verbose", "list every advisory violation with its resource")
    .action(async (environment: string, options: Options) => {
      const { report, problems } =
        options.state === undefined
          ? await checkEnvironment(environment)
          : { report: checkState(environment, options.state), problems: [] };
      if (options.sarif) write(options.sarif, sarifReport(report, problems));
      if (options.junit) write(options.junit, junitReport(report, problems));
      if (typeof options.json === "string") write(options.json, jsonReport(report, problems));
      if (options.json === true) process.stdout.write(jsonReport(report, problems));
      else {
        printProblems(problems);
        printReport(report, options.verbose ?? false, problems.length);
      }
      if (isRefused(report) || problems.length > 0) process.exitCode = 1;
    });
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError(`${file} cannot be written: ${(error as Error).message}`, undefined, 2);
  }
}

/** Prints the faults that AWS would show only after a deployment. */
export function printProblems(problems: readonly LintProblem[]): void {
  for (const { lint, resource, message, remedy, source } of problems)
    console.info(`${pc.red("✖")} ${lint} ${resource.name}: ${message}\n  ${pc.dim(`→ ${remedy} ${source}`)}`);
}

/** Prints a report for a reviewer: mandatory violations first, then advisory ones by rule, then exempted ones. */
export function printReport(report: Report, verbose: boolean, problems = 0): void {
  const mandatory = report.violations.filter(({ level }) => level === "mandatory");
  const advisory = report.violations.filter(({ level }) => level === "advisory");
  for (const { rule, resource, message } of mandatory) {
    console.info(
      `${pc.red("✖")} ${rule.id} [${rule.severity}] ${resource.name}: ${message}\n  ${pc.dim(`→ ${rule.remediation}`)}`,
    );
  }
  if (advisory.length > 0 && verbose) {
    for (const { rule, resource, message } of advisory)
      console.info(`${pc.yellow("▲")} ${rule.id} ${resource.name}: ${message}`);
  } else if (advisory.length > 0) {
    const byRule = new Map<string, { title: string; count: number }>();
    for (const { rule } of advisory)
      byRule.set(rule.id, { title: rule.title, count: (byRule.get(rule.id)?.count ?? 0) + 1 });
    console.info(
      table(
        ["advisory rule", "title", "resources"],
        [...byRule].map(([id, { title, count }]) => [id, title, count]),
      ),
    );
  }
  for (const { rule, resource, message } of report.unknown)
    console.info(`${pc.yellow("?")} ${rule.id} ${resource.name}: ${message}`);
  for (const { rule, resource, exemption } of report.exempted) {
    console.info(
      `${pc.dim("–")} ${rule.id} ${resource.name}: exempted until ${exemption.expires} by ${exemption.owner}: ${exemption.reason}`,
    );
  }
  for (const { exemption, problem } of report.exemptionProblems) {
    console.info(`${pc.red("✖")} The exemption of ${exemption.resource} from ${exemption.rule} is invalid: ${problem}`);
  }
  const verdict = isRefused(report) || problems > 0 ? pc.red("refused") : pc.green("allowed");
  console.info(
    `${report.environment}: ${verdict} – ${number(report.resources)} resources, ${report.rulesApplied} rules, ${number(report.checks)} checks, ` +
      `${mandatory.length} mandatory and ${advisory.length} advisory violations, ${report.unknown.length} unknown, ${report.exempted.length} exempted` +
      (problems > 0 ? `, ${number(problems)} problems of a deployment` : ""),
  );
}
