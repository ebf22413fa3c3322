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

/** What an exemption lacks to be one; undefined if nothing. */
export function defectOf({ resource, reason, owner, expires }: Exemption): string | undefined {
  if (!/^.+::.+$/.test(resource))
    return `resource is ${JSON.stringify(resource)}: <type>::<name> is needed, * for anything`;
  if (reason.trim() === "") return "it gives no reason";
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(owner))
    return `owner is ${JSON.stringify(owner)}: an e-mail address is needed`;
  const day = new Date(`${expires}T00:00:00Z`);
  // A day that does not exist, such as 31 February, is read as another one.
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== expires)
    return `expires is ${JSON.stringify(expires)}: a day is needed, as YYYY-MM-DD`;
  return undefined;
}

/** Does an exemption's pattern mean a resource? */
export function matches(pattern: string, resource: { readonly type: string; readonly name: string }): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`).test(`${resource.type}::${resource.name}`);
}
