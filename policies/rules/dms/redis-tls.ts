import { ENCRYPTION } from "../../levels";
import { get } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { ENDPOINT } from "./migrations";

export default rule({
  id: "dms-6",
  title: "Endpoints connect to Redis with TLS",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP DMS.12"],
  suppressible: true,
  remediation: "Set redisSettings.sslSecurityProtocol to ssl-encryption.",
  types: [ENDPOINT],
  check({ props }) {
    if (props.engineName !== "redis") return notApplicable("its engine is not Redis");
    return get(props, "redisSettings.sslSecurityProtocol") === "ssl-encryption"
      ? compliant
      : violation("it connects to Redis without TLS: redisSettings.sslSecurityProtocol is not ssl-encryption");
  },
});
