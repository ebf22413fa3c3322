import { evaluate, type EvaluateOptions, type Report } from "./evaluate";
import type { PolicyResource, Props } from "./rule";

/** What `pulumi stack export` prints, as far as it concerns rules. */
interface Checkpoint {
  readonly deployment?: {
    readonly resources?: readonly {
      readonly urn: string;
      readonly type: string;
      readonly inputs?: Props;
      readonly outputs?: Props;
      readonly protect?: boolean;
      readonly provider?: string;
      readonly parent?: string;
      readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
    }[];
  };
}

/** Holds an exported state against the rules: an audit of what is deployed, without the program and without credentials. */
export function analyzeState(exported: string, options: EvaluateOptions): Report {
  const { deployment } = JSON.parse(exported) as Checkpoint;
  const resources = (deployment?.resources ?? []).map((one): PolicyResource => ({
    urn: one.urn,
    type: one.type,
    name: one.urn.split("::").at(-1) ?? "",
    props: { ...one.outputs, ...one.inputs },
    opts: { protect: one.protect, provider: one.provider, parent: one.parent },
    propertyDependencies: Object.fromEntries(
      Object.entries(one.propertyDependencies ?? {}).map(([property, urns]) => [property, urns ?? []]),
    ),
  }));
  return evaluate(resources, options);
}
