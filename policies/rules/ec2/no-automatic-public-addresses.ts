import { OTHER } from "../../levels";
import { isTrue } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

/** Unset is no with AWS's provider. */
export default rule({
  id: "ec2-4",
  title: "Nothing gets an address on the internet by itself",
  severity: "medium",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP EC2.15", "CKV_AWS_130"],
  suppressible: true,
  remediation: "Set mapPublicIpOnLaunch: false; what must be reached gets an address of its own.",
  types: ["aws:ec2/subnet:Subnet"],
  check: ({ props }) =>
    isTrue(props.mapPublicIpOnLaunch)
      ? violation("whatever is started in it gets an address on the internet")
      : compliant,
});
