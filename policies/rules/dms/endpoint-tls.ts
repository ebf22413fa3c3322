import { ENCRYPTION } from "../../levels";
import { get, isSet } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { ENDPOINT, PROVIDER, SERVERS } from "./migrations";

const MODES = ["require", "verify-ca", "verify-full"];
const PROTOCOLS = ["ssl-encryption", "ssl-authentication", "sasl-ssl"];

export default rule({
  id: "dms-4",
  title: "Endpoints connect to their servers with TLS",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP DMS.9", "CKV2_AWS_49"],
  suppressible: true,
  remediation:
    "Set sslMode to verify-full, or to the strictest mode that the engine supports, with the certificate of the authority.",
  types: [ENDPOINT, PROVIDER],
  check({ type, props }) {
    const engine = String(props.engineName ?? props.engine);
    if (engine === "kafka") {
      return PROTOCOLS.includes(String(get(props, "kafkaSettings.securityProtocol")))
        ? compliant
        : violation("it connects to its brokers without TLS: kafkaSettings.securityProtocol does not require it");
    }
    if (engine === "opensearch" || engine === "elasticsearch") {
      return String(get(props, "elasticsearchSettings.endpointUri")).startsWith("https://")
        ? compliant
        : violation(
            "it connects to its domain without TLS: elasticsearchSettings.endpointUri does not start with https://",
          );
    }
    if (!SERVERS.includes(engine)) return notApplicable(`DMS itself encrypts the connection to ${engine}`);
    const mode = type === PROVIDER ? providerMode(props.settings) : props.sslMode;
    return MODES.includes(String(mode))
      ? compliant
      : violation("it connects to its server without TLS: sslMode is not require, verify-ca or verify-full");
  },
});

/** The SSL mode in the settings of a data provider, which have one block named after the engine. */
function providerMode(settings: unknown): unknown {
  const one = Array.isArray(settings) ? (settings[0] as unknown) : settings;
  if (one === null || typeof one !== "object") return undefined;
  return Object.values(one)
    .map((block) => get(block, "sslMode"))
    .find(isSet);
}
