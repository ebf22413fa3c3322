import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:kms/key:Key"],
  check: ({ props }) =>
    props.isEnabled === false ? violation("isEnabled is false: what it encrypts cannot be read") : compliant,
};
export default rule;
