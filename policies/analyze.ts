import { z } from "zod";
import { evaluate, type EvaluateOptions, type Report } from "./evaluate";
import { UnknownValueError, type PolicyResource, type Props } from "./rule";

const properties = z.record(z.string(), z.unknown());

/** The parts of the output of `pulumi stack export` that rules need. */
const exportSchema = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string().regex(/^urn:pulumi:[^:]+::[^:]+::.+::.+$/, "a URN"),
          type: z.string(),
          custom: z.boolean(),
          inputs: properties.optional(),
          outputs: properties.optional(),
          protect: z.boolean().optional(),
          provider: z.string().optional(),
          parent: z.string().optional(),
          /** Whether the resource was replaced and is still to be deleted. */
          delete: z.boolean().optional(),
          propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
        }),
      )
      .default([]),
  }),
});

/** The error for a text that is not an exported state, or not that of the environment. */
export class StateError extends Error {
  override readonly name = "StateError";
}

/** The key and the value that mark a secret: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/**
 * Properties as rules read them. An encrypted secret is unknown, and reading it raises an error that says so. A secret that
 * `--show-secrets` decrypted has its value.
 */
function readable(value: unknown, path = ""): unknown {
  if (value === null || typeof value !== "object") return value;
  const copy = (Array.isArray(value) ? [] : {}) as Record<string, unknown>;
  for (const [name, inner] of Object.entries(value as Props)) {
    const here = path === "" ? name : `${path}.${name}`;
    if (!isSecret(inner)) copy[name] = readable(inner, here);
    else if (typeof inner.plaintext === "string") copy[name] = JSON.parse(inner.plaintext) as unknown;
    else {
      Object.defineProperty(copy, name, {
        enumerable: true,
        get: () => {
          throw new UnknownValueError(here, "is a secret that the state does not show");
        },
      });
    }
  }
  return copy;
}

const isSecret = (value: unknown): value is { readonly plaintext?: unknown } =>
  value !== null && typeof value === "object" && (value as Props)[SIGNATURE] === SECRET;

/** The stack in a URN, which is `urn:pulumi:<stack>::<project>::<type>::<name>`. */
const stackOf = (urn: string): string => urn.split(":")[2] ?? "";

/**
 * Judges an exported state by the rules: an audit of what is deployed, without the program and without credentials. Rules judge
 * what the state says the cloud has, not what the program asks for.
 * @throws {StateError} The text is not a state, or it is the state of another stack than the environment's.
 */
export function analyzeState(exported: string, options: EvaluateOptions): Report {
  let parsed: unknown;
  try {
    // Some shells write a byte order mark.
    parsed = JSON.parse(exported.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new StateError(`it is not JSON: ${(error as Error).message}`);
  }
  const state = exportSchema.safeParse(parsed);
  if (!state.success) {
    const [issue] = state.error.issues;
    throw new StateError(
      `it is not an exported state: ${issue?.path.join(".") || "the whole text"}: ${issue?.message}`,
    );
  }
  const { resources } = state.data.deployment;
  const stacks = [...new Set(resources.map(({ urn }) => stackOf(urn)))];
  if (stacks.some((stack) => stack !== options.environment))
    throw new StateError(`it is the state of ${stacks.join(", ")}, not of ${options.environment}`);
  const policed = resources
    .filter((one) => one.custom && !one.delete)
    .map((one): PolicyResource => ({
      urn: one.urn,
      type: one.type,
      name: one.urn.split("::").slice(3).join("::"),
      props: readable(one.outputs ?? one.inputs ?? {}) as Props,
      opts: { protect: one.protect, provider: one.provider, parent: one.parent },
      propertyDependencies: Object.fromEntries(
        Object.entries(one.propertyDependencies ?? {}).map(([property, urns]) => [property, urns ?? []]),
      ),
    }));
  return evaluate(policed, options);
}
