import { OTHER } from "../../levels";
import { blocks } from "../../predicates";
import { compliant, type Props, rule, violation } from "../../rule";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const EVERYWHERE = /^(0\.0\.0\.0|::)\/0$/;

const lists = ({ cidrBlocks, ipv6CidrBlocks }: Props): readonly unknown[] =>
  [cidrBlocks, ipv6CidrBlocks].flatMap((ranges) => (Array.isArray(ranges) ? (ranges as unknown[]) : []));

/** The address ranges that may connect, which each of the three types states differently. */
function ranges(type: string, props: Props): readonly unknown[] {
  if (type === GROUP) return blocks(props.ingress).flatMap(lists);
  if (type === OLD_RULE) return props.type === "ingress" ? lists(props) : [];
  return [props.cidrIpv4, props.cidrIpv6];
}

export default rule({
  id: "ec2-3",
  title: "Security groups are not open to the internet",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP EC2.18", "CKV_AWS_260", "cdk-nag EC23"],
  suppressible: true,
  remediation: "Name the address range or the security group that may connect.",
  types: ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", GROUP, OLD_RULE],
  check: ({ type, props }) =>
    ranges(type, props).some((range) => EVERYWHERE.test(String(range)))
      ? violation("it allows connections from the whole internet")
      : compliant,
});
