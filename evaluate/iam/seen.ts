import type { SeenAction } from "./use";

/**
 * Reads the decisions that a local cloud has written, one JSON object a line, and returns the calls that were allowed. A line that is still being written is
 * left out. The suffix that Pulumi adds to the name of a role is removed.
 * @throws When a line is not such an object.
 */
export function seenActions(text: string): SeenAction[] {
  const lines = text.split("\n").slice(0, -1);
  const seen = new Map<string, SeenAction>();
  for (const [at, line] of lines.entries()) {
    const { role, action, allowed } = decision(line, at + 1);
    if (allowed) seen.set(`${role} ${action}`, { role: role.replace(/-[0-9a-f]{7}$/, ""), action });
  }
  return [...seen.values()];
}

function decision(
  line: string,
  number: number,
): { readonly role: string; readonly action: string; readonly allowed: boolean } {
  const expected = 'an object with "role", "action" and "allowed"';
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw new Error(`line ${number} is ${JSON.stringify(line.slice(0, 60))}; allowed: ${expected}`);
  }
  const { role, action, allowed } = (parsed ?? {}) as Record<string, unknown>;
  if (typeof role !== "string" || typeof action !== "string" || typeof allowed !== "boolean")
    throw new Error(`line ${number} is ${line.slice(0, 60)}; allowed: ${expected}`);
  return { role, action, allowed };
}
