import jsonata from "jsonata";
import { StatesError } from "./errors";

const compiled = new Map<string, ReturnType<typeof jsonata>>();

function expression(text: string): ReturnType<typeof jsonata> {
  const known = compiled.get(text);
  if (known) return known;
  const made = jsonata(text);
  compiled.set(text, made);
  return made;
}

/** Evaluates the JSONata in a field of a state, and in all that is inside it. An expression without a value is an error. */
export async function evaluated(
  value: unknown,
  variables: Readonly<Record<string, unknown>>,
  states: object,
): Promise<unknown> {
  if (typeof value === "string") {
    const text = /^\{%([\s\S]*)%\}$/.exec(value)?.[1];
    if (text === undefined) return value;
    let result: unknown;
    try {
      result = await expression(text).evaluate(undefined, { ...variables, states });
    } catch (error) {
      throw new StatesError("States.QueryEvaluationError", `${text}: ${(error as Error).message}`);
    }
    if (result === undefined) throw new StatesError("States.QueryEvaluationError", `${text} has no value`);
    // JSONata marks lists as sequences.
    return JSON.parse(JSON.stringify(result)) as unknown;
  }
  if (Array.isArray(value)) return Promise.all(value.map((one) => evaluated(one, variables, states)));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(async ([name, one]) => [name, await evaluated(one, variables, states)]);
    return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
  }
  return value;
}
