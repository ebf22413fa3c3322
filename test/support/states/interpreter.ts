import { delayOf, isMatched, type Retrier, StatesError } from "./errors";
import { evaluated } from "./expressions";

export { StatesError } from "./errors";

type Definition = Readonly<Record<string, unknown>>;
type Variables = Record<string, unknown>;

/** The time of a simulation, in milliseconds since 1970. It moves only when something in the simulation takes time. */
export interface Clock {
  now(): number;
  advance(seconds: number): void;
}

/** What a task does: it returns the result of its service, or throws a `StatesError`. It may move the clock. */
export type Work = (call: TaskCall) => Promise<unknown>;

export interface TaskCall {
  readonly state: string;
  readonly resource: string;
  readonly args: unknown;
  /** The `TimeoutSeconds` of the state. */
  readonly timeoutSeconds?: number;
}

export interface Execution {
  readonly status: "SUCCEEDED" | "FAILED";
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** The states that were entered, in order. */
  readonly path: readonly string[];
  /** The events that its history has. A standard execution fails at 25,000. */
  readonly events: number;
  /** The delays before retries and the waits, in seconds: which state waited, and how long. */
  readonly waits: readonly { readonly state: string; readonly seconds: number }[];
}

interface Running {
  readonly work: Work;
  readonly clock: Clock;
  readonly execution: Readonly<Record<string, unknown>>;
  readonly path: string[];
  readonly waits: { state: string; seconds: number }[];
  events: number;
}

/** A state that ends its machine, or the name of the next. */
type Step = { readonly next: string; readonly input: unknown } | { readonly output: unknown };

/**
 * Runs a definition in Amazon States Language (JSONata) with a simulated clock: a wait of an hour takes no time. It knows the states
 * and fields that the ingestion flow has, and refuses any other.
 */
export async function runDefinition(
  definition: Definition,
  options: { readonly input: unknown; readonly executionArn: string; readonly work: Work; readonly clock: Clock },
): Promise<Execution> {
  const running: Running = {
    work: options.work,
    clock: options.clock,
    execution: {
      Id: options.executionArn,
      Input: options.input,
      StartTime: new Date(options.clock.now()).toISOString(),
    },
    path: [],
    waits: [],
    events: 2,
  };
  const seen = () => ({ path: running.path, events: running.events, waits: running.waits });
  try {
    const output = await runMachine(definition, options.input, {}, {}, running);
    return { status: "SUCCEEDED", output, ...seen() };
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return { status: "FAILED", error: error.error, cause: error.cause, ...seen() };
  }
}

async function runMachine(
  machine: Definition,
  input: unknown,
  variables: Variables,
  context: Definition,
  running: Running,
): Promise<unknown> {
  const states = machine["States"] as Readonly<Record<string, Definition>>;
  let step: Step = { next: machine["StartAt"] as string, input };
  while ("next" in step) {
    const state: Definition | undefined = states[step.next];
    if (!state) throw new Error(`there is no state ${step.next}`);
    running.path.push(step.next);
    running.events += 2;
    step = await new StateRun(step.next, state, step.input, variables, context, running).run();
  }
  return step.output;
}

/** One visit of a state. */
class StateRun {
  private readonly context: Definition;

  constructor(
    private readonly name: string,
    private readonly state: Definition,
    private readonly input: unknown,
    private readonly variables: Variables,
    private readonly outer: Definition,
    private readonly running: Running,
  ) {
    this.context = {
      ...outer,
      Execution: running.execution,
      State: { Name: name, EnteredTime: new Date(running.clock.now()).toISOString() },
    };
  }

  async run(): Promise<Step> {
    switch (this.state["Type"]) {
      case "Pass":
        return this.goesOn(this.state, { input: this.input }, this.input);
      case "Choice":
        return this.choose();
      case "Wait":
        this.wait(Number(await this.read(this.state["Seconds"], {})));
        return this.goesOn(this.state, {}, this.input);
      case "Task":
        return this.attempt((args) => this.call(args));
      case "Map":
        return this.attempt(() => this.each());
      case "Fail":
        throw new StatesError(
          String(await this.read(this.state["Error"], {})),
          String(await this.read(this.state["Cause"] ?? "", {})),
        );
      default:
        throw new Error(`the interpreter does not know ${this.name}'s type ${String(this.state["Type"])}`);
    }
  }

  private async choose(): Promise<Step> {
    for (const choice of this.state["Choices"] as readonly Definition[]) {
      if ((await this.read(choice["Condition"], {})) === true) return this.goesOn(choice, {}, this.input);
    }
    return { next: this.state["Default"] as string, input: this.input };
  }

  private async attempt(work: (args: unknown) => Promise<unknown>): Promise<Step> {
    const tried = new Map<Retrier, number>();
    for (;;) {
      try {
        const result = await work(await this.read(this.state["Arguments"], {}));
        return await this.goesOn(this.state, { result }, result);
      } catch (error) {
        if (!(error instanceof StatesError)) throw error;
        const retrier = ((this.state["Retry"] ?? []) as readonly Retrier[]).find((one) => isMatched(one, error));
        const before = retrier ? (tried.get(retrier) ?? 0) : 0;
        if (retrier && before < (retrier.MaxAttempts ?? 3)) {
          tried.set(retrier, before + 1);
          this.wait(delayOf(retrier, before));
          continue;
        }
        const catcher = ((this.state["Catch"] ?? []) as readonly Definition[]).find((one) =>
          isMatched(one as unknown as Retrier, error),
        );
        if (!catcher) throw error;
        const errorOutput = { Error: error.error, Cause: error.cause };
        return this.goesOn(catcher, { errorOutput }, errorOutput);
      }
    }
  }

  private async call(args: unknown): Promise<unknown> {
    const timeoutSeconds = this.state["TimeoutSeconds"] as number | undefined;
    this.running.events += 4;
    return this.running.work({
      state: this.name,
      resource: this.state["Resource"] as string,
      args,
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    });
  }

  private async each(): Promise<unknown[]> {
    const results: unknown[] = [];
    const items = (await this.read(this.state["Items"], {})) as readonly unknown[];
    for (const [Index, Value] of items.entries()) {
      this.running.events += 2;
      const context = { ...this.outer, Map: { Item: { Index, Value } } };
      const input = await evaluated(this.state["ItemSelector"], this.variables, {
        input: this.input,
        context: { ...this.context, ...context },
      });
      const machine = this.state["ItemProcessor"] as Definition;
      results.push(await runMachine(machine, input, { ...this.variables }, context, this.running));
    }
    return results;
  }

  private wait(seconds: number): void {
    this.running.waits.push({ state: this.name, seconds });
    this.running.clock.advance(seconds);
  }

  /** Assigns variables and makes the output of a state, a choice or a catcher. Both see the variables as they were. */
  private async goesOn(part: Definition, seen: object, otherwise: unknown): Promise<Step> {
    const output = part["Output"] === undefined ? otherwise : await this.read(part["Output"], seen);
    Object.assign(this.variables, await this.read(part["Assign"] ?? {}, seen));
    return part["End"] === true ? { output } : { next: part["Next"] as string, input: output };
  }

  private read(value: unknown, seen: object): Promise<unknown> {
    return evaluated(value, this.variables, { input: this.input, context: this.context, ...seen });
  }
}
