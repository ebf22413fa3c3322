import { createHash, randomBytes } from "node:crypto";
import { DEFAULTED } from "./diff";
import type { Handler, Props } from "./handler";
import { isUnknown } from "../../evaluate/wire";

/** The stack's configuration `pulumi:autonaming`. */
export interface NamingWish {
  readonly proposed: string;
  readonly mode: "propose" | "enforce" | "disable";
}

/**
 * Returns the inputs with a physical name. A generated name stays until the resource is replaced; then the Pulumi engine passes no old inputs.
 */
export function withName(
  handler: Handler,
  resource: string,
  olds: Props,
  news: Props,
  seed: Uint8Array,
  wish: NamingWish | undefined,
): Props {
  const { autoname } = handler;
  if (!autoname || news[autoname.property] !== undefined) return news;
  const { property, prefix, transform = (name) => name, suffix = () => "" } = autoname;
  const defaulted = olds[DEFAULTED];
  const kept = Array.isArray(defaulted) && defaulted.includes(property) ? olds[property] : undefined;
  const start = prefix ? news[prefix] : undefined;
  const named = (name: unknown): Props => ({ ...news, [property]: name, [DEFAULTED]: [property] });
  if (typeof kept === "string" && (typeof start !== "string" || kept.startsWith(start))) return named(kept);
  if (typeof start === "string") return named(start + hex(seed, 26 - 8));
  if (wish?.mode === "disable") {
    throw new Error(`"${property}" must be set, because automatic naming is switched off for this resource`);
  }
  if (wish?.proposed) return named(wish.mode === "enforce" ? wish.proposed : transform(wish.proposed) + suffix(news));
  return named(transform(`${resource}-${hex(seed, 7)}${suffix(news)}`));
}

/**
 * Returns the problems of a generated name. AWS's provider refuses a name that is longer than the service allows and does not shorten it.
 * The service itself checks a name that the program sets.
 */
export function nameProblems(
  handler: Handler,
  inputs: Props,
): { readonly property: string; readonly reason: string }[] {
  const { autoname } = handler;
  const made = inputs[DEFAULTED];
  if (!autoname || !Array.isArray(made) || !made.includes(autoname.property)) return [];
  const { property, prefix, maxLength, transform = (text) => text } = autoname;
  if (prefix && isUnknown(inputs[prefix])) return [];
  const name = String(inputs[property]);
  // A prefix that the service requires in every name (`alias/`) does not count.
  const length = name.length - transform("").length;
  if (length <= maxLength) return [];
  const shorten = prefix && inputs[prefix] !== undefined ? `shorten ${prefix}` : "shorten the resource's name";
  const reason = `the generated name ${name} has ${length} characters, and at most ${maxLength} are allowed: ${shorten}, or set ${property}`;
  return [{ property, reason }];
}

/** Returns hexadecimal digits, which are the same in a preview and in the update that follows it. */
function hex(seed: Uint8Array, length: number): string {
  const source = seed.length > 0 ? seed : randomBytes(32);
  return createHash("sha256").update(source).digest("hex").slice(0, length);
}
