import type * as pulumi from "@pulumi/pulumi";

/** The parts of a VPC that components use: a `Network` is one, and an existing VPC can be described by one. */
export interface NetworkView {
  readonly vpcId: pulumi.Input<string>;
  /** The VPC's IPv4 range, e.g. `10.0.0.0/16`. */
  readonly cidrBlock: pulumi.Input<string>;
  /** Subnets with a route from the internet. */
  readonly publicSubnetIds: pulumi.Input<readonly string[]>;
  /** Subnets that reach the internet, or what the platform calls, but are not reached from it. */
  readonly privateSubnetIds: pulumi.Input<readonly string[]>;
  /** Subnets without any route out of the VPC: for databases. In two zones at least. */
  readonly isolatedSubnetIds: pulumi.Input<readonly string[]>;
}
