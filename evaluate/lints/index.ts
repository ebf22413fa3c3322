import type { RecordedResource } from "../recorded";
import { iam } from "./iam";
import { keyDependencies } from "./key-dependencies";
import { lifecycle } from "./lifecycle";
import type { Lint, LintProblem } from "./lint";
import { logGroups } from "./log-groups";
import { principals } from "./principals";
import { quotas } from "./quotas";
import { references } from "./references";
import { undelivered } from "./undelivered";

export type { Lint, LintProblem } from "./lint";

/** Every lint, in the order in which reports show them. */
export const LINTS: readonly Lint[] = [
  iam,
  keyDependencies,
  lifecycle,
  logGroups,
  principals,
  quotas,
  references,
  undelivered,
];

/** Runs all lints over the resources of a program. */
export const lint = (resources: readonly RecordedResource[]): readonly LintProblem[] =>
  LINTS.flatMap((run) => run(resources));
