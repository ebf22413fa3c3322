import { Listr, type ListrTask, PRESET_TIMER } from "listr2";

export interface Step {
  readonly title: string;
  /** Does the work; `say` shows what it is doing right now. What it returns becomes part of the title. */
  run(say: (line: string) => void): Promise<string | void>;
}

/** Steps with live progress and their durations; groups run side by side. Plain lines where there is no terminal. */
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

/** What the list shows of a failure: the whole of it follows once, below the list. */
function headline(error: unknown): string {
  const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return first.replace(/:$/, "");
}
