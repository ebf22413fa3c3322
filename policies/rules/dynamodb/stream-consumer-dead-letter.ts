import { get, isSet } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:lambda/eventSourceMapping:EventSourceMapping"],
  check({ props, propertyDependencies }) {
    const fromStream =
      /:dynamodb:.*\/stream\//.test(String(props.eventSourceArn)) ||
      (propertyDependencies?.eventSourceArn ?? []).some((urn) => urn.includes("aws:dynamodb/table:Table::"));
    if (!fromStream) return notApplicable("its source is no DynamoDB stream");
    return isSet(get(props, "destinationConfig.onFailure.destinationArn"))
      ? compliant
      : violation("records that cannot be handled are lost: destinationConfig.onFailure is not set");
  },
};
export default rule;
