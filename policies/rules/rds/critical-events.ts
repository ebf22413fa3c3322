import { listOf } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription";

/**
 * Somebody hears of these categories of this kind of source: a subscription that is on, for all sources or for some. One without
 * a type of source tells of everything, one without categories of all of its type's.
 */
export function criticalEvents(types: readonly string[], sourceType: string, categories: readonly string[]): Rule {
  return {
    types,
    check(_, stack) {
      const heard = new Set(
        stack
          .ofType(SUBSCRIPTION)
          .filter(
            ({ props }) => props.enabled !== false && [undefined, null, sourceType].includes(props.sourceType as never),
          )
          .flatMap(({ props }) => {
            const named = listOf(props.eventCategories ?? undefined);
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

export const INSTANCE = "aws:rds/instance:Instance";
export const CLUSTER = "aws:rds/cluster:Cluster";
