import { configOf } from "../../cli/evaluate";
import { platformProgram } from "../../evaluate/program";
import { recordProgram } from "../../evaluate/record";
import type { Inspected } from "../../local/provider/plan/inspection";
import { planMode } from "../../local/provider/plan/server";
import { modelFolder } from "../../local/provider/strict/models";
import { pythonVenv } from "./ministack";

export interface PlannedProgram {
  /** Every resource whose requests were looked at. */
  readonly inspected: readonly Inspected[];
  readonly unknownTypes: readonly string[];
}

/** What a plan finds about the requests of a program, without an engine: resource by resource, as the engine would hand them over. */
export async function plannedRequests(
  program: () => unknown,
  options: { readonly stack?: string; readonly config?: Readonly<Record<string, string>> } = {},
): Promise<PlannedProgram> {
  const { resources } = await recordProgram(program, { ...options, preview: true });
  const inspected: Inspected[] = [];
  const unknownTypes: string[] = [];
  const mode = planMode({
    account: "123456789012",
    region: "eu-central-1",
    models: modelFolder(pythonVenv()),
    findings: {
      inspected: (resource) => void inspected.push(resource),
      unchecked: (type) => void unknownTypes.push(type),
    },
  });
  const session = mode.session();
  for (const { type, name, state, custom } of resources) {
    if (!custom || !type.startsWith("aws:")) continue;
    const resource = mode.resource(session, type, name);
    const { inputs } = resource.check({}, state, new Uint8Array([1]));
    await resource.plannedCreate(inputs);
  }
  return { inspected, unknownTypes };
}

/** The same of the platform in an environment, with some settings changed. */
export const plannedPlatform = (
  environment: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PlannedProgram> =>
  plannedRequests(platformProgram(), { stack: environment, config: { ...configOf(environment), ...settings } });

/** Everything that AWS would refuse as `name: problem`, sorted. */
export const refusedOf = ({ inspected }: PlannedProgram): string[] =>
  inspected.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)).sort();
