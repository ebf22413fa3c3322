import { ENCRYPTION } from "../../levels";
import { get, shown } from "../../predicates";
import { compliant, rule, violation } from "../../rule";

const V2 = "aws:apigatewayv2/domainName:DomainName";

export default rule({
  id: "apigw-5",
  title: "Domains accept only TLS 1.2 and later",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["CKV_AWS_206"],
  suppressible: true,
  remediation: "Set securityPolicy to TLS_1_2 or a newer policy.",
  types: [V2, "aws:apigateway/domainName:DomainName"],
  check({ type, props }) {
    const policy = get(props, type === V2 ? "domainNameConfiguration.securityPolicy" : "securityPolicy");
    // TLS 1.2, or one of the newer policies, which begin with their lowest version.
    return /^(TLS_1_2|SecurityPolicy_TLS1[23]_)/.test(String(policy))
      ? compliant
      : violation(`its security policy is ${shown(policy)}: clients may connect with a TLS version before 1.2`);
  },
});
