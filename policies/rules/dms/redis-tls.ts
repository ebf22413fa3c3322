import { ENCRYPTION } from "../../levels";
import { get } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { ENDPOINT } from "./migrations";

export default rule({
  id: "dms-6",
  title: "Redis is spoken to by TLS",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP DMS.12"],
  suppressible: true,
  remediation: "Set redisSettings.sslSecurityProtocol: ssl-encryption.",
  types: [ENDPOINT],
  check({ props }) {
    if (props.engineName !== "redis") return notApplicable("it is not of Redis");
    return get(props, "redisSettings.sslSecurityProtocol") === "ssl-encryption"
      ? compliant
      : violation("Redis is spoken to without TLS: redisSettings.sslSecurityProtocol is not ssl-encryption");
  },
});
