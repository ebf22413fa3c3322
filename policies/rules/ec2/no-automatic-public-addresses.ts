import { isTrue } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

/** Unset is no with AWS's provider. */
const rule: Rule = {
  types: ["aws:ec2/subnet:Subnet"],
  check: ({ props }) =>
    isTrue(props.mapPublicIpOnLaunch)
      ? violation("whatever is started in it gets an address on the internet")
      : compliant,
};
export default rule;
