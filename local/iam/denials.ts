import { readDecisions, type Decision } from "./decisions";
import { remedy } from "./suggestion";

/** A denied request, as `platform local status` shows it. */
export interface Denial extends Decision {
  /** The statement that is missing, and the method of a component that grants it. */
  readonly remedy: string;
}

/** Returns the latest denials, the newest first, each role, action and resource once. */
export function lastDenials(file?: string, count = 10): Denial[] {
  const latest = new Map<string, Decision>();
  for (const decision of readDecisions(file).reverse()) {
    const key = `${decision.role} ${decision.action} ${decision.resource}`;
    if (!decision.allowed && !latest.has(key)) latest.set(key, decision);
  }
  return [...latest.values()].slice(0, count).map((decision) => ({ ...decision, remedy: remedy(decision) }));
}
