import { isSet } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:ec2/vpc:Vpc"],
  check(vpc, stack) {
    const groups = stack.referring(vpc, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpcId", ["id"]);
    if (groups.length === 0)
      return violation("its default security group is as AWS makes it: all members reach each other");
    const open = groups.some(({ props }) =>
      [props.ingress, props.egress].some((rules) => isSet(rules) && !(Array.isArray(rules) && rules.length === 0)),
    );
    return open ? violation("its default security group lets something through") : compliant;
  },
};
export default rule;
