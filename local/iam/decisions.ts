import { readFileSync } from "node:fs";
import { inHome } from "../paths";

/** The kind of policy that denied a request. */
export type Denier = "identity" | "boundary" | "resource" | "key" | "trust";

/** A distinct decision of the local cloud's IAM. Repeated decisions are not written again, except for denials. */
export interface Decision {
  readonly time: string;
  /** The ARN of a role's session or of a user, or the name of a service such as `events.amazonaws.com`. */
  readonly principal: string;
  /** The name of the role or the user as it is deployed, or the name of the service. */
  readonly role: string;
  readonly action: string;
  /** The first resource of its kind: of objects in S3, the first in each bucket's folder. */
  readonly resource: string;
  readonly allowed: boolean;
  /**
   * The kind of policy that denied the request: the role's own policies (`identity`), its boundary, the resource's policy, the key's
   * policy, or the trust policy of the role that a service cannot assume.
   */
  readonly by?: Denier;
}

/** The file of the local cloud that has its decisions. */
export const decisionsFile = (): string => inHome("logs", "iam.jsonl");

/** Reads the decisions, the oldest first. A file that does not exist has none, and a line that is being written is left out. */
export function readDecisions(file: string = decisionsFile()): Decision[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Decision);
}
