import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:appsync/graphQLApi:GraphQLApi"],
  check(api, stack) {
    const associations = stack.referring(api, "aws:wafv2/webAclAssociation:WebAclAssociation", "resourceArn", ["arn"]);
    return associations.length > 0 ? compliant : violation("no web ACL stands before it");
  },
};
export default rule;
