import type { Levels } from "./levels";

export type Props = Readonly<Record<string, unknown>>;

/**
 * A resource as rules see it. Rules know resources only, so they run alike in the engine (CrossGuard), in the process of
 * `platform check` and over an exported state.
 */
export interface PolicyResource {
  readonly urn: string;
  /** The Pulumi type, for example `aws:s3/bucket:Bucket`. */
  readonly type: string;
  readonly name: string;
  readonly props: Props;
  readonly opts?: {
    readonly protect?: boolean;
    /** The URN of the provider. The default provider is undefined, or has a name that starts with `default`. */
    readonly provider?: string;
    readonly parent?: string;
  };
  /** Input property → URNs of the resources that its value came from. It joins resources whose names are not known yet. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

export type Outcome =
  | { readonly kind: "compliant" }
  | { readonly kind: "violation"; readonly message: string }
  | { readonly kind: "unknown"; readonly what: string }
  | { readonly kind: "not-applicable"; readonly reason: string };

export const compliant: Outcome = { kind: "compliant" };
/** A violation. The message says what is wrong, without the resource's name and without a full stop. */
export const violation = (message: string): Outcome => ({ kind: "violation", message });
export const notApplicable = (reason: string): Outcome => ({ kind: "not-applicable", reason });

/** What a rule may look up besides the resource that it judges. */
export interface StackView {
  readonly environment: string;
  readonly settings: Settings;
  readonly resources: readonly PolicyResource[];
  /** All resources of a type. */
  ofType(type: string): readonly PolicyResource[];
  byUrn(urn: string): PolicyResource | undefined;
  /**
   * The resources of `type` whose input `property` refers to `resource`, either by dependency or by the value of one of the
   * properties that identify `resource`.
   */
  referring(
    resource: PolicyResource,
    type: string,
    property: string,
    identifiers: readonly string[],
  ): readonly PolicyResource[];
}

/** What an environment decides about rules; `settings.ts` has the values. */
export interface Settings {
  readonly requiredTags: readonly string[];
  readonly allowedRegions: readonly string[];
  readonly permissionsBoundaryRequired: boolean;
}

/** How a rule decides: the types that it judges, and the check of one resource. */
export interface Predicate {
  readonly types: readonly string[];
  check(resource: PolicyResource, stack: StackView): Outcome;
}

export type Severity = "critical" | "high" | "medium" | "low";

/** A rule: what it checks, how strict it is, and what reports say about it. */
export interface Rule extends Predicate {
  /** The short, stable id that reports, exemptions and auditors use. */
  readonly id: string;
  /** What holds when the rule is met: a sentence without its full stop. */
  readonly title: string;
  readonly severity: Severity;
  readonly kind: "encryption" | "deletion" | "other";
  readonly levels: Levels;
  /** The controls that check the same thing in AWS Foundational Security Best Practices (FSBP), CIS, cdk-nag and checkov. */
  readonly maps: readonly string[];
  /** Whether an exemption may excuse a resource from the rule. */
  readonly suppressible: boolean;
  /** What to change: a sentence with its full stop. */
  readonly remediation: string;
}

/** Defines a rule. Each file under `rules/` has one as its default export, and its path is the rule's name. */
export const rule = (definition: Rule): Rule => definition;

/** The error that reading a value raises which is not known yet, or is secret. It ends the check with the outcome `unknown`. */
export class UnknownValueError extends Error {
  constructor(
    readonly property: string,
    why = "is not known before deployment",
  ) {
    super(`${property} ${why}`);
    this.name = "UnknownValueError";
  }
}

/** The engine has an error class of the same name that does not set `name`. */
const isUnknownValue = (error: unknown): error is Error =>
  error instanceof Error && (error.name === "UnknownValueError" || error.constructor.name === "UnknownValueError");

/** Runs a check. When it reads a value that is not known, the outcome is `unknown` and never `compliant`. */
export function outcomeOf(predicate: Predicate, resource: PolicyResource, stack: StackView): Outcome {
  try {
    return predicate.check(resource, stack);
  } catch (error) {
    if (isUnknownValue(error)) return { kind: "unknown", what: error.message };
    throw error;
  }
}
