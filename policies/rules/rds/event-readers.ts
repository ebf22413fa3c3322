import { OTHER } from "../../levels";
import { compliant, notApplicable, rule, violation } from "../../rule";

const TOPIC = "aws:sns/topic:Topic";
const IDENTIFIERS = ["arn", "id"];

export default rule({
  id: "rds-22",
  title: "Topics for database events have a subscriber",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Add a TopicSubscription, or set emails, queues, functions or archive of DatabaseEvents.",
  types: [TOPIC],
  check(topic, stack) {
    const referring = (type: string, property: string) => stack.referring(topic, type, property, IDENTIFIERS);
    if (referring("aws:rds/eventSubscription:EventSubscription", "snsTopic").length === 0)
      return notApplicable("no database events are sent to it");
    return referring("aws:sns/topicSubscription:TopicSubscription", "topic").length > 0
      ? compliant
      : violation("database events are sent to it, and it has no subscriber");
  },
});
