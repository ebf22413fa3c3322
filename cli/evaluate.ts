import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { nearest } from "../contracts/problems";
import { lint, type LintProblem } from "../evaluate/lints";
import { platformProgram } from "../evaluate/program";
import { recordProgram, type RecordedResource } from "../evaluate/record";
import { EnvironmentError, readSettings } from "../infra/config";
import type { EnvironmentConfig } from "../infra/schema";
import { UserError } from "../local/errors";
import { REPOSITORY } from "../local/paths";
import { analyzeState, StateError } from "../policies/analyze";
import { evaluate, type Report } from "../policies/evaluate";
import type { PolicyResource } from "../policies/rule";

/** Returns the path of an environment's stack file. */
export const stackFile = (environment: string): string => join(REPOSITORY, `Pulumi.${environment}.yaml`);

/** Lists the environments that have a stack file. */
const environments = (): string[] =>
  readdirSync(REPOSITORY)
    .flatMap((name) => /^Pulumi\.([^.]+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();

/** Reads a stack file's configuration in the form in which the Pulumi engine passes it to the program: every value is text. */
export function configOf(environment: string, file = stackFile(environment)): Record<string, string> {
  if (!existsSync(file)) {
    const known = environments();
    const { suggestion } = nearest(environment, known);
    throw new UserError(
      `There is no environment "${environment}": ${file} does not exist; allowed: ${known.join(", ")}` +
        (suggestion === undefined ? "" : `. Did you mean "${suggestion}"?`),
      "Environments are named by their files: Pulumi.<environment>.yaml",
      2,
    );
  }
  let parsed: { config?: Record<string, unknown> } | null;
  try {
    parsed = parse(readFileSync(file, "utf8")) as typeof parsed;
  } catch (error) {
    throw new UserError(`${file} is not YAML: ${(error as Error).message}`, undefined, 2);
  }
  return Object.fromEntries(
    Object.entries(parsed?.config ?? {}).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** Returns an environment's settings, defaults included. */
export function settingsOf(environment: string): EnvironmentConfig {
  const { config, problems } = readSettings(environment, configOf(environment));
  if (!config) throw new UserError(new EnvironmentError(problems).message, undefined, 2);
  return config;
}

/** Evaluates a program for an environment in this process, by default `infra/index.ts`. It needs no engine, credentials or network. */
export async function evaluateEnvironment(
  environment: string,
  file?: string,
  program = platformProgram(),
): Promise<readonly RecordedResource[]> {
  const { resources } = await recordProgram(program, {
    stack: environment,
    config: configOf(environment, file),
    answers: {},
  }).catch((error: Error) => {
    // Settings, contracts and component arguments name their own problem.
    const known = error.name === "ComponentArgumentError" || "problems" in error;
    throw known ? new UserError(error.message, undefined, 2) : error;
  });
  return resources;
}

const asPolicyResource = (resource: RecordedResource): PolicyResource => {
  const { urn, type, name, state, inputs, protect, parent, provider, propertyDependencies } = resource;
  const opts = { protect, parent, ...(provider ? { provider } : {}) };
  return { urn, type, name, props: { ...state, ...inputs }, opts, propertyDependencies };
};

export interface Checked {
  readonly report: Report;
  /** The faults that AWS would show only after a deployment. */
  readonly problems: readonly LintProblem[];
  readonly resources: readonly RecordedResource[];
}

/** Checks the resources that an environment's program registers against all rules. */
export async function checkEnvironment(
  environment: string,
  file?: string,
  program = platformProgram(),
): Promise<Checked> {
  const resources = await evaluateEnvironment(environment, file, program);
  const policed = resources.filter(({ custom }) => custom).map(asPolicyResource);
  return { resources, report: evaluate(policed, { environment }), problems: lint(resources) };
}

/** Checks the deployed resources in a file written by `pulumi stack export` against all rules. It needs no credentials and no login. */
export function checkState(environment: string, file: string): Report {
  const hint = `\`pulumi stack export -s ${environment} --file ${file}\` writes it.`;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UserError(
      missing ? `There is no file ${file}` : `${file} cannot be read: ${(error as Error).message}`,
      hint,
      2,
    );
  }
  try {
    return analyzeState(text, { environment });
  } catch (error) {
    if (error instanceof StateError) throw new UserError(`${file}: ${error.message}`, hint, 2);
    throw error;
  }
}
