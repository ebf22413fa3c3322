import type { Command } from "commander";
import pc from "picocolors";
import { examine, type Finding } from "../doctor";
import { table } from "../ui/table";

const MARK: Readonly<Record<Finding["state"], string>> = {
  ok: pc.green("✔ ok"),
  later: pc.yellow("• on first use"),
  optional: pc.dim("– not there (optional)"),
  missing: pc.red("✖ missing"),
};

export function register(program: Command): void {
  program
    .command("doctor")
    .description("examine this machine: what is there, what is missing and how to get it")
    .option("--json", "the findings as JSON")
    .action(async (options: { json?: boolean }) => {
      const findings = await examine();
      const missing = findings.filter(({ state }) => state === "missing");
      process.exitCode = missing.length > 0 ? 1 : 0;
      if (options.json) {
        console.info(JSON.stringify(findings, null, 2));
        return;
      }
      console.info(
        table(
          ["what", "state", "found", "needed for"],
          findings.map((one) => [one.what, MARK[one.state], one.found, one.purpose]),
        ),
      );
      for (const { what, advice } of findings.filter((one) => one.advice)) console.info(`${what}: ${advice}`);
      console.info(
        missing.length > 0
          ? `Needed and missing: ${missing.map(({ what }) => what).join(", ")}.`
          : "This machine has what the platform needs.",
      );
    });
}
