import { OTHER } from "../../levels";
import { get, isSet } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";

export default rule({
  id: "ddb-8",
  title: "Stream consumers lose no records",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Set destinationConfig.onFailure to a queue or topic.",
  types: ["aws:lambda/eventSourceMapping:EventSourceMapping"],
  check({ props, propertyDependencies }) {
    const fromStream =
      /:dynamodb:.*\/stream\//.test(String(props.eventSourceArn)) ||
      (propertyDependencies?.eventSourceArn ?? []).some((urn) => urn.includes("aws:dynamodb/table:Table::"));
    if (!fromStream) return notApplicable("its source is not a DynamoDB stream");
    return isSet(get(props, "destinationConfig.onFailure.destinationArn"))
      ? compliant
      : violation("records that the function cannot process are lost: destinationConfig.onFailure is not set");
  },
});
