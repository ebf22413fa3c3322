import type { Command } from "commander";
import pc from "picocolors";
import { examine, type Finding } from "../doctor";
import { table } from "../ui/table";

const MARK: Readonly<Record<Finding["state"], string>> = {
  ok: pc.green("✔ ok"),
  later: pc.yellow("• on first use"),
  optional: pc.dim("– not installed (optional)"),
  missing: pc.red("✖ missing"),
};

export function register(program: Command): void {
  program
    .command("doctor")
    .description("examine this machine: what is installed, what is missing and how to install it")
    .option("--json", "print the result as JSON")
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
          ["part", "state", "found", "needed for"],
          findings.map(({ what, state, found, purpose }) => [what, MARK[state], found, purpose]),
        ),
      );
      for (const { what, advice } of findings.filter((finding) => finding.advice)) console.info(`${what}: ${advice}`);
      console.info(
        missing.length > 0
          ? `This machine lacks what the platform needs: ${missing.map(({ what }) => what).join(", ")}.`
          : "This machine has what the platform needs.",
      );
    });
}
