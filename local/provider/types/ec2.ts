import * as ec2 from "@aws-sdk/client-ec2";
import type { DefaultSecurityGroupArgs } from "@pulumi/aws/ec2";
import { define, found, type Context, type Handler, type Invoke } from "../handler";
import { retag, tagList, tagMap } from "../shape";

/** What EC2's types do beyond their requests, and the security group that a VPC is born with. */

const send = (ctx: Context): ec2.EC2Client => ctx.client(ec2.EC2Client);

async function groupOf(
  ctx: Context,
  asked: ec2.DescribeSecurityGroupsCommandInput,
): Promise<ec2.SecurityGroup | undefined> {
  const answer = await found(send(ctx).send(new ec2.DescribeSecurityGroupsCommand(asked)));
  return answer?.SecurityGroups?.[0];
}

/** A new group lets everything out; the provider's does not, until a rule says so. */
async function close(ctx: Context, GroupId: string): Promise<void> {
  const { IpPermissions = [], IpPermissionsEgress = [] } = (await groupOf(ctx, { GroupIds: [GroupId] })) ?? {};
  if (IpPermissions.length > 0)
    await send(ctx).send(new ec2.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  if (IpPermissionsEgress.length > 0) {
    await send(ctx).send(new ec2.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: IpPermissionsEgress }));
  }
}

export const closed = (group: Handler): Handler => ({
  ...group,
  async create(ctx, inputs, exists) {
    const made = await group.create(ctx, inputs, exists);
    await close(ctx, typeof made === "string" ? made : made.id);
    return made;
  },
});

/** A gateway is detached from its VPC before it is deleted. */
export const detached = (gateway: Handler): Handler => ({
  ...gateway,
  async delete(ctx, id, known) {
    if (known.vpcId) {
      const VpcId = String(known.vpcId);
      await send(ctx).send(new ec2.DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId }));
    }
    await gateway.delete(ctx, id, known);
  },
});

const OWN_RULES = "use aws.vpc.SecurityGroupIngressRule and SecurityGroupEgressRule";

const retagged = (ctx: Context, id: string, olds: { tags?: unknown }, news: { tags?: unknown }): Promise<void> =>
  retag(
    olds,
    news,
    (keys) => send(ctx).send(new ec2.DeleteTagsCommand({ Resources: [id], Tags: keys.map((Key) => ({ Key })) })),
    (tags) => send(ctx).send(new ec2.CreateTagsCommand({ Resources: [id], Tags: tagList(tags) })),
  );

/** The group a VPC is born with: taken over, with its rules removed; it goes with the VPC. */
export const defaultSecurityGroup = define<DefaultSecurityGroupArgs>({
  type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  outputs: ["arn", "description", "name", "namePrefix", "ownerId"],
  replaceOn: ["vpcId"],
  settings: ["revokeRulesOnDelete"],
  refuses: { ingress: OWN_RULES, egress: OWN_RULES },
  taggable: true,
  async create(ctx, inputs) {
    const Filters = [
      { Name: "vpc-id", Values: [inputs.vpcId ?? ""] },
      { Name: "group-name", Values: ["default"] },
    ];
    const id = (await groupOf(ctx, { Filters }))?.GroupId;
    if (!id) throw new Error(`the VPC ${inputs.vpcId} has no default security group`);
    await close(ctx, id);
    await retagged(ctx, id, {}, inputs);
    return id;
  },
  async read(ctx, id) {
    const held = await groupOf(ctx, { GroupIds: [id] });
    return (
      held && {
        vpcId: held.VpcId,
        name: held.GroupName,
        description: held.Description,
        ownerId: held.OwnerId ?? ctx.accountId,
        arn: ctx.arn("ec2", `security-group/${id}`),
        tags: tagMap(held.Tags),
      }
    );
  },
  update: (ctx, id, olds, news) => retagged(ctx, id, olds, news),
  delete: () => Promise.resolve(),
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
