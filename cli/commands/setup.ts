import type { Command } from "commander";
import { ensureSpark } from "../../local/glue/install";
import { preparation } from "../setup";
import { runSteps } from "../ui/tasks";

export function register(program: Command): void {
  program
    .command("setup")
    .description("install what the project needs besides its npm packages: Pulumi CLI, Python environment, functions")
    .option("--spark", "install Apache Spark, too, which runs the Glue job on this machine")
    .action(async (options: { spark?: boolean }) => {
      const steps = [...preparation({ engine: true, cloud: false })];
      if (options.spark) {
        steps.push({
          title: "Spark",
          run: async (report) => {
            await ensureSpark(report);
          },
        });
      }
      await runSteps([steps]);
    });
}
