/** A component was given something that AWS, or the platform, would refuse. */
export class ComponentArgumentError extends Error {
  constructor(component: string, name: string, argument: string, value: unknown, allowed: string) {
    super(`${component} "${name}": ${argument} is ${JSON.stringify(value) ?? "unset"}; allowed: ${allowed}`);
    this.name = "ComponentArgumentError";
  }
}

/** Checks of one component's plain arguments, named as its user wrote them. */
export class ArgumentCheck {
  constructor(
    private readonly component: string,
    private readonly name: string,
  ) {}

  require(condition: boolean, argument: string, value: unknown, allowed: string): void {
    if (!condition) throw new ComponentArgumentError(this.component, this.name, argument, value, allowed);
  }

  /** A whole number within bounds, when given. */
  integer(argument: string, value: number | undefined, minimum: number, maximum: number): void {
    if (value === undefined) return;
    const fits = Number.isInteger(value) && value >= minimum && value <= maximum;
    this.require(fits, argument, value, `a whole number from ${minimum} to ${maximum}`);
  }

  oneOf<T>(argument: string, value: T | undefined, allowed: readonly T[]): void {
    if (value === undefined) return;
    this.require(allowed.includes(value), argument, value, allowed.join(", "));
  }

  matches(argument: string, value: string | undefined, pattern: RegExp, allowed: string): void {
    if (value === undefined) return;
    this.require(pattern.test(value), argument, value, allowed);
  }
}
