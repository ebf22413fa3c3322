import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { EncryptionKey } from "../encryption-key";
import { serviceRole } from "../iam";
import { logGroup } from "../log-group";
import { logRetentionDays } from "../log-retention";
import { isNetworkRange, NETWORK_RANGE, networkLayout } from "./layout";
import type { NetworkView } from "./view";
import { PlatformComponent } from "../platform-component";
import type { Resolved, Settings } from "../settings";

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

const NAT = { none: "None", single: "Single", onePerZone: "OnePerAz" } as const;

const isUnique = (services: readonly string[]): boolean => new Set(services).size === services.length;

export const networkSettings = z.strictObject({
  cidrBlock: z
    .string()
    .refine(isNetworkRange, NETWORK_RANGE)
    .default("10.0.0.0/16")
    .describe("IPv4 range of the VPC, /16 to /22."),
  zones: z
    .int()
    .min(2)
    .max(3)
    .default(3)
    .describe("Availability zones: databases need two, and of three zones two are left when one fails.")
    .meta({ safer: "higher" }),
  natGateways: z
    .enum(Object.keys(NAT) as (keyof typeof NAT)[])
    .default("none")
    .describe(
      "Gateways through which private subnets reach the internet: none, one for all zones (a failure of its zone cuts off all), or one a zone (each is paid by the hour).",
    ),
  gatewayEndpoints: z
    .array(z.enum(["s3", "dynamodb"]))
    .refine(isUnique, "each service once")
    .default(["s3", "dynamodb"])
    .describe("Services that are reached inside the VPC through its route tables. These endpoints cost nothing."),
  interfaceEndpoints: z
    .array(z.enum(INTERFACE_ENDPOINTS))
    .refine(isUnique, "each service once")
    .default(["glue", "kms", "secretsmanager", "logs", "sts"])
    .describe(
      "Services that are reached inside the VPC at addresses of its own. Each endpoint is paid by the hour and zone.",
    ),
  flowLogs: z
    .enum(["all", "rejected"])
    .default("all")
    .describe("Traffic that is logged.")
    .meta({ safer: ["rejected", "all"] }),
  logRetentionDays,
});

type NetworkSettings = Resolved<typeof networkSettings>;

export interface NetworkArgs extends Settings<typeof networkSettings> {
  readonly key: EncryptionKey;
  readonly transform?: { readonly vpc?: (args: awsx.ec2.VpcArgs) => awsx.ec2.VpcArgs };
}

/** Takes back what awsx does by default: machines in public subnets would get addresses on the internet by themselves. */
const withoutAutomaticAddresses: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type === "aws:ec2/subnet:Subnet" ? { props: { ...props, mapPublicIpOnLaunch: false }, opts } : undefined;

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
  /** The group of the interface endpoints, which accept TLS from the VPC; empty without such endpoints. */
  readonly endpointSecurityGroupId: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: NetworkArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("core", "Network", name, opts);
    const settings = this.settings(networkSettings, args);
    const { cidrBlock, zones, natGateways } = settings;
    const layout = networkLayout(cidrBlock, zones);

    const { names } = aws.getAvailabilityZonesOutput(
      { state: "available", filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }] },
      { parent: this },
    );
    const vpcArgs: awsx.ec2.VpcArgs = {
      cidrBlock,
      // awsx needs them before it makes anything; they are known in previews too.
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
    // It has no rules: a resource without a group of its own is cut off, which is noticed at once.
    new aws.ec2.DefaultSecurityGroup(`${name}-default-group`, { vpcId: this.vpcId }, this.child());
    this.gateways(settings);
    this.endpointSecurityGroupId = this.interfaces(settings);
    this.flowLogs(settings);
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

  private gateways({ gatewayEndpoints }: NetworkSettings): void {
    const routeTableIds = this.privateSubnetIds.apply((ids) =>
      pulumi.all(ids.map((subnetId) => aws.ec2.getRouteTableOutput({ subnetId }, { parent: this }).id)),
    );
    for (const service of gatewayEndpoints) {
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

  private interfaces({ cidrBlock, interfaceEndpoints }: NetworkSettings): pulumi.Output<string> {
    if (interfaceEndpoints.length === 0) return pulumi.output("");
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
    for (const service of interfaceEndpoints) {
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

  private flowLogs({ flowLogs, logRetentionDays }: NetworkSettings): void {
    const { args, name } = this;
    const logs = logGroup(this.scope, "flow-logs", { key: args.key, logRetentionDays });
    const { role, policy } = serviceRole(this.scope, "flow-logs-role", {
      service: "vpc-flow-logs.amazonaws.com",
      description: `Writes the flow logs of ${name}`,
      sourceAccount: this.aws.accountId,
      statements: [
        {
          actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          resources: [logs.arn, pulumi.interpolate`${logs.arn}:*`],
        },
      ],
    });
    new aws.ec2.FlowLog(
      `${name}-flow-log`,
      {
        vpcId: this.vpcId,
        trafficType: flowLogs === "all" ? "ALL" : "REJECT",
        logDestinationType: "cloud-watch-logs",
        logDestination: logs.arn,
        iamRoleArn: role.arn,
        maxAggregationInterval: 60,
      },
      this.child({ dependsOn: policy ? [policy] : [] }),
    );
  }
}
