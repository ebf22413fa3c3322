import { OTHER } from "../../levels";
import { isTrue, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "appsync-6",
  title: "GraphQL APIs trace their requests",
  severity: "low",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Set xrayEnabled to true.",
  ...requires("aws:appsync/graphQLApi:GraphQLApi", "xrayEnabled", isTrue, "requests are not traced"),
});
