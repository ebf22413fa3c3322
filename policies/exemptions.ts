/** An exemption excuses resources from a rule, for a reason and until a day. */
export interface Exemption {
  /** The id of the rule, for example `s3-8`. */
  readonly rule: string;
  /** The resources as `<type>::<name>`, where `*` stands for any text, for example `aws:s3/bucket:Bucket::landing-*`. */
  readonly resource: string;
  readonly reason: string;
  /** The e-mail address of the person or team that answers for the exemption. */
  readonly owner: string;
  /** The last day of the exemption, as YYYY-MM-DD. From the next day on it is a violation itself. */
  readonly expires: string;
  /** The environments that the exemption is for. The default is all of them. */
  readonly environments?: readonly string[];
}

/** The exemptions of this platform. Reports list each of them, whether it is needed or not. */
export const EXEMPTIONS: readonly Exemption[] = [];

/** What is wrong with the text of an exemption, or undefined if nothing is. */
export function defectOf({ resource, reason, owner, expires }: Exemption): string | undefined {
  if (!/^.+::.+$/.test(resource))
    return `resource is ${JSON.stringify(resource)}: it must be <type>::<name>, where * stands for any text`;
  if (reason.trim() === "") return "it gives no reason";
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(owner))
    return `owner is ${JSON.stringify(owner)}: it must be an e-mail address`;
  const day = new Date(`${expires}T00:00:00Z`);
  // A day that does not exist, such as 31 February, is parsed as another day.
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== expires)
    return `expires is ${JSON.stringify(expires)}: it must be a day, as YYYY-MM-DD`;
  return undefined;
}

/** Whether the pattern of an exemption matches a resource. */
export function matches(pattern: string, resource: { readonly type: string; readonly name: string }): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`).test(`${resource.type}::${resource.name}`);
}
