import type { Row } from "../generic/row";
import { closed, detached } from "../types/ec2";

const SERVICE = "EC2";
const NO_IPV6 = "the local cloud's networks are IPv4";
const OWN_RULES = "use aws.vpc.SecurityGroupIngressRule and SecurityGroupEgressRule";

/** The ARN and owner that EC2 tells of few kinds of resources. */
const owned =
  (kind: string): NonNullable<Row["computed"]> =>
  ({ ctx, id, item }) => ({ arn: ctx.arn("ec2", `${kind}/${id}`), ownerId: item.OwnerId ?? ctx.accountId });

interface Permission {
  readonly ipProtocol?: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly description?: string;
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
  readonly prefixListId?: string;
  readonly referencedSecurityGroupId?: string;
}

const permission = (given: Permission): object => {
  const { description: Description, ipProtocol: IpProtocol } = given;
  const ports = IpProtocol === "-1" ? {} : { FromPort: given.fromPort, ToPort: given.toPort };
  return {
    IpProtocol,
    ...ports,
    ...(given.cidrIpv4 ? { IpRanges: [{ CidrIp: given.cidrIpv4, Description }] } : {}),
    ...(given.cidrIpv6 ? { Ipv6Ranges: [{ CidrIpv6: given.cidrIpv6, Description }] } : {}),
    ...(given.prefixListId ? { PrefixListIds: [{ PrefixListId: given.prefixListId, Description }] } : {}),
    ...(given.referencedSecurityGroupId
      ? { UserIdGroupPairs: [{ GroupId: given.referencedSecurityGroupId, Description }] }
      : {}),
  };
};

/** A rule is its group and what it permits: any change of these is another rule. */
const rule = (direction: "Ingress" | "Egress"): Row => ({
  type: `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
  service: SERVICE,
  create: {
    operation: `AuthorizeSecurityGroup${direction}`,
    without: ["cidrIpv4", "fromPort", "ipProtocol", "toPort"],
    with: (props) => ({ IpPermissions: [permission(props as Permission)] }),
  },
  id: "SecurityGroupRules.0.SecurityGroupRuleId",
  names: { securityGroupId: "GroupId" },
  read: {
    operation: "DescribeSecurityGroupRules",
    with: ({ securityGroupId }) => ({ Filters: [{ Name: "group-id", Values: [securityGroupId] }] }),
  },
  matches: (item, id) => item.SecurityGroupRuleId === id,
  computed: ({ ctx, id }) => ({ arn: ctx.arn("ec2", `security-group-rule/${id}`), securityGroupRuleId: id }),
  forgotten: ["description", "fromPort", "toPort", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"],
  unsent: [
    "cidrIpv4",
    "cidrIpv6",
    "description",
    "fromPort",
    "ipProtocol",
    "prefixListId",
    "referencedSecurityGroupId",
    "toPort",
  ],
  delete: {
    operation: `RevokeSecurityGroup${direction}`,
    without: ["cidrIpv4", "fromPort", "ipProtocol", "toPort"],
    with: ({ id }) => ({ SecurityGroupRuleIds: [id] }),
  },
  replaceOn: "all",
});

/** What to add to a list of a VPC endpoint, and what to remove. */
function difference(list: string, before: unknown, after: unknown): Record<string, unknown> {
  const [olds, news] = [before, after].map((ids) => (ids ?? []) as string[]) as [string[], string[]];
  const added = news.filter((id) => !olds.includes(id));
  const removed = olds.filter((id) => !news.includes(id));
  return { [`Add${list}`]: added, [`Remove${list}`]: removed };
}

export const EC2: readonly Row[] = [
  {
    type: "aws:ec2/eip:Eip",
    service: SERVICE,
    create: { operation: "AllocateAddress", with: { Domain: "vpc" } },
    id: "AllocationId",
    read: "DescribeAddresses",
    delete: { operation: "ReleaseAddress", without: ["networkBorderGroup"] },
    computed: ({ ctx, id, item }) => ({
      allocationId: id,
      arn: ctx.arn("ec2", `elastic-ip/${id}`),
      associationId: item.AssociationId ?? "",
    }),
    forgotten: ["domain", "networkBorderGroup", "publicIpv4Pool", "instance", "networkInterface"],
    unsent: ["associateWithPrivateIp", "instance", "networkInterface"],
    tagSpecification: "elastic-ip",
    changing: ["associationId", "privateIp", "privateDns"],
    replaceOn: ["domain"],
    keeps: ["domain", "networkBorderGroup", "publicIpv4Pool", "networkInterface", "instance"],
  },
  {
    // Without a tag specification: MiniStack drops the tags of the request that creates.
    type: "aws:ec2/flowLog:FlowLog",
    service: SERVICE,
    create: {
      operation: "CreateFlowLogs",
      with: ({ vpcId, subnetId, eniId }) => ({
        ResourceIds: [vpcId ?? subnetId ?? eniId],
        ResourceType: vpcId ? "VPC" : subnetId ? "Subnet" : "NetworkInterface",
      }),
    },
    id: "FlowLogIds.0",
    key: "FlowLogId",
    names: { iamRoleArn: "DeliverLogsPermissionArn" },
    read: "DescribeFlowLogs",
    delete: "DeleteFlowLogs",
    computed: ({ ctx, id }) => ({ arn: ctx.arn("ec2", `vpc-flow-log/${id}`) }),
    // It is never another one than what was asked for: any change makes a new one.
    forgotten: [
      "logDestination",
      "logDestinationType",
      "logFormat",
      "maxAggregationInterval",
      "trafficType",
      "iamRoleArn",
    ],
    unsent: ["eniId", "regionalNatGatewayId", "subnetId", "transitGatewayAttachmentId", "transitGatewayId", "vpcId"],
    replaceOn: "all",
    defaults: { logDestinationType: "cloud-watch-logs", maxAggregationInterval: 600 },
    keeps: ["logDestination", "logFormat"],
  },
  {
    type: "aws:ec2/internetGateway:InternetGateway",
    service: SERVICE,
    create: "CreateInternetGateway",
    id: "InternetGateway.InternetGatewayId",
    read: "DescribeInternetGateways",
    update: ["AttachInternetGateway"],
    delete: "DeleteInternetGateway",
    wrap: detached,
    computed: (held) => ({ ...owned("internet-gateway")(held), vpcId: held.item.Attachments?.[0]?.VpcId }),
    tagSpecification: "internet-gateway",
    replaceOn: ["vpcId"],
  },
  {
    type: "aws:ec2/natGateway:NatGateway",
    service: SERVICE,
    create: "CreateNatGateway",
    id: "NatGateway.NatGatewayId",
    names: { privateIp: "PrivateIpAddress" },
    read: "DescribeNatGateways",
    gone: ({ State }) => State === "deleted" || State === "deleting",
    delete: "DeleteNatGateway",
    computed: ({ item: { NatGatewayAddresses: [address] = [] } }) => ({
      publicIp: address?.PublicIp ?? "",
      networkInterfaceId: address?.NetworkInterfaceId ?? "",
      associationId: address?.AssociationId ?? "",
    }),
    forgotten: ["vpcId", "connectivityType"],
    tagSpecification: "natgateway",
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
  },
  {
    type: "aws:ec2/route:Route",
    service: SERVICE,
    create: "CreateRoute",
    id: "r-{routeTableId}_{destinationCidrBlock}",
    names: { egressOnlyGatewayId: "EgressOnlyInternetGatewayId" },
    read: { operation: "DescribeRouteTables", item: "RouteTables.0.Routes" },
    delete: "DeleteRoute",
    computed: ({ item, known }) => ({
      gatewayId: item.NatGatewayId ? undefined : item.GatewayId,
      natGatewayId: item.NatGatewayId ?? known.natGatewayId,
      origin: item.Origin ?? "CreateRoute",
      state: item.State ?? "active",
    }),
    changing: ["state"],
    replaceOn: "all",
  },
  {
    type: "aws:ec2/routeTable:RouteTable",
    service: SERVICE,
    create: "CreateRouteTable",
    id: "RouteTable.RouteTableId",
    read: "DescribeRouteTables",
    delete: "DeleteRouteTable",
    computed: owned("route-table"),
    forgotten: ["routes", "propagatingVgws"],
    unsent: ["propagatingVgws"],
    tagSpecification: "route-table",
    replaceOn: ["vpcId"],
    keeps: ["routes", "propagatingVgws"],
    refuses: { routes: "use aws.ec2.Route" },
  },
  {
    type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    service: SERVICE,
    create: "AssociateRouteTable",
    id: "AssociationId",
    read: {
      operation: "DescribeRouteTables",
      item: "RouteTables.0.Associations",
      with: ({ routeTableId }) => ({ RouteTableIds: [routeTableId] }),
    },
    matches: (item, id) => item.RouteTableAssociationId === id,
    delete: "DisassociateRouteTable",
    replaceOn: "all",
    refuses: { gatewayId: "associate a subnet" },
  },
  {
    type: "aws:ec2/securityGroup:SecurityGroup",
    service: SERVICE,
    create: "CreateSecurityGroup",
    id: "GroupId",
    names: { name: "GroupName" },
    read: "DescribeSecurityGroups",
    delete: { operation: "DeleteSecurityGroup", without: ["name"] },
    wrap: closed,
    computed: owned("security-group"),
    tagSpecification: "security-group",
    sends: { description: "Managed by Pulumi" },
    replaceOn: ["name", "namePrefix", "description", "vpcId"],
    defaults: { description: "Managed by Pulumi" },
    keeps: ["name", "vpcId", "ingress", "egress"],
    settings: ["revokeRulesOnDelete"],
    refuses: { ingress: OWN_RULES, egress: OWN_RULES },
    autoname: { property: "name", prefix: "namePrefix", maxLength: 255 },
  },
  {
    type: "aws:ec2/subnet:Subnet",
    service: SERVICE,
    create: "CreateSubnet",
    id: "Subnet.SubnetId",
    read: "DescribeSubnets",
    update: [{ operation: "ModifySubnetAttribute", for: ["mapPublicIpOnLaunch"], partial: true }],
    delete: "DeleteSubnet",
    computed: (held) => ({
      ...owned("subnet")(held),
      arn: held.item.SubnetArn ?? held.ctx.arn("ec2", `subnet/${held.id}`),
      mapPublicIpOnLaunch: held.item.MapPublicIpOnLaunch ?? false,
    }),
    unset: { mapPublicIpOnLaunch: false },
    tagSpecification: "subnet",
    replaceOn: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"],
    keeps: ["availabilityZone", "availabilityZoneId", "privateDnsHostnameTypeOnLaunch"],
  },
  {
    type: "aws:ec2/vpc:Vpc",
    service: SERVICE,
    create: "CreateVpc",
    id: "Vpc.VpcId",
    read: "DescribeVpcs",
    more: [
      {
        operation: "DescribeSecurityGroups",
        with: ({ id }) => ({
          Filters: [
            { Name: "vpc-id", Values: [id] },
            { Name: "group-name", Values: ["default"] },
          ],
        }),
      },
      { operation: "DescribeRouteTables", with: ({ id }) => ({ Filters: [{ Name: "vpc-id", Values: [id] }] }) },
    ],
    // The service takes one attribute a request.
    update: [
      { operation: "ModifyVpcAttribute", for: ["enableDnsSupport"], partial: true },
      { operation: "ModifyVpcAttribute", for: ["enableDnsHostnames"], partial: true },
    ],
    delete: "DeleteVpc",
    computed: (held) => {
      const [groups, tables] = held.more;
      const main = tables?.RouteTables?.find(({ Associations = [] }: { Associations?: { Main?: boolean }[] }) =>
        Associations.some(({ Main }) => Main),
      )?.RouteTableId as string | undefined;
      return {
        ...owned("vpc")(held),
        instanceTenancy: held.item.InstanceTenancy ?? "default",
        dhcpOptionsId: held.item.DhcpOptionsId ?? "",
        defaultSecurityGroupId: groups?.SecurityGroups?.[0]?.GroupId ?? "",
        defaultRouteTableId: main ?? "",
        mainRouteTableId: main ?? "",
        defaultNetworkAclId: "",
      };
    },
    unset: { enableDnsHostnames: false },
    tagSpecification: "vpc",
    replaceOn: ["cidrBlock", "instanceTenancy"],
    defaults: { instanceTenancy: "default", enableDnsSupport: true },
    keeps: ["enableDnsHostnames", "enableNetworkAddressUsageMetrics"],
    refuses: { assignGeneratedIpv6CidrBlock: NO_IPV6, ipv6CidrBlock: NO_IPV6, ipv4IpamPoolId: "name a cidrBlock" },
  },
  {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    service: SERVICE,
    create: "CreateVpcEndpoint",
    id: "VpcEndpoint.VpcEndpointId",
    names: { policy: "PolicyDocument" },
    read: "DescribeVpcEndpoints",
    update: [
      {
        operation: "ModifyVpcEndpoint",
        for: ["policy", "routeTableIds", "securityGroupIds", "subnetIds", "privateDnsEnabled"],
        with: (news, _ctx, _params, olds) => ({
          ...difference("RouteTableIds", olds.routeTableIds, news.routeTableIds),
          ...difference("SubnetIds", olds.subnetIds, news.subnetIds),
          ...difference("SecurityGroupIds", olds.securityGroupIds, news.securityGroupIds),
        }),
      },
    ],
    delete: "DeleteVpcEndpoints",
    computed: (held) => ({
      ...owned("vpc-endpoint")(held),
      vpcEndpointType: held.item.VpcEndpointType ?? "Gateway",
      state: held.item.State ?? "available",
      requesterManaged: false,
    }),
    // The emulator forgets what was changed.
    forgotten: [
      "policy",
      "ipAddressType",
      "dnsOptions",
      "privateDnsEnabled",
      "routeTableIds",
      "securityGroupIds",
      "subnetIds",
      "subnetConfigurations",
      "cidrBlocks",
      "dnsEntries",
      "networkInterfaceIds",
      "prefixListId",
    ],
    unsent: ["autoAccept"],
    tagSpecification: "vpc-endpoint",
    sends: { vpcEndpointType: "Gateway" },
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
  },
  rule("Egress"),
  rule("Ingress"),
];
