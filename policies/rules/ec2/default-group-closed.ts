import { OTHER } from "../../levels";
import { isSet } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "ec2-1",
  title: "Default security groups allow no traffic",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP EC2.2", "CKV2_AWS_12"],
  suppressible: true,
  remediation: "Add a DefaultSecurityGroup without rules.",
  types: ["aws:ec2/vpc:Vpc"],
  check(vpc, stack) {
    const groups = stack.referring(vpc, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpcId", ["id"]);
    if (groups.length === 0)
      return violation("its default security group has the rules of AWS: its members can reach each other");
    const open = groups.some(({ props }) =>
      [props.ingress, props.egress].some((rules) => isSet(rules) && !(Array.isArray(rules) && rules.length === 0)),
    );
    return open ? violation("its default security group allows traffic") : compliant;
  },
});
