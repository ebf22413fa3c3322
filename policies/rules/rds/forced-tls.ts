import { ENCRYPTION } from "../../levels";
import { blocks, get, shown } from "../../predicates";
import { compliant, type Outcome, type PolicyResource, rule, type StackView, violation } from "../../rule";
import { CLUSTER, INSTANCE, kindOf, named, parameter } from "./databases";

/** The parameter that requires TLS, by engine: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html. */
const PARAMETER: Readonly<Record<string, string>> = {
  "aurora-mysql": "require_secure_transport",
  "aurora-postgresql": "rds.force_ssl",
  mariadb: "require_secure_transport",
  mysql: "require_secure_transport",
  postgres: "rds.force_ssl",
  sqlserver: "rds.force_ssl",
};

export default rule({
  id: "rds-3",
  title: "Databases accept only encrypted connections",
  severity: "high",
  kind: "encryption",
  levels: ENCRYPTION,
  maps: ["FSBP RDS.38", "FSBP RDS.39", "FSBP RDS.41", "FSBP RDS.44", "CKV2_AWS_69"],
  suppressible: true,
  remediation: "Set rds.force_ssl or require_secure_transport in the parameter group. Oracle needs the option SSL.",
  types: [INSTANCE, CLUSTER],
  check(resource, stack) {
    // A replica names no engine, because it has that of its source.
    const source = named(resource, "replicateSourceDb", INSTANCE, stack) ?? resource;
    const kind = kindOf(source.props);
    if (kind === "oracle") return oracle(resource, stack);
    const wanted = PARAMETER[kind];
    if (wanted === undefined)
      return violation(`the rule does not know how to require TLS of the engine ${shown(source.props.engine)}`);
    const cluster = resource.type === CLUSTER;
    const property = cluster ? "dbClusterParameterGroupName" : "parameterGroupName";
    const type = `aws:rds/${cluster ? "clusterParameterGroup:Cluster" : "parameterGroup:"}ParameterGroup`;
    const group = named(resource, property, type, stack);
    if (!group) return violation(`it has no parameter group of this stack: nothing sets ${wanted}`);
    const value = parameter(group, wanted);
    return value !== undefined && ["1", "on"].includes(value.toLowerCase())
      ? compliant
      : violation(`it accepts unencrypted connections: ${group.name} sets ${wanted} to ${value ?? "nothing"}`);
  },
});

/** Oracle offers TLS as an option with a port of its own. */
function oracle(resource: PolicyResource, stack: StackView): Outcome {
  const group = named(resource, "optionGroupName", "aws:rds/optionGroup:OptionGroup", stack);
  const options = blocks(get(group?.props, "options"));
  return options.some(({ optionName }) => optionName === "SSL")
    ? compliant
    : violation("its option group has no option SSL: there is no port with TLS");
}
