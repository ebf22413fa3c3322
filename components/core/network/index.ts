import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../encryption-key";
import { serviceRole } from "../iam";
import { networkLayout } from "./layout";
import type { NetworkView } from "./view";
import { PlatformComponent } from "../platform-component";

/** Services of AWS that are reached without leaving the VPC, by endpoints with an address in it. */
export const INTERFACE_ENDPOINTS = [
  "glue",
  "kms",
  "secretsmanager",
  "logs",
  "monitoring",
  "sts",
  "sqs",
  "sns",
  "states",
  "lambda",
  "events",
  "athena",
  "kinesis-firehose",
  "kinesis-streams",
  "rds-data",
  "dms",
  "datasync",
] as const;
export type InterfaceEndpoint = (typeof INTERFACE_ENDPOINTS)[number];

export interface NetworkArgs {
  readonly key: EncryptionKey;
  /** IPv4 range, /16 to /22. */
  readonly cidrBlock?: string;
  /** 2 or 3: databases need two, three keep two when one fails. */
  readonly zones?: number;
  /**
   * The way out for private subnets: none, one gateway for all (a zone's failure cuts everybody off), or one a zone (every
   * one is paid by the hour).
   */
  readonly natGateways?: "none" | "single" | "onePerZone";
  /** S3 and DynamoDB without leaving the VPC; they cost nothing. */
  readonly gatewayEndpoints?: readonly ("s3" | "dynamodb")[];
  /** Paid by the hour and zone each. What the platform calls: glue, kms, secretsmanager, logs, sts. */
  readonly interfaceEndpoints?: readonly InterfaceEndpoint[];
  /** Which traffic is logged. */
  readonly flowLogs?: "all" | "rejected";
  readonly flowLogRetentionDays?: number;
  readonly permissionsBoundary?: pulumi.Input<string>;
  readonly transform?: { readonly vpc?: (args: awsx.ec2.VpcArgs) => awsx.ec2.VpcArgs };
}

export const NETWORK_DEFAULTS = {
  cidrBlock: "10.0.0.0/16",
  zones: 3,
  natGateways: "none" as const,
  gatewayEndpoints: ["s3", "dynamodb"] as readonly ("s3" | "dynamodb")[],
  interfaceEndpoints: ["glue", "kms", "secretsmanager", "logs", "sts"] as readonly InterfaceEndpoint[],
  flowLogs: "all" as const,
  flowLogRetentionDays: 30,
};

/** awsx lets whatever is started in public subnets have an address on the internet; gateways have addresses of their own. */
const withoutAutomaticAddresses: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type === "aws:ec2/subnet:Subnet" ? { props: { ...props, mapPublicIpOnLaunch: false }, opts } : undefined;

const NAT = { none: "None", single: "Single", onePerZone: "OnePerAz" } as const;

/**
 * A VPC in two or three zones: public subnets, private ones that reach what the platform calls by endpoints (or the internet
 * by NAT gateways), and isolated ones without any way out, for databases. Traffic is logged, the default security group lets
 * nothing through. It is a `NetworkView`, as is `{ vpcId, cidrBlock, … }` of a VPC that exists already.
 *
 * @example
 * const key = new EncryptionKey("network", { description: "Network" });
 * const network = new Network("network", { key, zones: 2 });
 */
export class Network extends PlatformComponent implements NetworkView {
  readonly vpcId: pulumi.Output<string>;
  readonly cidrBlock: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
  readonly isolatedSubnetIds: pulumi.Output<string[]>;
  /** What interface endpoints let in: TLS from the VPC. Empty without such endpoints. */
  readonly endpointSecurityGroupId: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: NetworkArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("core", name, opts, "Network");
    const cidrBlock = args.cidrBlock ?? NETWORK_DEFAULTS.cidrBlock;
    const zones = args.zones ?? NETWORK_DEFAULTS.zones;
    const natGateways = args.natGateways ?? NETWORK_DEFAULTS.natGateways;
    this.check.integer("zones", zones, 2, 3);
    this.check.oneOf("natGateways", natGateways, Object.keys(NAT) as (keyof typeof NAT)[]);
    this.check.oneOf("flowLogs", args.flowLogs, ["all", "rejected"]);
    for (const one of args.gatewayEndpoints ?? []) this.check.oneOf("gatewayEndpoints", one, ["s3", "dynamodb"]);
    for (const one of args.interfaceEndpoints ?? []) this.check.oneOf("interfaceEndpoints", one, INTERFACE_ENDPOINTS);
    for (const argument of ["gatewayEndpoints", "interfaceEndpoints"] as const) {
      const services: readonly string[] = args[argument] ?? [];
      this.check.require(new Set(services).size === services.length, argument, services, "each service once");
    }
    const layout = networkLayout(cidrBlock, zones, this.check);

    const { names } = aws.getAvailabilityZonesOutput(
      { state: "available", filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }] },
      { parent: this },
    );
    const vpcArgs: awsx.ec2.VpcArgs = {
      cidrBlock,
      // awsx wants them before it makes anything; they are known in previews too.
      availabilityZoneNames: names.apply((all) => all.slice(0, zones)) as unknown as string[],
      enableDnsSupport: true,
      enableDnsHostnames: true,
      subnetStrategy: "Auto",
      subnetSpecs: [
        { type: "Public", name: "public", cidrBlocks: [...layout.public] },
        { type: "Private", name: "private", cidrBlocks: [...layout.private] },
        { type: "Isolated", name: "isolated", cidrBlocks: [...layout.isolated] },
      ],
      natGateways: { strategy: NAT[natGateways] },
    };
    const vpc = new awsx.ec2.Vpc(
      `${name}-vpc`,
      args.transform?.vpc?.(vpcArgs) ?? vpcArgs,
      this.mainChild({ transforms: [withoutAutomaticAddresses] }),
    );
    this.vpcId = vpc.vpcId;
    this.cidrBlock = pulumi.output(cidrBlock);
    this.publicSubnetIds = vpc.publicSubnetIds;
    this.privateSubnetIds = vpc.privateSubnetIds;
    this.isolatedSubnetIds = vpc.isolatedSubnetIds;
    // No rules: what forgets to name a group of its own is cut off, and noticed.
    new aws.ec2.DefaultSecurityGroup(`${name}-default-group`, { vpcId: this.vpcId }, this.child());
    this.gateways();
    this.endpointSecurityGroupId = this.interfaces(cidrBlock);
    this.flowLogs();
    this.registerOutputs({
      vpcId: this.vpcId,
      cidrBlock: this.cidrBlock,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
      isolatedSubnetIds: this.isolatedSubnetIds,
      endpointSecurityGroupId: this.endpointSecurityGroupId,
    });
  }

  private serviceName(service: string): pulumi.Output<string> {
    return pulumi.interpolate`com.amazonaws.${this.aws.region}.${service}`;
  }

  private gateways(): void {
    const routeTableIds = this.privateSubnetIds.apply((ids) =>
      pulumi.all(ids.map((subnetId) => aws.ec2.getRouteTableOutput({ subnetId }, { parent: this }).id)),
    );
    for (const service of this.args.gatewayEndpoints ?? NETWORK_DEFAULTS.gatewayEndpoints) {
      new aws.ec2.VpcEndpoint(
        `${this.name}-${service}-endpoint`,
        {
          vpcId: this.vpcId,
          serviceName: this.serviceName(service),
          vpcEndpointType: "Gateway",
          routeTableIds,
        },
        this.child(),
      );
    }
  }

  private interfaces(cidrBlock: string): pulumi.Output<string> {
    const services = this.args.interfaceEndpoints ?? NETWORK_DEFAULTS.interfaceEndpoints;
    if (services.length === 0) return pulumi.output("");
    const group = new aws.ec2.SecurityGroup(
      `${this.name}-endpoints-group`,
      { vpcId: this.vpcId, description: "Endpoints of AWS services: TLS from the VPC" },
      this.child(),
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${this.name}-endpoints-ingress`,
      {
        securityGroupId: group.id,
        description: "TLS from the VPC",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrIpv4: cidrBlock,
      },
      this.child(),
    );
    for (const service of services) {
      new aws.ec2.VpcEndpoint(
        `${this.name}-${service}-endpoint`,
        {
          vpcId: this.vpcId,
          serviceName: this.serviceName(service),
          vpcEndpointType: "Interface",
          subnetIds: this.privateSubnetIds,
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
        },
        this.child(),
      );
    }
    return group.id;
  }

  private flowLogs(): void {
    const { args, name } = this;
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-flow-logs`,
      {
        retentionInDays: args.flowLogRetentionDays ?? NETWORK_DEFAULTS.flowLogRetentionDays,
        kmsKeyId: args.key.keyArn,
      },
      this.child(),
    );
    const { role, policy } = serviceRole(
      `${name}-flow-logs-role`,
      {
        service: "vpc-flow-logs.amazonaws.com",
        description: `Writes the flow logs of ${name}`,
        sourceAccount: this.aws.accountId,
        permissionsBoundary: args.permissionsBoundary,
        statements: [
          {
            actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            resources: [logs.arn, pulumi.interpolate`${logs.arn}:*`],
          },
        ],
      },
      this.child(),
    );
    new aws.ec2.FlowLog(
      `${name}-flow-log`,
      {
        vpcId: this.vpcId,
        trafficType: (args.flowLogs ?? NETWORK_DEFAULTS.flowLogs) === "all" ? "ALL" : "REJECT",
        logDestinationType: "cloud-watch-logs",
        logDestination: logs.arn,
        iamRoleArn: role.arn,
        maxAggregationInterval: 60,
      },
      this.child({ dependsOn: policy ? [policy] : [] }),
    );
  }
}
