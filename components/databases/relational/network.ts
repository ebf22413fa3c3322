import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkView } from "../../core/network/view";
import type { Scope } from "../../core/scope";
import type { ArgumentCheck } from "../../core/validate";
import { addressRange, liesWithin } from "./address-ranges";
import type { DatabasePlan } from "./plan";
import type { DatabaseSettings } from "./settings";

/** Checks the ranges of clients as far as the program knows them. */
export function checkClients(
  { clients, publiclyAccessible }: DatabaseSettings,
  { cidrBlock }: NetworkView,
  check: ArgumentCheck,
): void {
  const allowed = publiclyAccessible ? "a range narrower than /8" : "a range inside the VPC's own";
  for (const cidr of clients.cidrBlocks) {
    const range = addressRange(cidr);
    check.require(range !== undefined, "clients.cidrBlocks", cidr, "IPv4 ranges such as 10.0.1.0/24");
    if (range === undefined) continue;
    check.require(range.size <= 2 ** 24, "clients.cidrBlocks", cidr, allowed);
    if (typeof cidrBlock === "string" && !publiclyAccessible) checkInside(cidr, cidrBlock, check);
  }
}

const checkInside = (cidr: string, vpc: string, check: ArgumentCheck): void =>
  check.require(liesWithin(cidr, vpc), "clients.cidrBlocks", cidr, `a range inside the VPC's own, ${vpc}`);

/** Makes the subnet group of the database, and the security group that only its clients pass. */
export function databaseNetwork(
  scope: Scope,
  network: NetworkView,
  { clients, publiclyAccessible, clientPort }: DatabasePlan,
  check: ArgumentCheck,
): { readonly subnetGroup: aws.rds.SubnetGroup; readonly securityGroup: aws.ec2.SecurityGroup } {
  const { name } = scope;
  const subnets = publiclyAccessible ? network.publicSubnetIds : network.isolatedSubnetIds;
  const subnetGroup = new aws.rds.SubnetGroup(
    `${name}-subnets`,
    { description: `Subnets of the database ${name}`, subnetIds: pulumi.output(subnets).apply((ids) => [...ids]) },
    scope.child(),
  );
  const securityGroup = accessGroup(scope, "access", `Clients of the database ${name}`, network);
  // The range of a VPC that is made in the same program may be known only when it is deployed.
  const { cidrBlock } = network;
  const isKnown = typeof cidrBlock === "string";
  const inside = (cidr: string): pulumi.Input<string> =>
    isKnown || publiclyAccessible
      ? cidr
      : pulumi.output(cidrBlock).apply((vpc) => {
          checkInside(cidr, vpc, check);
          return cidr;
        });
  letClientsIn(scope, securityGroup, clientPort, clients, inside);
  return { subnetGroup, securityGroup };
}

/** Makes the security group `<scope>-<role>`, which lets no client in yet. */
export function accessGroup(
  scope: Scope,
  role: string,
  description: string,
  { vpcId }: NetworkView,
): aws.ec2.SecurityGroup {
  const args = { description, vpcId, revokeRulesOnDelete: true };
  return new aws.ec2.SecurityGroup(`${scope.name}-${role}`, args, scope.child());
}

/** Lets the clients in, to one port only. */
export function letClientsIn(
  scope: Scope,
  securityGroup: aws.ec2.SecurityGroup,
  port: number,
  clients: DatabaseSettings["clients"],
  inside: (cidr: string) => pulumi.Input<string> = (cidr) => cidr,
): void {
  for (const [role, referencedSecurityGroupId] of Object.entries(clients.securityGroups))
    ingress(scope, role, securityGroup, port, { referencedSecurityGroupId });
  for (const cidr of clients.cidrBlocks)
    ingress(scope, cidr.replace(/[./]/g, "-"), securityGroup, port, { cidrIpv4: inside(cidr) });
}

/** Lets one client in, to one port only. */
export function ingress(
  scope: Scope,
  role: string,
  securityGroup: aws.ec2.SecurityGroup,
  port: number,
  from: Pick<aws.vpc.SecurityGroupIngressRuleArgs, "cidrIpv4" | "referencedSecurityGroupId">,
): void {
  new aws.vpc.SecurityGroupIngressRule(
    `${scope.name}-from-${role}`,
    {
      securityGroupId: securityGroup.id,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      description: `Connections from ${role}`,
      ...from,
    },
    scope.child(),
  );
}
