/**
 * What a rule sees and says. Rules know resources only: they run alike in the engine (CrossGuard), in the process of
 * `platform check` and over an exported state.
 */

export type Props = Readonly<Record<string, unknown>>;

export interface PolicyResource {
  readonly urn: string;
  /** E.g. `aws:s3/bucket:Bucket`. */
  readonly type: string;
  readonly name: string;
  readonly props: Props;
  readonly opts?: {
    readonly protect?: boolean;
    /** URN of the provider; undefined or a name starting with `default` for the default one. */
    readonly provider?: string;
    readonly parent?: string;
  };
  /** Input property → URNs of the resources it was made from. Joins what has no known names yet. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

export type Outcome =
  | { readonly kind: "compliant" }
  | { readonly kind: "violation"; readonly message: string }
  | { readonly kind: "unknown"; readonly what: string }
  | { readonly kind: "not-applicable"; readonly reason: string };

export const compliant: Outcome = { kind: "compliant" };
/** What is wrong, in one sentence without the resource's name. */
export const violation = (message: string): Outcome => ({ kind: "violation", message });
export const notApplicable = (reason: string): Outcome => ({ kind: "not-applicable", reason });

/** What a rule may look up beside the resource in question. */
export interface StackView {
  readonly environment: string;
  readonly settings: Settings;
  /** All resources of a type. */
  ofType(type: string): readonly PolicyResource[];
  byUrn(urn: string): PolicyResource | undefined;
  /**
   * Resources of `type` whose input `property` refers to `resource`: by dependency where that is known, else by one of the
   * values that identify it.
   */
  referring(
    resource: PolicyResource,
    type: string,
    property: string,
    identifiers: readonly string[],
  ): readonly PolicyResource[];
}

/** What an environment may decide about rules; see `settings.ts`. */
export interface Settings {
  readonly requiredTags: readonly string[];
  readonly allowedRegions: readonly string[];
  readonly permissionsBoundaryRequired: boolean;
}

export interface Rule {
  /** Types the rule speaks about. */
  readonly types: readonly string[];
  check(resource: PolicyResource, stack: StackView): Outcome;
}

/** A value nobody knows yet, or may read. Reading one ends the predicate: the outcome is `unknown`. */
export class UnknownValueError extends Error {
  constructor(
    readonly property: string,
    why = "is not known before deployment",
  ) {
    super(`${property} ${why}`);
    this.name = "UnknownValueError";
  }
}

/** The engine's own error of that name does not carry it as its name. */
const isUnknownValue = (error: unknown): error is Error =>
  error instanceof Error && (error.name === "UnknownValueError" || error.constructor.name === "UnknownValueError");

/** Runs a predicate; what it could not know is told as such, and never taken for compliant. */
export function outcomeOf(rule: Rule, resource: PolicyResource, stack: StackView): Outcome {
  try {
    return rule.check(resource, stack);
  } catch (error) {
    if (isUnknownValue(error)) return { kind: "unknown", what: error.message };
    throw error;
  }
}
