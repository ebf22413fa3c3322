import { OTHER } from "../../levels";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "appsync-5",
  title: "A web ACL protects GraphQL APIs",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["CKV2_AWS_33"],
  suppressible: true,
  remediation: "Add a WebAclAssociation for the API.",
  types: ["aws:appsync/graphQLApi:GraphQLApi"],
  check(api, stack) {
    const associations = stack.referring(api, "aws:wafv2/webAclAssociation:WebAclAssociation", "resourceArn", ["arn"]);
    return associations.length > 0 ? compliant : violation("no web ACL protects it");
  },
});
