import type { RecordedResource } from "../recorded";
import { waitingFor } from "./graph";
import { IMPLICIT_LOG_GROUPS, type Finder } from "./implicit-log-groups";
import type { LintProblem } from "./lint";

const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

/**
 * Finds log groups that a service would create by itself. Such a group has no key and keeps its events for ever, so the program declares
 * it, with both, and before the service can write to it.
 */
export function logGroups(resources: readonly RecordedResource[]): LintProblem[] {
  const groups = new Map<string, RecordedResource>();
  for (const resource of resources) {
    if (resource.type === LOG_GROUP) groups.set(String(resource.inputs.name ?? resource.state.name), resource);
  }
  const find = finder(resources);
  const waiting = waitingFor(resources);
  const judged = new Set<string>();
  return resources.flatMap((resource) => {
    const row = IMPLICIT_LOG_GROUPS[resource.type];
    if (!row) return [];
    const problem = (message: string, remedy: string): LintProblem => ({
      lint: "log-groups",
      resource,
      message,
      remedy,
      source: row.source,
    });
    return row.names(resource, find).flatMap((name) => {
      const group = groups.get(name);
      if (!group) {
        if (judged.has(name)) return [];
        judged.add(name);
        return [
          problem(
            `it writes to the log group ${name}, which the program does not declare: AWS creates it without a key, and keeps its events for ever`,
            `Declare a log group with the name ${name}, a key and a retention, before this resource.`,
          ),
        ];
      }
      const lacks = [...(group.inputs.kmsKeyId ? [] : ["key"]), ...(group.inputs.retentionInDays ? [] : ["retention"])];
      const isOrdered =
        resource.dependencies.includes(group.urn) ||
        group.dependencies.includes(resource.urn) ||
        waiting(group).has(resource.urn);
      return [
        ...lacks.map((lacking) =>
          problem(`its log group ${name} has no ${lacking}`, `Set the ${lacking} of ${group.name}.`),
        ),
        ...(isOrdered
          ? []
          : [
              problem(
                `it does not depend on its log group ${name}: AWS may create the group first, and the deployment then fails because it exists`,
                `Add ${group.name} to the option dependsOn of ${resource.name}.`,
              ),
            ]),
      ];
    });
  });
}

function finder(resources: readonly RecordedResource[]): Finder {
  const byText = new Map<string, RecordedResource>();
  for (const resource of resources) {
    if (!resource.custom) continue;
    const { type, state } = resource;
    for (const text of [state.name, state.id, state.arn, state.replicationInstanceArn]) {
      if (typeof text === "string") byText.set(`${type} ${text}`, resource);
    }
  }
  return (type, text) => byText.get(`${type} ${String(text)}`);
}
