import * as z from "zod/mini";

/** A variable that holds any text but none at all. */
export const text = z.string().check(z.minLength(1));

/** A variable that holds a whole number above 0. */
export const wholeNumber = z.pipe(
  z.string().check(z.regex(/^[1-9]\d{0,14}$/, { error: "a whole number above 0" })),
  z.transform(Number),
);

/** What every function has: the name that its logs carry. */
export const LOGGED = { POWERTOOLS_SERVICE_NAME: text } as const;

/** What a function that records figures has besides: the namespace of its metrics, and the environment as their dimension. */
export const MEASURED = { ...LOGGED, POWERTOOLS_METRICS_NAMESPACE: text, PLATFORM_ENVIRONMENT: text } as const;

const forgetful: (() => void)[] = [];

/**
 * Gives access to a function's environment variables. They are parsed when they are first asked for, which is at a cold start,
 * and all that is wrong with them is reported together. No variable has a default: the component that deploys the function
 * sets each of them.
 */
export function environmentOf<T>(schema: z.ZodMiniType<T>): () => T {
  let parsed: { readonly value: T } | undefined;
  forgetful.push(() => (parsed = undefined));
  return () => (parsed ??= { value: parse(schema, process.env) }).value;
}

/** Has every function parse its environment again. */
export const forgetEnvironments = (): void => forgetful.forEach((forget) => forget());

function parse<T>(schema: z.ZodMiniType<T>, variables: NodeJS.ProcessEnv): T {
  const result = schema.safeParse(variables);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, code, message }) => {
    const name = String(path[0]);
    const value = variables[name];
    if (value === undefined || value === "") return `${name} is not set`;
    return `${name} is ${JSON.stringify(value)}; allowed: ${code === "invalid_format" ? message : "text"}`;
  });
  throw new Error(
    `The environment variables of the function are wrong: ${problems.join("; ")}. Deploy the platform again.`,
  );
}
