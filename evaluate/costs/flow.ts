import type { RecordedResource } from "../recorded";

/** What one file that runs alone on the light engine uses of the flow. */
export interface FlowUse {
  /** State transitions of its execution. */
  readonly transitions: number;
  /** The memory of the light engine, in GB. */
  readonly lightGiB: number;
  /** The memory of the largest of the other functions, in GB. */
  readonly otherGiB: number;
}

interface State {
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
}

/** Reads the use of the flow from an environment's resources; undefined if there is no ingestion pipeline. */
export function flowUse(resources: readonly RecordedResource[]): FlowUse | undefined {
  const machine = resources.find(
    ({ type, name }) => type === "aws:sfn/stateMachine:StateMachine" && /-flow$/.test(name),
  );
  if (!machine) return undefined;
  const pipeline = machine.name.replace(/-flow$/, "");
  const { StartAt, States } = JSON.parse(String(machine.inputs.definition)) as {
    readonly StartAt: string;
    readonly States: Readonly<Record<string, State>>;
  };
  const functions = resources.filter(
    ({ type, name }) => type === "aws:lambda/function:Function" && name.startsWith(`${pipeline}-`),
  );
  const memory = functions.map(({ name, inputs }) => [name, Number(inputs.memorySize) / 1024] as const);
  const isLight = (name: string): boolean => name.includes("-light-etl-");
  return {
    // After its run, the execution looks at the queue once more.
    transitions: steps(States, StartAt, "RunLight") + steps(States, "RunLight", "Ingested"),
    lightGiB: Math.max(0, ...memory.filter(([name]) => isLight(name)).map(([, gib]) => gib)),
    otherGiB: Math.max(0, ...memory.filter(([name]) => !isLight(name)).map(([, gib]) => gib)),
  };
}

/** The number of transitions on the shortest way between two states. */
function steps(states: Readonly<Record<string, State>>, from: string, to: string): number {
  const distance = new Map([[from, 0]]);
  for (const [name, far] of distance) {
    if (name === to) return far + 1;
    const { Next, Default, Choices = [] } = states[name] ?? {};
    for (const next of [Next, Default, ...Choices.map((choice) => choice.Next)])
      if (next !== undefined && !distance.has(next)) distance.set(next, far + 1);
  }
  throw new Error(`the flow has no way from ${from} to ${to}`);
}
