import { OTHER } from "../../levels";
import { isTrue } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

/** An unset value means false. */
export default rule({
  id: "ec2-4",
  title: "Subnets assign no public addresses automatically",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP EC2.15", "CKV_AWS_130"],
  suppressible: true,
  remediation: "Set mapPublicIpOnLaunch to false, and give public addresses only to the resources that need them.",
  types: ["aws:ec2/subnet:Subnet"],
  check: ({ props }) =>
    isTrue(props.mapPublicIpOnLaunch) ? violation("instances in it get a public address automatically") : compliant,
});
