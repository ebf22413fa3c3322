import type { RecordedResource } from "../recorded";

/** A fault that AWS would show only after a deployment: a call that it denies, a quota, an event that it drops. */
export interface LintProblem {
  /** The name of the lint, for example `quotas`. */
  readonly lint: string;
  /** The resource that has the fault. */
  readonly resource: Pick<RecordedResource, "urn" | "type" | "name">;
  /** A sentence that says what is wrong, with the value and what AWS allows. */
  readonly message: string;
  /** A sentence that says how to correct it. */
  readonly remedy: string;
  /** The address of the page of AWS's documentation on which the fault is based. */
  readonly source: string;
}

/** Finds faults in the resources of a program. A lint is a pure function that sees all resources at once. */
export type Lint = (resources: readonly RecordedResource[]) => readonly LintProblem[];
