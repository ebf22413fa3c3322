/** A resource that is excused from a rule, by somebody, for a reason, for a while. */
export interface Exemption {
  /** The rule's id, e.g. `s3-8`. */
  readonly rule: string;
  /** Resources: `<type>::<name>`, where `*` stands for anything; e.g. `aws:s3/bucket:Bucket::landing-*`. */
  readonly resource: string;
  readonly reason: string;
  /** Who answers for it: an e-mail address. */
  readonly owner: string;
  /** The last day it holds, ISO 8601. Afterwards it is a violation itself. */
  readonly expires: string;
  /** Environments it holds in; all by default. */
  readonly environments?: readonly string[];
}

/** The exemptions of this platform. Reports list every one of them, used or not. */
export const EXEMPTIONS: readonly Exemption[] = [];

/** Does an exemption's pattern mean a resource? */
export function matches(pattern: string, resource: { readonly type: string; readonly name: string }): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`).test(`${resource.type}::${resource.name}`);
}
