import { get } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { ENDPOINT } from "./migrations";

const rule: Rule = {
  types: [ENDPOINT],
  check({ props }) {
    if (props.engineName !== "redis") return notApplicable("it is not of Redis");
    return get(props, "redisSettings.sslSecurityProtocol") === "ssl-encryption"
      ? compliant
      : violation("Redis is spoken to without TLS: redisSettings.sslSecurityProtocol is not ssl-encryption");
  },
};
export default rule;
