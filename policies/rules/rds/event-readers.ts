import { compliant, notApplicable, violation, type Rule } from "../../rule";

const TOPIC = "aws:sns/topic:Topic";
const IDENTIFIERS = ["arn", "id"];

const rule: Rule = {
  types: [TOPIC],
  check(topic, stack) {
    const referring = (type: string, property: string) => stack.referring(topic, type, property, IDENTIFIERS);
    if (referring("aws:rds/eventSubscription:EventSubscription", "snsTopic").length === 0)
      return notApplicable("no database events go there");
    return referring("aws:sns/topicSubscription:TopicSubscription", "topic").length > 0
      ? compliant
      : violation("database events go there, and nobody reads them");
  },
};
export default rule;
