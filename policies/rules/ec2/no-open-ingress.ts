import { compliant, violation, type Rule } from "../../rule";

const EVERYWHERE = /^(0\.0\.0\.0\/0|::\/0)$/;

const rule: Rule = {
  types: ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"],
  check: ({ props }) =>
    [props.cidrIpv4, props.cidrIpv6].some((range) => EVERYWHERE.test(String(range)))
      ? violation("it lets in the whole internet")
      : compliant,
};
export default rule;
