import { blocks, isSet, listOf } from "../../predicates";
import type { PolicyResource, Props, StackView } from "../../rule";

/** What the rules about databases know of them. */
export const INSTANCE = "aws:rds/instance:Instance";
export const CLUSTER = "aws:rds/cluster:Cluster";
export const MEMBER = "aws:rds/clusterInstance:ClusterInstance";
export const GLOBAL = "aws:rds/globalCluster:GlobalCluster";

/** A replica has its source's storage, key, administrator and backups. */
export const isReplica = ({ props }: PolicyResource): boolean =>
  props.replicateSourceDb !== undefined || props.replicationSourceIdentifier !== undefined;

/** A cluster whose three instances it describes itself, unlike Aurora's. */
export const hasStandbys = (props: Props): boolean => props.dbClusterInstanceClass !== undefined;

/** `oracle` for `oracle-se2`, `sqlserver` for `sqlserver-ex`. */
export const kindOf = (props: Props): string => String(props.engine).replace(/^(oracle|sqlserver)-.*$/, "$1");

/** The resource of a type that a property names: by dependency where that is known, else by its name. */
export function named(
  { props, propertyDependencies }: PolicyResource,
  property: string,
  type: string,
  stack: StackView,
): PolicyResource | undefined {
  const urns = propertyDependencies?.[property] ?? [];
  const made = stack.ofType(type).find(({ urn }) => urns.includes(urn));
  if (made) return made;
  const value = props[property];
  return isSet(value)
    ? stack.ofType(type).find((one) => ["name", "identifier", "arn", "id"].some((key) => one.props[key] === value))
    : undefined;
}

/** The value a parameter group gives to a parameter. */
export function parameter(group: PolicyResource, name: string): string | undefined {
  const found = blocks(group.props.parameters).find((one) => one.name === name)?.value;
  return found === undefined ? undefined : listOf(found)[0];
}
