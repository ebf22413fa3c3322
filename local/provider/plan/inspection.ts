import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import type { RequestCheck } from "../clients";
import { describe } from "../lifecycle";
import { madeUpPaths, MARKER } from "./unknown";

/** A resource whose requests were checked. */
export interface Inspected {
  readonly type: string;
  readonly name: string;
  /** The problems that AWS would refuse the requests for, each with operation and member. */
  readonly problems: readonly string[];
  /** The operations whose requests were checked. */
  readonly operations: readonly string[];
  /** The reason why later requests could not be built; undefined if all were built. */
  readonly stopped: string | undefined;
}

/** The beginning of a stand-in, because JavaScript's error quotes no more of a text that is not JSON. */
const QUOTED = MARKER.slice(0, 10);
/** The names of the errors with which AWS, or a handler in its place, refuses a request. */
const REFUSAL = /(Exception|Fault)$/;
/** The number of times that a resource may send the same request. In a plan, every answer to it is the same. */
const REPEATS = 3;

class Inspection {
  readonly problems = new Set<string>();
  readonly operations: string[] = [];
  private readonly asked = new Map<string, number>();

  constructor(private readonly adopts: boolean) {}

  /** Whether a read would find the resource, because it was created before or because it manages a resource that AWS has created. */
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
    if (times > REPEATS) throw new Error(`the request ${operation} is repeated without end`);
  }
}

const current = new AsyncLocalStorage<Inspection>();

/** Returns whether a read would find the resource. */
export const isThere = (): boolean => current.getStore()?.isThere ?? false;

/** A check that accepts every request and notes the problems for the resource. */
export const inspecting =
  (check: RequestCheck): RequestCheck =>
  (service, operation, params) => {
    current.getStore()?.look(check, service, operation, params);
    return [];
  };

/** Makes a handler build its requests, sends none of them, and returns the result of their check. */
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
  // Some resources manage a resource that AWS has created, and fail if they do not find it.
  if (error !== undefined && !inspection.hasMade) [inspection, error] = await run(true);
  const stopped = error === undefined ? undefined : describe(error);
  const refused =
    error instanceof Error && REFUSAL.test(error.name) && !stopped?.includes(QUOTED) ? [stopped ?? ""] : [];
  const { type, name } = resource;
  return { type, name, problems: [...inspection.problems, ...refused], operations: inspection.operations, stopped };
}
