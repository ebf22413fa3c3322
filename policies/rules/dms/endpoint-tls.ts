import { get } from "../../predicates";
import { compliant, notApplicable, violation, type Rule } from "../../rule";
import { ENDPOINT, SERVERS } from "./migrations";

const MODES = ["require", "verify-ca", "verify-full"];
const PROTOCOLS = ["ssl-encryption", "ssl-authentication", "sasl-ssl"];

const rule: Rule = {
  types: [ENDPOINT],
  check({ props }) {
    const engine = String(props.engineName);
    if (engine === "kafka") {
      return PROTOCOLS.includes(String(get(props, "kafkaSettings.securityProtocol")))
        ? compliant
        : violation("its brokers are spoken to without TLS: kafkaSettings.securityProtocol");
    }
    if (engine === "opensearch" || engine === "elasticsearch") {
      return String(get(props, "elasticsearchSettings.endpointUri")).startsWith("https://")
        ? compliant
        : violation("its domain is not called by https://: elasticsearchSettings.endpointUri");
    }
    if (!SERVERS.includes(engine)) return notApplicable(`DMS secures the connection to ${engine} by itself`);
    return MODES.includes(String(props.sslMode))
      ? compliant
      : violation("its server is spoken to without TLS: sslMode is not require, verify-ca or verify-full");
  },
};
export default rule;
