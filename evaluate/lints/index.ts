import type { RecordedResource } from "../recorded";
import { keyDependencies } from "./key-dependencies";
import { lifecycle } from "./lifecycle";
import { quotas } from "./quotas";
import type { Lint, LintProblem } from "./lint";
import { principals } from "./principals";
import { undelivered } from "./undelivered";

export type { Lint, LintProblem } from "./lint";

/** Every lint, in the order in which reports show them. */
export const LINTS: readonly Lint[] = [keyDependencies, principals, undelivered, lifecycle, quotas];

/** Runs all lints over the resources of a program. */
export const lint = (resources: readonly RecordedResource[]): readonly LintProblem[] =>
  LINTS.flatMap((run) => run(resources));
