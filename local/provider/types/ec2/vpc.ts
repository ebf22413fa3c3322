import * as ec2 from "@aws-sdk/client-ec2";
import type {
  EipArgs,
  FlowLogArgs,
  InternetGatewayArgs,
  NatGatewayArgs,
  RouteArgs,
  RouteTableArgs,
  RouteTableAssociationArgs,
  SubnetArgs,
  VpcArgs,
  VpcEndpointArgs,
} from "@pulumi/aws/ec2";
import { define, type Context, type Invoke } from "../../handler";
import { one, retagEc2, send, tagged, tagsOf } from "./shared";

const NO_IPV6 = "the local cloud's networks are IPv4";

export const vpc = define<VpcArgs>({
  type: "aws:ec2/vpc:Vpc",
  outputs: [
    "arn",
    "defaultNetworkAclId",
    "defaultRouteTableId",
    "defaultSecurityGroupId",
    "dhcpOptionsId",
    "ipv6AssociationId",
    "mainRouteTableId",
    "ownerId",
  ],
  replaceOn: ["cidrBlock", "instanceTenancy"],
  defaults: { instanceTenancy: "default", enableDnsSupport: true },
  keeps: ["enableDnsHostnames", "enableNetworkAddressUsageMetrics"],
  refuses: { assignGeneratedIpv6CidrBlock: NO_IPV6, ipv6CidrBlock: NO_IPV6, ipv4IpamPoolId: "name a cidrBlock" },
  taggable: true,
  async create(ctx, inputs, exists) {
    const { Vpc } = await send(ctx).send(
      new ec2.CreateVpcCommand({
        CidrBlock: inputs.cidrBlock,
        InstanceTenancy: inputs.instanceTenancy as ec2.Tenancy | undefined,
        ...tagged("vpc", inputs.tags),
      }),
    );
    const id = Vpc?.VpcId ?? "";
    exists(id);
    await dns(ctx, id, inputs);
    return id;
  },
  async read(ctx, id, known) {
    const held = await one(
      send(ctx)
        .send(new ec2.DescribeVpcsCommand({ VpcIds: [id] }))
        .then(({ Vpcs }) => Vpcs),
    );
    if (!held) return undefined;
    const within = [{ Name: "vpc-id", Values: [id] }];
    const { SecurityGroups = [] } = await send(ctx).send(
      new ec2.DescribeSecurityGroupsCommand({ Filters: [...within, { Name: "group-name", Values: ["default"] }] }),
    );
    const { RouteTables = [] } = await send(ctx).send(new ec2.DescribeRouteTablesCommand({ Filters: within }));
    const main = RouteTables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));
    return {
      cidrBlock: held.CidrBlock,
      instanceTenancy: held.InstanceTenancy ?? "default",
      arn: ctx.arn("ec2", `vpc/${id}`),
      ownerId: held.OwnerId ?? ctx.accountId,
      dhcpOptionsId: held.DhcpOptionsId ?? "",
      defaultSecurityGroupId: SecurityGroups[0]?.GroupId ?? "",
      defaultRouteTableId: main?.RouteTableId ?? "",
      mainRouteTableId: main?.RouteTableId ?? "",
      defaultNetworkAclId: "",
      enableDnsSupport: known.enableDnsSupport,
      enableDnsHostnames: known.enableDnsHostnames,
      tags: tagsOf(held.Tags),
    };
  },
  async update(ctx, id, olds, news) {
    await dns(ctx, id, news);
    await retagEc2(ctx, id, olds, news);
  },
  async delete(ctx, VpcId) {
    await send(ctx).send(new ec2.DeleteVpcCommand({ VpcId }));
  },
});

async function dns(
  ctx: Context,
  VpcId: string,
  { enableDnsSupport, enableDnsHostnames }: { enableDnsSupport?: boolean; enableDnsHostnames?: boolean },
): Promise<void> {
  if (enableDnsSupport !== undefined) {
    await send(ctx).send(new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: enableDnsSupport } }));
  }
  if (enableDnsHostnames !== undefined) {
    await send(ctx).send(
      new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: enableDnsHostnames } }),
    );
  }
}

export const subnet = define<SubnetArgs>({
  type: "aws:ec2/subnet:Subnet",
  outputs: ["arn", "ipv6CidrBlockAssociationId", "ownerId"],
  replaceOn: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"],
  keeps: ["availabilityZone", "availabilityZoneId", "privateDnsHostnameTypeOnLaunch"],
  taggable: true,
  async create(ctx, inputs, exists) {
    const { Subnet } = await send(ctx).send(
      new ec2.CreateSubnetCommand({
        VpcId: inputs.vpcId,
        CidrBlock: inputs.cidrBlock,
        AvailabilityZone: inputs.availabilityZone,
        AvailabilityZoneId: inputs.availabilityZoneId,
        ...tagged("subnet", inputs.tags),
      }),
    );
    const id = Subnet?.SubnetId ?? "";
    exists(id);
    if (inputs.mapPublicIpOnLaunch) await mapPublic(ctx, id, true);
    return id;
  },
  async read(ctx, id) {
    const held = await one(
      send(ctx)
        .send(new ec2.DescribeSubnetsCommand({ SubnetIds: [id] }))
        .then(({ Subnets }) => Subnets),
    );
    return (
      held && {
        vpcId: held.VpcId,
        cidrBlock: held.CidrBlock,
        availabilityZone: held.AvailabilityZone,
        availabilityZoneId: held.AvailabilityZoneId,
        mapPublicIpOnLaunch: held.MapPublicIpOnLaunch ?? false,
        arn: held.SubnetArn ?? ctx.arn("ec2", `subnet/${id}`),
        ownerId: held.OwnerId ?? ctx.accountId,
        tags: tagsOf(held.Tags),
      }
    );
  },
  async update(ctx, id, olds, news, changed) {
    if (changed.has("mapPublicIpOnLaunch")) await mapPublic(ctx, id, news.mapPublicIpOnLaunch ?? false);
    await retagEc2(ctx, id, olds, news);
  },
  async delete(ctx, SubnetId) {
    await send(ctx).send(new ec2.DeleteSubnetCommand({ SubnetId }));
  },
});

const mapPublic = (ctx: Context, SubnetId: string, Value: boolean): Promise<unknown> =>
  send(ctx).send(new ec2.ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value } }));

export const internetGateway = define<InternetGatewayArgs>({
  type: "aws:ec2/internetGateway:InternetGateway",
  outputs: ["arn", "ownerId"],
  replaceOn: ["vpcId"],
  taggable: true,
  async create(ctx, inputs, exists) {
    const { InternetGateway } = await send(ctx).send(
      new ec2.CreateInternetGatewayCommand(tagged("internet-gateway", inputs.tags)),
    );
    const InternetGatewayId = InternetGateway?.InternetGatewayId ?? "";
    exists(InternetGatewayId);
    if (inputs.vpcId) {
      await send(ctx).send(new ec2.AttachInternetGatewayCommand({ InternetGatewayId, VpcId: inputs.vpcId }));
    }
    return InternetGatewayId;
  },
  async read(ctx, id) {
    const held = await one(
      send(ctx)
        .send(new ec2.DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] }))
        .then(({ InternetGateways }) => InternetGateways),
    );
    return (
      held && {
        vpcId: held.Attachments?.[0]?.VpcId,
        arn: ctx.arn("ec2", `internet-gateway/${id}`),
        ownerId: held.OwnerId ?? ctx.accountId,
        tags: tagsOf(held.Tags),
      }
    );
  },
  update: (ctx, id, olds, news) => retagEc2(ctx, id, olds, news),
  async delete(ctx, InternetGatewayId, { vpcId }) {
    if (vpcId) await send(ctx).send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId, VpcId: vpcId }));
    await send(ctx).send(new ec2.DeleteInternetGatewayCommand({ InternetGatewayId }));
  },
});

export const routeTable = define<RouteTableArgs>({
  type: "aws:ec2/routeTable:RouteTable",
  outputs: ["arn", "ownerId"],
  replaceOn: ["vpcId"],
  keeps: ["routes", "propagatingVgws"],
  refuses: { routes: "use aws.ec2.Route" },
  taggable: true,
  async create(ctx, inputs) {
    const { RouteTable } = await send(ctx).send(
      new ec2.CreateRouteTableCommand({ VpcId: inputs.vpcId, ...tagged("route-table", inputs.tags) }),
    );
    return RouteTable?.RouteTableId ?? "";
  },
  async read(ctx, id) {
    const held = await table(ctx, id);
    return (
      held && {
        vpcId: held.VpcId,
        arn: ctx.arn("ec2", `route-table/${id}`),
        ownerId: held.OwnerId ?? ctx.accountId,
        tags: tagsOf(held.Tags),
      }
    );
  },
  update: (ctx, id, olds, news) => retagEc2(ctx, id, olds, news),
  async delete(ctx, RouteTableId) {
    await send(ctx).send(new ec2.DeleteRouteTableCommand({ RouteTableId }));
  },
});

const table = (ctx: Context, id: string): Promise<ec2.RouteTable | undefined> =>
  one(
    send(ctx)
      .send(new ec2.DescribeRouteTablesCommand({ RouteTableIds: [id] }))
      .then(({ RouteTables }) => RouteTables),
  );

export const route = define<RouteArgs>({
  type: "aws:ec2/route:Route",
  outputs: ["instanceId", "instanceOwnerId", "origin", "state"],
  changing: ["state"],
  replaceOn: [],
  async create(ctx, inputs) {
    await send(ctx).send(
      new ec2.CreateRouteCommand({
        RouteTableId: inputs.routeTableId,
        DestinationCidrBlock: inputs.destinationCidrBlock,
        GatewayId: inputs.gatewayId,
        NatGatewayId: inputs.natGatewayId,
      }),
    );
    return `r-${inputs.routeTableId}_${inputs.destinationCidrBlock}`;
  },
  async read(ctx, id, known) {
    const [, routeTableId = "", destination = ""] = /^r-(.+)_(.+)$/.exec(id) ?? [];
    const held = (await table(ctx, routeTableId))?.Routes?.find((one) => one.DestinationCidrBlock === destination);
    return (
      held && {
        routeTableId,
        destinationCidrBlock: destination,
        gatewayId: held.NatGatewayId ? undefined : held.GatewayId,
        natGatewayId: held.NatGatewayId ?? known.natGatewayId,
        origin: held.Origin ?? "CreateRoute",
        state: held.State ?? "active",
      }
    );
  },
  async delete(ctx, _id, { routeTableId, destinationCidrBlock }) {
    await send(ctx).send(
      new ec2.DeleteRouteCommand({ RouteTableId: routeTableId, DestinationCidrBlock: destinationCidrBlock }),
    );
  },
});

export const routeTableAssociation = define<RouteTableAssociationArgs>({
  type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  outputs: [],
  replaceOn: [],
  refuses: { gatewayId: "associate a subnet" },
  async create(ctx, inputs) {
    const { AssociationId } = await send(ctx).send(
      new ec2.AssociateRouteTableCommand({ RouteTableId: inputs.routeTableId, SubnetId: inputs.subnetId }),
    );
    return AssociationId ?? "";
  },
  async read(ctx, id, known) {
    const held = (await table(ctx, String(known.routeTableId)))?.Associations?.find(
      (one) => one.RouteTableAssociationId === id,
    );
    return held && { routeTableId: held.RouteTableId, subnetId: held.SubnetId };
  },
  async delete(ctx, AssociationId) {
    await send(ctx).send(new ec2.DisassociateRouteTableCommand({ AssociationId }));
  },
});

export const eip = define<EipArgs>({
  type: "aws:ec2/eip:Eip",
  outputs: [
    "allocationId",
    "arn",
    "associationId",
    "carrierIp",
    "customerOwnedIp",
    "privateDns",
    "privateIp",
    "ptrRecord",
    "publicDns",
    "publicIp",
  ],
  changing: ["associationId", "privateIp", "privateDns"],
  replaceOn: ["domain"],
  keeps: ["domain", "networkBorderGroup", "publicIpv4Pool", "networkInterface", "instance"],
  taggable: true,
  async create(ctx, inputs) {
    const { AllocationId } = await send(ctx).send(
      new ec2.AllocateAddressCommand({ Domain: "vpc", ...tagged("elastic-ip", inputs.tags) }),
    );
    return AllocationId ?? "";
  },
  async read(ctx, id) {
    const held = await one(
      send(ctx)
        .send(new ec2.DescribeAddressesCommand({ AllocationIds: [id] }))
        .then(({ Addresses }) => Addresses),
    );
    return (
      held && {
        allocationId: id,
        arn: ctx.arn("ec2", `elastic-ip/${id}`),
        publicIp: held.PublicIp,
        associationId: held.AssociationId ?? "",
        tags: tagsOf(held.Tags),
      }
    );
  },
  update: (ctx, id, olds, news) => retagEc2(ctx, id, olds, news),
  async delete(ctx, AllocationId) {
    await send(ctx).send(new ec2.ReleaseAddressCommand({ AllocationId }));
  },
});

export const natGateway = define<NatGatewayArgs>({
  type: "aws:ec2/natGateway:NatGateway",
  outputs: ["associationId", "networkInterfaceId", "publicIp", "autoProvisionZones", "autoScalingIps", "routeTableId"],
  changing: ["associationId"],
  replaceOn: ["subnetId", "allocationId", "connectivityType"],
  keeps: [
    "connectivityType",
    "privateIp",
    "secondaryPrivateIpAddressCount",
    "secondaryPrivateIpAddresses",
    "availabilityMode",
    "vpcId",
  ],
  taggable: true,
  async create(ctx, inputs) {
    const { NatGateway } = await send(ctx).send(
      new ec2.CreateNatGatewayCommand({
        SubnetId: inputs.subnetId,
        AllocationId: inputs.allocationId,
        ConnectivityType: inputs.connectivityType as ec2.ConnectivityType | undefined,
        ...tagged("natgateway", inputs.tags),
      }),
    );
    return NatGateway?.NatGatewayId ?? "";
  },
  async read(ctx, id) {
    const held = await one(
      send(ctx)
        .send(new ec2.DescribeNatGatewaysCommand({ NatGatewayIds: [id] }))
        .then(({ NatGateways }) => NatGateways),
    );
    if (!held || held.State === "deleted" || held.State === "deleting") return undefined;
    const [address] = held.NatGatewayAddresses ?? [];
    return {
      subnetId: held.SubnetId,
      publicIp: address?.PublicIp ?? "",
      networkInterfaceId: address?.NetworkInterfaceId ?? "",
      associationId: address?.AssociationId ?? "",
      tags: tagsOf(held.Tags),
    };
  },
  update: (ctx, id, olds, news) => retagEc2(ctx, id, olds, news),
  async delete(ctx, NatGatewayId) {
    await send(ctx).send(new ec2.DeleteNatGatewayCommand({ NatGatewayId }));
  },
});

export const vpcEndpoint = define<VpcEndpointArgs>({
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  outputs: [
    "arn",
    "cidrBlocks",
    "dnsEntries",
    "networkInterfaceIds",
    "ownerId",
    "prefixListId",
    "requesterManaged",
    "state",
  ],
  changing: ["state", "cidrBlocks", "networkInterfaceIds", "dnsEntries"],
  replaceOn: ["vpcId", "serviceName", "vpcEndpointType"],
  defaults: { vpcEndpointType: "Gateway" },
  keeps: [
    "policy",
    "ipAddressType",
    "dnsOptions",
    "privateDnsEnabled",
    "routeTableIds",
    "securityGroupIds",
    "subnetIds",
    "subnetConfigurations",
  ],
  documents: ["policy"],
  unordered: ["routeTableIds", "securityGroupIds", "subnetIds"],
  taggable: true,
  async create(ctx, inputs) {
    const { VpcEndpoint } = await send(ctx).send(
      new ec2.CreateVpcEndpointCommand({
        VpcId: inputs.vpcId,
        ServiceName: inputs.serviceName,
        VpcEndpointType: (inputs.vpcEndpointType ?? "Gateway") as ec2.VpcEndpointType,
        PolicyDocument: inputs.policy,
        RouteTableIds: inputs.routeTableIds,
        SecurityGroupIds: inputs.securityGroupIds,
        SubnetIds: inputs.subnetIds,
        PrivateDnsEnabled: inputs.privateDnsEnabled,
        ...tagged("vpc-endpoint", inputs.tags),
      }),
    );
    return VpcEndpoint?.VpcEndpointId ?? "";
  },
  async read(ctx, id) {
    const held = await one(
      send(ctx)
        .send(new ec2.DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }))
        .then(({ VpcEndpoints }) => VpcEndpoints),
    );
    return (
      held && {
        vpcId: held.VpcId,
        serviceName: held.ServiceName,
        vpcEndpointType: held.VpcEndpointType ?? "Gateway",
        arn: ctx.arn("ec2", `vpc-endpoint/${id}`),
        ownerId: held.OwnerId ?? ctx.accountId,
        state: held.State ?? "available",
        requesterManaged: false,
        tags: tagsOf(held.Tags),
      }
    );
  },
  async update(ctx, VpcEndpointId, olds, news, changed) {
    const difference = (before: readonly string[] = [], after: readonly string[] = []): [string[], string[]] => [
      after.filter((id) => !before.includes(id)),
      before.filter((id) => !after.includes(id)),
    ];
    if (
      ["policy", "routeTableIds", "securityGroupIds", "subnetIds", "privateDnsEnabled"].some((name) =>
        changed.has(name),
      )
    ) {
      const [AddRouteTableIds, RemoveRouteTableIds] = difference(olds.routeTableIds, news.routeTableIds);
      const [AddSubnetIds, RemoveSubnetIds] = difference(olds.subnetIds, news.subnetIds);
      const [AddSecurityGroupIds, RemoveSecurityGroupIds] = difference(olds.securityGroupIds, news.securityGroupIds);
      await send(ctx).send(
        new ec2.ModifyVpcEndpointCommand({
          VpcEndpointId,
          PolicyDocument: news.policy,
          AddRouteTableIds,
          RemoveRouteTableIds,
          AddSubnetIds,
          RemoveSubnetIds,
          AddSecurityGroupIds,
          RemoveSecurityGroupIds,
          PrivateDnsEnabled: news.privateDnsEnabled,
        }),
      );
    }
    await retagEc2(ctx, VpcEndpointId, olds, news);
  },
  async delete(ctx, id) {
    await send(ctx).send(new ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
  },
});

export const flowLog = define<FlowLogArgs>({
  type: "aws:ec2/flowLog:FlowLog",
  outputs: ["arn"],
  replaceOn: [
    ...["vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId", "trafficType", "logFormat"],
    ...["logDestinationType", "logDestination", "destinationOptions", "iamRoleArn", "deliverCrossAccountRole"],
    "maxAggregationInterval",
  ],
  defaults: { logDestinationType: "cloud-watch-logs", maxAggregationInterval: 600 },
  keeps: ["logDestination", "logFormat"],
  taggable: true,
  async create(ctx, inputs) {
    const resource = inputs.vpcId ?? inputs.subnetId ?? inputs.eniId ?? "";
    const { FlowLogIds: [id] = [], Unsuccessful: [failed] = [] } = await send(ctx).send(
      new ec2.CreateFlowLogsCommand({
        ResourceIds: [resource],
        ResourceType: inputs.vpcId ? "VPC" : inputs.subnetId ? "Subnet" : "NetworkInterface",
        TrafficType: inputs.trafficType as ec2.TrafficType | undefined,
        LogDestinationType: inputs.logDestinationType as ec2.LogDestinationType | undefined,
        LogDestination: inputs.logDestination,
        DeliverLogsPermissionArn: inputs.iamRoleArn,
        MaxAggregationInterval: inputs.maxAggregationInterval,
      }),
    );
    if (!id) throw new Error(failed?.Error?.Message ?? "the flow log was not made");
    // MiniStack drops the tags of the request that creates.
    await retagEc2(ctx, id, {}, inputs);
    return id;
  },
  async read(ctx, id) {
    const held = await one(
      send(ctx)
        .send(new ec2.DescribeFlowLogsCommand({ FlowLogIds: [id] }))
        .then(({ FlowLogs }) => FlowLogs),
    );
    return held && { arn: ctx.arn("ec2", `vpc-flow-log/${id}`), tags: tagsOf(held.Tags) };
  },
  update: (ctx, id, olds, news) => retagEc2(ctx, id, olds, news),
  async delete(ctx, id) {
    await send(ctx).send(new ec2.DeleteFlowLogsCommand({ FlowLogIds: [id] }));
  },
});

/** Only by the subnet that uses the table. */
export const getRouteTable: Invoke = {
  token: "aws:ec2/getRouteTable:getRouteTable",
  async invoke(ctx, args) {
    const { RouteTables: [held] = [] } = await send(ctx).send(
      new ec2.DescribeRouteTablesCommand({
        Filters: [{ Name: "association.subnet-id", Values: [String(args.subnetId)] }],
      }),
    );
    if (!held) throw new Error(`the subnet ${String(args.subnetId)} has no route table of its own`);
    return {
      ...args,
      id: held.RouteTableId,
      routeTableId: held.RouteTableId,
      vpcId: held.VpcId,
      routes: [],
      associations: [],
    };
  },
};
