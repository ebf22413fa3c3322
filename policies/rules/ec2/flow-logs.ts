import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:ec2/vpc:Vpc"],
  check: (vpc, stack) =>
    stack.referring(vpc, "aws:ec2/flowLog:FlowLog", "vpcId", ["id"]).length > 0
      ? compliant
      : violation("nobody can tell afterwards who talked to whom: it has no flow log"),
};
export default rule;
