import { isSet, isTrue, listOf } from "../../predicates";
import { compliant, violation, type PolicyResource, type Predicate } from "../../rule";

const SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription";

/** Is the subscription for this source? One that names no sources is for all of its type. */
function covers({ props, propertyDependencies }: PolicyResource, source: PolicyResource): boolean {
  if (propertyDependencies?.sourceIds?.includes(source.urn)) return true;
  const named = isSet(props.sourceIds) ? listOf(props.sourceIds) : [];
  return (
    named.length === 0 ||
    ["identifier", "clusterIdentifier", "name", "id"].some((one) => named.includes(String(source.props[one])))
  );
}

/**
 * Somebody hears of these categories of this kind of source: a subscription that is on, for all sources or for this one. One
 * without a type of source tells of everything, one without categories of all of its type's.
 */
export function criticalEvents(types: readonly string[], sourceType: string, categories: readonly string[]): Predicate {
  return {
    types,
    check(resource, stack) {
      const heard = new Set(
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
      const missing = categories.filter((category) => !heard.has(category));
      return missing.length === 0
        ? compliant
        : violation(`no event subscription of ${sourceType} tells of ${missing.join(", ")}`);
    },
  };
}
