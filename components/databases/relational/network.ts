import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkView } from "../../core/network/view";
import type { ArgumentCheck } from "../../core/validate";
import { addressRange, liesWithin } from "./address-ranges";
import type { DatabaseClients } from "./arguments";

export interface DatabaseNetworkArgs {
  readonly network: NetworkView;
  readonly publiclyAccessible: boolean;
  readonly clients: DatabaseClients;
  readonly port: number;
}

/** Where the database is, and the door that only its clients pass. */
export function databaseNetwork(
  name: string,
  args: DatabaseNetworkArgs,
  check: ArgumentCheck,
  options: pulumi.CustomResourceOptions,
): { readonly subnetGroup: aws.rds.SubnetGroup; readonly securityGroup: aws.ec2.SecurityGroup } {
  const { network, publiclyAccessible, clients, port } = args;
  const subnets = publiclyAccessible ? network.publicSubnetIds : network.isolatedSubnetIds;
  const subnetGroup = new aws.rds.SubnetGroup(
    `${name}-subnets`,
    { description: `Subnets of the database ${name}`, subnetIds: pulumi.output(subnets).apply((ids) => [...ids]) },
    options,
  );
  const securityGroup = new aws.ec2.SecurityGroup(
    `${name}-access`,
    { description: `Clients of the database ${name}`, vpcId: network.vpcId, revokeRulesOnDelete: true },
    options,
  );
  for (const [role, client] of Object.entries(clients.securityGroups ?? {})) {
    check.matches(
      "clients.securityGroups",
      role,
      /^[a-z][a-z0-9-]*$/,
      "lower-case letters, digits and hyphens as names",
    );
    ingress(name, role, securityGroup, port, { referencedSecurityGroupId: client }, options);
  }
  for (const cidr of clients.cidrBlocks ?? []) {
    const allowed = publiclyAccessible ? "a range narrower than /8" : "a range inside the VPC's own";
    const range = addressRange(cidr);
    check.require(range !== undefined, "clients.cidrBlocks", cidr, "IPv4 ranges such as 10.0.1.0/24");
    check.require((range?.size ?? 0) <= 2 ** 24, "clients.cidrBlocks", cidr, allowed);
    // Of a VPC made in the same program the range is known when the program runs, or only when it is deployed.
    const inside = (vpc: string): string => {
      check.require(publiclyAccessible || liesWithin(cidr, vpc), "clients.cidrBlocks", cidr, `${allowed}, ${vpc}`);
      return cidr;
    };
    const { cidrBlock: vpc } = network;
    const cidrIpv4 = typeof vpc === "string" ? inside(vpc) : pulumi.output(vpc).apply(inside);
    ingress(name, cidr.replace(/[./]/g, "-"), securityGroup, port, { cidrIpv4 }, options);
  }
  return { subnetGroup, securityGroup };
}

/** Lets somebody in, to the database's port only. */
export function ingress(
  name: string,
  role: string,
  securityGroup: aws.ec2.SecurityGroup,
  port: number,
  from: Pick<aws.vpc.SecurityGroupIngressRuleArgs, "cidrIpv4" | "referencedSecurityGroupId">,
  options: pulumi.CustomResourceOptions,
): void {
  new aws.vpc.SecurityGroupIngressRule(
    `${name}-from-${role}`,
    {
      securityGroupId: securityGroup.id,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      description: `Connections from ${role}`,
      ...from,
    },
    options,
  );
}
