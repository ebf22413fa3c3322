import * as pulumi from "@pulumi/pulumi";

/** What is wrong with one argument of a component. */
export interface ArgumentProblem {
  /** The path of the argument, for example `retention.archiveAfterDays`. */
  readonly argument: string;
  readonly value: unknown;
  /** What AWS and the platform accept. */
  readonly allowed: string;
  /** The accepted value that is nearest to the one that was given. */
  readonly suggestion?: string;
}

/** A value may hold outputs and resources, which are no JSON. */
const plain = (_key: string, value: unknown): unknown =>
  pulumi.Resource.isInstance(value) ? `a ${value.constructor.name}` : value;

/** A longer value, such as a whole program, is shown by its beginning and its end. */
const MAX_VALUE_LENGTH = 200;

function valueText(value: unknown): string {
  if (pulumi.Output.isInstance(value)) return "known only after the deployment";
  const text = JSON.stringify(value, plain) ?? "unset";
  if (text.length <= MAX_VALUE_LENGTH) return text;
  return `${text.slice(0, MAX_VALUE_LENGTH - 50)} … ${text.slice(-50)}`;
}

function problemText({ argument, value, allowed, suggestion }: ArgumentProblem): string {
  const hint = suggestion === undefined ? "" : ` (did you mean ${JSON.stringify(suggestion)}?)`;
  return `${argument} is ${valueText(value)}; allowed: ${allowed}${hint}`;
}

/** A component got arguments that AWS, or the platform, would refuse. The message lists all of them. */
export class ComponentArgumentError extends Error {
  constructor(
    component: string,
    name: string,
    readonly problems: readonly ArgumentProblem[],
  ) {
    const lines = problems.map(problemText);
    super(
      lines.length === 1
        ? `${component} "${name}": ${lines.join("")}`
        : `${component} "${name}": ${lines.length} problems\n${lines.map((line) => `  ${line}`).join("\n")}`,
    );
    this.name = "ComponentArgumentError";
  }
}

/** Checks plain arguments. Without a `report` it throws at the first problem; `settings` passes one that collects all problems. */
export class ArgumentCheck {
  constructor(
    component: string,
    name: string,
    private readonly report: (problem: ArgumentProblem) => void = (problem) => {
      throw new ComponentArgumentError(component, name, [problem]);
    },
  ) {}

  require(condition: boolean, argument: string, value: unknown, allowed: string): void {
    if (!condition) this.report({ argument, value, allowed });
  }

  /** Reports what a pure function has found. */
  add(problems: readonly ArgumentProblem[]): void {
    for (const problem of problems) this.report(problem);
  }

  /** Requires a whole number within bounds, if there is a value. */
  integer(argument: string, value: number | undefined, minimum: number, maximum: number): void {
    if (value === undefined) return;
    const fits = Number.isInteger(value) && value >= minimum && value <= maximum;
    this.require(fits, argument, value, `a whole number from ${minimum} to ${maximum}`);
  }

  /** Requires one of the listed values, if there is a value. */
  oneOf<T>(argument: string, value: T | undefined, allowed: readonly T[]): void {
    if (value === undefined) return;
    this.require(allowed.includes(value), argument, value, allowed.join(", "));
  }

  /** Requires a text of a pattern, if there is a value. */
  matches(argument: string, value: string | undefined, pattern: RegExp, allowed: string): void {
    if (value === undefined) return;
    this.require(pattern.test(value), argument, value, allowed);
  }
}
