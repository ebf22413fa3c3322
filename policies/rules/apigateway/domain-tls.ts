import { get, shown } from "../../predicates";
import { compliant, violation, type Rule } from "../../rule";

const V2 = "aws:apigatewayv2/domainName:DomainName";

const rule: Rule = {
  types: [V2, "aws:apigateway/domainName:DomainName"],
  check({ type, props }) {
    const policy = get(props, type === V2 ? "domainNameConfiguration.securityPolicy" : "securityPolicy");
    // TLS 1.2, or one of the newer policies, which begin with their lowest version.
    return /^(TLS_1_2|SecurityPolicy_TLS1[23]_)/.test(String(policy))
      ? compliant
      : violation(`its security policy is ${shown(policy)}: clients may connect with a TLS version before 1.2`);
  },
};
export default rule;
