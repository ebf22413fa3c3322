import { OTHER } from "../../levels";
import { equals, requires } from "../../predicates";
import { rule } from "../../rule";

export default rule({
  id: "appsync-1",
  title: "GraphQL APIs log the fields that fail",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP AppSync.2", "CKV_AWS_193", "cdk-nag ASC3", "CKV_AWS_194"],
  suppressible: true,
  remediation: "Set logConfig with the fieldLogLevel ERROR or ALL.",
  ...requires(
    "aws:appsync/graphQLApi:GraphQLApi",
    "logConfig.fieldLogLevel",
    equals("ERROR", "ALL", "INFO", "DEBUG"),
    "failed fields are not logged",
  ),
});
