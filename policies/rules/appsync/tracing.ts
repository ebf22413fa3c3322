import { OTHER } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "appsync-6",
  title: "GraphQL requests can be traced",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Set xrayEnabled: true.",
  ...requires("aws:appsync/graphQLApi:GraphQLApi", "xrayEnabled", isTrue, "requests leave no trace"),
});
