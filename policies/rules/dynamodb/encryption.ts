import { get, isCustomerKey, isTrue } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:dynamodb/table:Table"],
  check: ({ props }) =>
    isTrue(get(props, "serverSideEncryption.enabled")) && isCustomerKey(get(props, "serverSideEncryption.kmsKeyArn"))
      ? compliant
      : violation("it is not encrypted with a customer managed key"),
};
export default rule;
