import { ENCRYPTION } from "../../levels";
import { get, isSet } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { ENDPOINT, PROVIDER, SERVERS } from "./migrations";

const MODES = ["require", "verify-ca", "verify-full"];
const PROTOCOLS = ["ssl-encryption", "ssl-authentication", "sasl-ssl"];

export default rule({
  id: "dms-4",
  title: "Endpoints speak TLS with their servers",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP DMS.9", "CKV2_AWS_49"],
  suppressible: true,
  remediation: "Set sslMode to verify-full, or to the strictest the engine takes, with the authority's certificate.",
  types: [ENDPOINT, PROVIDER],
  check({ type, props }) {
    const engine = String(props.engineName ?? props.engine);
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
    const mode = type === PROVIDER ? providerMode(props.settings) : props.sslMode;
    return MODES.includes(String(mode))
      ? compliant
      : violation("its server is spoken to without TLS: sslMode is not require, verify-ca or verify-full");
  },
});

/** The mode of the one block of a data provider's settings that is there. */
function providerMode(settings: unknown): unknown {
  const one = Array.isArray(settings) ? (settings[0] as unknown) : settings;
  if (one === null || typeof one !== "object") return undefined;
  return Object.values(one)
    .map((block) => get(block, "sslMode"))
    .find(isSet);
}
