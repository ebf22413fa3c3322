import { OTHER } from "../../levels";
import { get, isSet } from "../../predicates";
import { compliant, notApplicable, rule, violation } from "../../rule";
import { attributes, ENDPOINT } from "./migrations";

/** The properties that hold a password in plain text. */
const PASSWORDS = [
  "password",
  "kafkaSettings.saslPassword",
  "kafkaSettings.sslClientKeyPassword",
  "oracleSettings.asmPassword",
  "oracleSettings.securityDbEncryption",
];
/** The engines whose credentials DMS can read from Secrets Manager. */
const FROM_SECRETS = [
  "aurora",
  "aurora-postgresql",
  "mariadb",
  "mongodb",
  "mysql",
  "oracle",
  "postgres",
  "redshift",
  "sqlserver",
];

export default rule({
  id: "dms-10",
  title: "Endpoints read their credentials from Secrets Manager",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: [],
  suppressible: true,
  remediation: "Set secretsManagerArn and secretsManagerAccessRoleArn instead of a password.",
  types: [ENDPOINT],
  check({ props }) {
    const found = PASSWORDS.filter((path) => isSet(get(props, path)));
    const extra = [...attributes(props).keys()].filter((name) => /password/.test(name));
    if (found.length + extra.length > 0)
      return violation(`it has a password of its own: ${[...found, ...extra].join(", ")}`);
    if (!FROM_SECRETS.includes(String(props.engineName)))
      return notApplicable(`DMS reads no secret for ${String(props.engineName)}`);
    return isSet(props.secretsManagerArn)
      ? compliant
      : violation("its credentials do not come from Secrets Manager: secretsManagerArn is not set");
  },
});
