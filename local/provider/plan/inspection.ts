import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import type { RequestCheck } from "../clients";
import { describe } from "../lifecycle";
import { madeUpPaths, MARKER } from "./unknown";

/** A resource whose requests were looked at. */
export interface Inspected {
  readonly type: string;
  readonly name: string;
  /** What AWS would refuse, each with operation and member. */
  readonly problems: readonly string[];
  /** The operations whose requests were checked. */
  readonly operations: readonly string[];
  /** Why the requests after those could not be made up; undefined when all were. */
  readonly stopped: string | undefined;
}

/** The beginning of a stand-in: JavaScript quotes no more of a text that is no JSON. */
const QUOTED = MARKER.slice(0, 10);
/** The names of the errors with which AWS, and a handler in its place, refuses something. */
const REFUSAL = /(Exception|Fault)$/;
/** How often a resource may ask the same: in a plan a second answer says no more than the first. */
const REPEATS = 3;

class Inspection {
  readonly problems = new Set<string>();
  readonly operations: string[] = [];
  private readonly asked = new Map<string, number>();

  constructor(private readonly adopts: boolean) {}

  /** Whether what is asked for would be there: something was made by now, or the resource takes over what AWS made. */
  get isThere(): boolean {
    return this.adopts || this.hasMade;
  }

  get hasMade(): boolean {
    return this.operations.some((operation) => !/^(Describe|Get|List|Search|Head)/.test(operation));
  }

  look(check: RequestCheck, service: string, operation: string, params: unknown): void {
    const paths = new Set(madeUpPaths(params, operation));
    for (const problem of check(service, operation, params)) {
      const text = problem.startsWith(operation) ? problem : `${operation}.${problem}`;
      if (!text.includes(QUOTED) && !paths.has(text.slice(0, text.indexOf(": ")))) this.problems.add(text);
    }
    this.operations.push(operation);
    const key = `${operation} ${inspect(params, { depth: null, maxArrayLength: null })}`;
    const times = (this.asked.get(key) ?? 0) + 1;
    this.asked.set(key, times);
    if (times > REPEATS) throw new Error(`${operation} is asked over and over`);
  }
}

const current = new AsyncLocalStorage<Inspection>();

/** Whether what the resource asks for would be there. */
export const isThere = (): boolean => current.getStore()?.isThere ?? false;

/** A check that finds no fault with a request: what it finds is for the resource whose request it is. */
export const inspecting =
  (check: RequestCheck): RequestCheck =>
  (service, operation, params) => {
    current.getStore()?.look(check, service, operation, params);
    return [];
  };

/** Lets a handler make its requests, none of which is sent, and returns what was found about them. */
export async function inspectRequests(
  resource: { readonly type: string; readonly name: string },
  requests: () => Promise<unknown>,
): Promise<Inspected> {
  const run = async (adopts: boolean): Promise<[Inspection, unknown]> => {
    const inspection = new Inspection(adopts);
    const error: unknown = await current.run(inspection, requests).then(
      () => undefined,
      (reason: unknown) => reason ?? new Error("no reason given"),
    );
    return [inspection, error];
  };
  let [inspection, error] = await run(false);
  // Some resources take over what AWS has made, and refuse to go on without it.
  if (error !== undefined && !inspection.hasMade) [inspection, error] = await run(true);
  const stopped = error === undefined ? undefined : describe(error);
  const refused =
    error instanceof Error && REFUSAL.test(error.name) && !stopped?.includes(QUOTED) ? [stopped ?? ""] : [];
  const { type, name } = resource;
  return { type, name, problems: [...inspection.problems, ...refused], operations: inspection.operations, stopped };
}
