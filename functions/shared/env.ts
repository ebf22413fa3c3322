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

/** A JSON object of strings from the environment; empty when the variable is not set. */
export function stringMap(name: string): Readonly<Record<string, string>> {
  const text = process.env[name];
  if (text === undefined || text === "") return {};
  const problem = `environment variable ${name} is not a JSON object of strings`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(problem);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(problem);
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  if (entries.length !== Object.keys(value).length) throw new Error(problem);
  return Object.fromEntries(entries);
}

/** Names the environment in metrics and messages. */
export const environmentName = (): string => process.env.PLATFORM_ENVIRONMENT ?? "unnamed";
