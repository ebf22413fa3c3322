import { blocks, isSet, listOf } from "../../predicates";
import type { PolicyResource, Props, StackView } from "../../rule";

/** The resource types of databases. */
export const INSTANCE = "aws:rds/instance:Instance";
export const CLUSTER = "aws:rds/cluster:Cluster";
export const MEMBER = "aws:rds/clusterInstance:ClusterInstance";
export const GLOBAL = "aws:rds/globalCluster:GlobalCluster";

/** Whether a database is a replica, which has the storage key, administrator and backups of its source. */
export const isReplica = ({ props }: PolicyResource): boolean =>
  props.replicateSourceDb !== undefined || props.replicationSourceIdentifier !== undefined;

/** Whether the cluster itself describes its instances (a Multi-AZ cluster), unlike a cluster of Aurora. */
export const hasStandbys = (props: Props): boolean => props.dbClusterInstanceClass !== undefined;

/** The engine without its edition, for example `oracle` for `oracle-se2`. */
export const kindOf = (props: Props): string => String(props.engine).replace(/^(oracle|sqlserver)-.*$/, "$1");

/** The resource of a type that a property refers to, by dependency if it is known, and otherwise by name. */
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

/** The value of a parameter in a parameter group. */
export function parameter(group: PolicyResource, name: string): string | undefined {
  const found = blocks(group.props.parameters).find((one) => one.name === name)?.value;
  return found === undefined ? undefined : listOf(found)[0];
}
