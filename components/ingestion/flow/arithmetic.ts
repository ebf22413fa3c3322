import type { Retrier } from "./retries";
import type { State } from "./states";

/**
 * What a definition can cost at worst, worked out from its timeouts, its retries and its waits: the seconds between two renewals of a
 * lease, and the events of a history.
 */

/** The states that renew the lease of their dataset when they succeed. */
const RENEWS: readonly string[] = ["Plan", "RenewLease", "FailRun", "Commit"];
/** The states that change the lake without a look at the lease. They must have ended before the lease does. */
const WRITES: readonly string[] = ["RunLight", "RunSpark", "RegisterPartitions"];
/** Where a round begins. */
const ROUND = "Plan";

/** The events of an attempt of a task (scheduled, submitted, started, ended) and of a state (entered, left). */
const EVENTS_OF_ATTEMPT = 4;
const EVENTS_OF_STATE = 2;

type States = Readonly<Record<string, State>>;
type Retriers = readonly Partial<Retrier>[];

const statesOf = (definition: State): States => definition["States"] as States;

/** The largest number of attempts of a state. */
function attempts(state: State): number {
  return ((state["Retry"] ?? []) as Retriers).reduce((sum, { MaxAttempts = 3 }) => sum + MaxAttempts, 1);
}

/** The longest time of a task with all its retries, in seconds. A task without a timeout has no longest time. */
export function longestSeconds(state: State): number {
  if (state["Type"] !== "Task") return 0;
  const timeout = (state["TimeoutSeconds"] as number | undefined) ?? Infinity;
  const delays = ((state["Retry"] ?? []) as Retriers).flatMap(
    ({ MaxAttempts = 3, IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity }) =>
      Array.from({ length: MaxAttempts }, (_, i) => Math.min(IntervalSeconds * BackoffRate ** i, MaxDelaySeconds)),
  );
  return attempts(state) * timeout + delays.reduce((sum, seconds) => sum + seconds, 0);
}

function successors(state: State): string[] {
  const branches = [state, ...((state["Choices"] ?? []) as State[]), ...((state["Catch"] ?? []) as State[])];
  return [...branches.map(({ Next }) => Next), state["Default"]].filter((name) => typeof name === "string");
}

interface Path {
  readonly states: readonly string[];
  readonly cost: number;
}

interface Search {
  /** The states before which a path ends. */
  readonly before: readonly string[];
  /** Whether a path may end with a state. */
  readonly endsWith: (name: string) => boolean;
  readonly cost: (name: string) => number;
}

/** Finds the dearest path that begins with a state. A way around in a circle is an error. */
function dearest(states: States, from: string, search: Search): Path {
  const known = new Map<string, Path>();
  const visit = (name: string, path: readonly string[]): Path => {
    if (path.includes(name)) throw new Error(`The flow can go around from ${name} to ${name} without a renewal.`);
    const seen = known.get(name);
    if (seen) return seen;
    const rest = successors(states[name] ?? {})
      .filter((next) => !search.before.includes(next))
      .map((next) => visit(next, [...path, name]))
      .reduce((most, one) => (one.cost > most.cost ? one : most), NOTHING);
    const found =
      rest.states.length > 0 || search.endsWith(name)
        ? { states: [name, ...rest.states], cost: search.cost(name) + rest.cost }
        : NOTHING;
    known.set(name, found);
    return found;
  };
  return visit(from, []);
}

const NOTHING: Path = { states: [], cost: 0 };

/** The longest time after a renewal of the lease in which a state may change the lake. */
export interface Unrenewed {
  readonly renewedBy: string;
  readonly states: readonly string[];
  readonly seconds: number;
}

/**
 * Finds, for each state that renews the lease, the longest time until the last state that changes the lake without a renewal has
 * ended. The lease must be longer: otherwise another execution may write the same objects.
 */
export function unrenewedSeconds(definition: State): Unrenewed[] {
  const states = statesOf(definition);
  const search: Search = {
    before: RENEWS,
    endsWith: (name) => WRITES.includes(name),
    cost: (name) => longestSeconds(states[name] ?? {}),
  };
  return RENEWS.flatMap((renewedBy) => {
    const state = states[renewedBy];
    if (!state) return [];
    // The renewal may have been the first thing that its function did.
    const first = (state["TimeoutSeconds"] as number | undefined) ?? Infinity;
    const [path] = successors(state)
      .filter((next) => !RENEWS.includes(next))
      .map((next) => dearest(states, next, search))
      .sort((a, b) => b.cost - a.cost);
    return path && path.states.length > 0 ? [{ renewedBy, states: path.states, seconds: first + path.cost }] : [];
  });
}

/** The most events that a round adds to an execution's history: one that succeeds, and one that fails. */
export function eventsOfRound(definition: State): { readonly succeeded: number; readonly failed: number } {
  const states = statesOf(definition);
  const search = { endsWith: () => true, cost: (name: string): number => eventsOf(states[name] ?? {}) };
  const succeeded = dearest(states, ROUND, { ...search, before: [ROUND, "FailRun"] }).cost;
  return { succeeded, failed: succeeded + dearest(states, "FailRun", { ...search, before: [ROUND] }).cost };
}

function eventsOf(state: State): number {
  // A map of this flow has one item at most: only a file that was alone in its run is quarantined.
  const inside = Object.values(statesOf((state["ItemProcessor"] ?? { States: {} }) as State));
  const own = state["Type"] === "Task" ? attempts(state) * EVENTS_OF_ATTEMPT : 0;
  return EVENTS_OF_STATE + own + inside.reduce((sum, one) => sum + EVENTS_OF_STATE + eventsOf(one), 0);
}
