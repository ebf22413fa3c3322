/** The value of an environment variable the function cannot do without. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`environment variable ${name} is not set`);
  return value;
}

/** A positive whole number from the environment, or the default when the variable is not set. */
export function positiveInteger(name: string, byDefault: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return byDefault;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new Error(`environment variable ${name} is "${text}": expected a whole number above 0`);
  }
  return value;
}

/** Names the environment in metrics and messages. */
export const environmentName = (): string => process.env.PLATFORM_ENVIRONMENT ?? "unnamed";
