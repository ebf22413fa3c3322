import { OTHER } from "../../levels";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "ec2-2",
  title: "Networks have flow logs",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP EC2.6", "CKV2_AWS_11", "cdk-nag VPC7"],
  suppressible: true,
  remediation: "Add a FlowLog for the VPC.",
  types: ["aws:ec2/vpc:Vpc"],
  check: (vpc, stack) =>
    stack.referring(vpc, "aws:ec2/flowLog:FlowLog", "vpcId", ["id"]).length > 0
      ? compliant
      : violation("its traffic is not recorded: it has no flow log"),
});
