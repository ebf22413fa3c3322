import { isSet, isTrue, listOf } from "../../predicates";
import { compliant, violation, type PolicyResource, type Predicate } from "../../rule";

const SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription";

/** Whether a subscription is for a source. A subscription that names no sources is for all sources of its type. */
function covers({ props, propertyDependencies }: PolicyResource, source: PolicyResource): boolean {
  if (propertyDependencies?.sourceIds?.includes(source.urn)) return true;
  const named = isSet(props.sourceIds) ? listOf(props.sourceIds) : [];
  return (
    named.length === 0 ||
    ["identifier", "clusterIdentifier", "name", "id"].some((one) => named.includes(String(source.props[one])))
  );
}

/**
 * Requires enabled subscriptions for these event categories of a source. A subscription without a source type is for all
 * events, and a subscription without categories is for all categories of its source type.
 */
export function criticalEvents(types: readonly string[], sourceType: string, categories: readonly string[]): Predicate {
  return {
    types,
    check(resource, stack) {
      const subscribed = new Set(
        stack
          .ofType(SUBSCRIPTION)
          .filter(({ props }) => isTrue(props.enabled ?? true))
          .filter(({ props }) => !isSet(props.sourceType) || props.sourceType === sourceType)
          .filter((subscription) => covers(subscription, resource))
          .flatMap(({ props }) => {
            const named = isSet(props.eventCategories) ? listOf(props.eventCategories) : [];
            return named.length > 0 ? named : categories;
          }),
      );
      const missing = categories.filter((category) => !subscribed.has(category));
      return missing.length === 0
        ? compliant
        : violation(`no event subscription of ${sourceType} has the categories ${missing.join(", ")}`);
    },
  };
}
