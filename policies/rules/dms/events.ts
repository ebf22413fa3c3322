import { OTHER } from "../../levels";
import { isSet, isTrue, listOf } from "../../predicates";
import { compliant, type PolicyResource, rule, violation } from "../../rule";
import { INSTANCE, TASK } from "./migrations";

const SUBSCRIPTION = "aws:dms/eventSubscription:EventSubscription";

/** The critical event categories of each type, and the property that identifies a source in a subscription. */
const CRITICAL: Readonly<
  Record<string, { readonly sourceType: string; readonly id: string; readonly categories: readonly string[] }>
> = {
  [INSTANCE]: {
    sourceType: "replication-instance",
    id: "replicationInstanceId",
    categories: ["failover", "failure", "low storage"],
  },
  [TASK]: { sourceType: "replication-task", id: "replicationTaskId", categories: ["failure", "state change"] },
};

export default rule({
  id: "dms-11",
  title: "Failures of migrations are sent to an event subscription",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Add an EventSubscription with the type of the source and its critical categories.",
  types: [INSTANCE, TASK],
  check(resource, stack) {
    const wanted = CRITICAL[resource.type];
    if (!wanted) return compliant;
    const subscribed = new Set(
      stack
        .ofType(SUBSCRIPTION)
        .filter(({ props }) => isTrue(props.enabled ?? true) && props.sourceType === wanted.sourceType)
        .filter((subscription) => covers(subscription, resource, wanted.id))
        .flatMap(({ props }) => listOf(props.eventCategories)),
    );
    const missing = wanted.categories.filter((category) => !subscribed.has(category));
    return missing.length === 0
      ? compliant
      : violation(`no event subscription of ${wanted.sourceType} has the categories ${missing.join(", ")}`);
  },
});

/** Whether a subscription is for a source. A subscription that names no sources is for all sources of its type. */
function covers({ props, propertyDependencies }: PolicyResource, source: PolicyResource, id: string): boolean {
  if (propertyDependencies?.sourceIds?.includes(source.urn)) return true;
  const named = isSet(props.sourceIds) ? listOf(props.sourceIds) : [];
  return named.length === 0 || named.includes(String(source.props[id]));
}
