/**
 * The type of the component whose children this file derives, for the arguments that the library passes: subnets with given addresses.
 * Names, parents and inputs of the children are those of the awsx provider.
 * @see {@link https://github.com/pulumi/pulumi-awsx/blob/master/awsx/ec2/vpc.ts}
 */
export const VPC_TYPE = "awsx:ec2:Vpc";

type SubnetType = "Public" | "Private" | "Isolated";

interface SubnetSpec {
  readonly type: SubnetType;
  readonly name?: string;
  readonly cidrBlocks: readonly string[];
}

/** The arguments of awsx that are supported here. */
export interface VpcArguments {
  readonly cidrBlock: string;
  readonly availabilityZoneNames: readonly string[];
  readonly subnetSpecs: readonly SubnetSpec[];
  readonly natGateways?: { readonly strategy?: "None" | "Single" | "OnePerAz" };
  readonly tags?: Readonly<Record<string, string>>;
  readonly [setting: string]: unknown;
}

/** A reference to a value that another child has after its creation. */
export interface Reference {
  readonly of: string;
  readonly output: "id" | "allocationId";
}

/** A child of the component. It comes after the children that it refers to. */
export interface VpcChild {
  /** The key of this child among its siblings, for example `subnet public-1`. */
  readonly key: string;
  readonly type: string;
  readonly name: string;
  /** The key of its parent; undefined for the component. */
  readonly parent: string | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The inputs that come from other children. */
  readonly references: Readonly<Record<string, Reference>>;
}

export interface VpcChildren {
  readonly children: readonly VpcChild[];
  /** The outputs of the component: a reference or a list of references each. */
  readonly outputs: Readonly<Record<string, Reference | readonly Reference[]>>;
}

const id = (of: string): Reference => ({ of, output: "id" });

/** The arguments of the component that it passes to the VPC unchanged. */
const OF_THE_VPC = ["enableDnsHostnames", "enableDnsSupport", "instanceTenancy"];
const UNDERSTOOD = [
  ...OF_THE_VPC,
  "cidrBlock",
  "availabilityZoneNames",
  "subnetSpecs",
  "subnetStrategy",
  "natGateways",
  "tags",
];

/**
 * Returns the children of a VPC with these arguments, and the outputs of the component.
 * @throws {Error} If an argument is not supported, because the network would differ from the one in AWS.
 */
export function vpcChildren(name: string, args: VpcArguments): VpcChildren {
  const unknown = Object.keys(args).filter(
    (argument) => args[argument] !== undefined && !UNDERSTOOD.includes(argument),
  );
  if (unknown.length > 0) {
    throw new Error(
      `awsx.ec2.Vpc "${name}": ${unknown.join(", ")} is not supported here; supported: ${UNDERSTOOD.join(", ")}`,
    );
  }
  const zones = args.availabilityZoneNames;
  for (const { type, cidrBlocks } of args.subnetSpecs) {
    if (cidrBlocks?.length !== zones.length)
      throw new Error(
        `awsx.ec2.Vpc "${name}": subnets of type ${type} need one cidrBlock for each of ${zones.length} zones`,
      );
  }
  const strategy = args.natGateways?.strategy ?? "OnePerAz";
  const shared = { Name: name, ...args.tags };
  const children: VpcChild[] = [];
  const add = (child: Omit<VpcChild, "references"> & Partial<Pick<VpcChild, "references">>): void => {
    children.push({ references: {}, ...child });
  };
  add({
    key: "vpc",
    type: "aws:ec2/vpc:Vpc",
    name,
    parent: undefined,
    inputs: {
      cidrBlock: args.cidrBlock,
      tags: shared,
      ...Object.fromEntries(OF_THE_VPC.filter((one) => args[one] !== undefined).map((one) => [one, args[one]])),
    },
  });
  add({
    key: "gateway",
    type: "aws:ec2/internetGateway:InternetGateway",
    name,
    parent: "vpc",
    inputs: { tags: shared },
    references: { vpcId: id("vpc") },
  });
  const byType: Record<SubnetType, Reference[]> = { Public: [], Private: [], Isolated: [] };
  // Public subnets come first, because the routes of private subnets lead to the NAT gateways in them.
  const order: readonly SubnetType[] = ["Public", "Private", "Isolated"];
  zones.forEach((zone, index) => {
    for (const type of order) {
      for (const spec of args.subnetSpecs.filter((one) => one.type === type)) {
        const subnetName = `${name}-${spec.name ?? type.toLowerCase()}-${index + 1}`;
        const [subnet, table] = [`subnet ${subnetName}`, `table ${subnetName}`];
        const tags = { ...shared, Name: subnetName, SubnetType: type };
        add({
          key: subnet,
          type: "aws:ec2/subnet:Subnet",
          name: subnetName,
          parent: "vpc",
          inputs: {
            availabilityZone: zone,
            cidrBlock: spec.cidrBlocks[index],
            mapPublicIpOnLaunch: type === "Public",
            tags,
          },
          references: { vpcId: id("vpc") },
        });
        byType[type].push(id(subnet));
        add({
          key: table,
          type: "aws:ec2/routeTable:RouteTable",
          name: subnetName,
          parent: subnet,
          inputs: { tags },
          references: { vpcId: id("vpc") },
        });
        add({
          key: `association ${subnetName}`,
          type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
          name: subnetName,
          parent: table,
          inputs: {},
          references: { routeTableId: id(table), subnetId: id(subnet) },
        });
        if (type === "Public" && (strategy === "OnePerAz" || (strategy === "Single" && index === 0))) {
          const natName = `${name}-${index + 1}`;
          add({
            key: `address ${index}`,
            type: "aws:ec2/eip:Eip",
            name: natName,
            parent: subnet,
            inputs: { tags: { ...args.tags, Name: natName } },
          });
          add({
            key: `nat ${index}`,
            type: "aws:ec2/natGateway:NatGateway",
            name: natName,
            parent: subnet,
            inputs: { tags: { ...args.tags, Name: natName } },
            references: { subnetId: id(subnet), allocationId: { of: `address ${index}`, output: "allocationId" } },
          });
        }
        const way: Record<string, Reference> =
          type === "Public"
            ? { gatewayId: id("gateway") }
            : type === "Private" && strategy !== "None"
              ? { natGatewayId: id(`nat ${strategy === "Single" ? 0 : index}`) }
              : {};
        if (Object.keys(way).length > 0) {
          add({
            key: `route ${subnetName}`,
            type: "aws:ec2/route:Route",
            name: subnetName,
            parent: table,
            inputs: { destinationCidrBlock: "0.0.0.0/0" },
            references: { routeTableId: id(table), ...way },
          });
        }
      }
    }
  });
  return {
    children,
    outputs: {
      vpcId: id("vpc"),
      publicSubnetIds: byType.Public,
      privateSubnetIds: byType.Private,
      isolatedSubnetIds: byType.Isolated,
    },
  };
}
