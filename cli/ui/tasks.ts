import { Listr, type ListrTask, PRESET_TIMER } from "listr2";
import type { Report } from "../../local/errors";

export interface Step {
  readonly title: string;
  /** Does the work and reports its progress. The text that it returns is added to the title. */
  run(report: Report): Promise<string | void>;
}

/** Runs steps and shows their progress and durations. The steps of a group run at the same time. Without a terminal, plain lines are printed. */
export async function runSteps(groups: readonly (Step | readonly Step[])[]): Promise<void> {
  let failure: unknown;
  const task = (step: Step): ListrTask => ({
    title: step.title,
    rendererOptions: { persistentOutput: false, outputBar: 1 },
    task: async (_context, handle) => {
      let last = "";
      const outcome = await step
        .run((line) => {
          if (line !== last) handle.output = line;
          last = line;
        })
        .catch((error: unknown) => {
          failure ??= error;
          throw new Error(headline(error));
        });
      if (outcome) handle.title = `${step.title}: ${outcome}`;
    },
  });
  const tasks = groups.map((group): ListrTask => {
    const steps: readonly Step[] = "run" in group ? [group] : group;
    const [only] = steps;
    if (only && steps.length === 1) return task(only);
    return {
      title: steps.map((step) => step.title).join(", "),
      task: (_context, handle) => handle.newListr(steps.map(task), { concurrent: true, exitOnError: true }),
    };
  });
  const list = new Listr(tasks, {
    concurrent: false,
    registerSignalListeners: false,
    fallbackRenderer: "simple",
    rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false },
    fallbackRendererOptions: { timer: PRESET_TIMER },
  });
  await list.run().catch((error: unknown) => {
    throw failure ?? error;
  });
}

/** Returns the first line of a failure for the list; the whole message follows below the list. */
function headline(error: unknown): string {
  const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return first.replace(/:$/, "");
}
