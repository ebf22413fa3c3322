import * as ec2 from "@aws-sdk/client-ec2";
import type { DefaultSecurityGroupArgs, SecurityGroupArgs } from "@pulumi/aws/ec2";
import type { SecurityGroupEgressRuleArgs, SecurityGroupIngressRuleArgs } from "@pulumi/aws/vpc";
import { define, type Context, type Handler, type Inputs } from "../../handler";
import { one, retagEc2, send, tagged, tagsOf } from "./shared";

const OWN_RULES = "use aws.vpc.SecurityGroupIngressRule and SecurityGroupEgressRule";

const group = (ctx: Context, id: string): Promise<ec2.SecurityGroup | undefined> =>
  one(
    send(ctx)
      .send(new ec2.DescribeSecurityGroupsCommand({ GroupIds: [id] }))
      .then(({ SecurityGroups }) => SecurityGroups),
  );

/** A new group lets everything out; the provider's does not, until a rule says so. */
async function closed(ctx: Context, GroupId: string): Promise<void> {
  const held = await group(ctx, GroupId);
  const { IpPermissions = [], IpPermissionsEgress = [] } = held ?? {};
  if (IpPermissions.length > 0)
    await send(ctx).send(new ec2.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  if (IpPermissionsEgress.length > 0) {
    await send(ctx).send(new ec2.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: IpPermissionsEgress }));
  }
}

export const securityGroup = define<SecurityGroupArgs>({
  type: "aws:ec2/securityGroup:SecurityGroup",
  outputs: ["arn", "ownerId"],
  replaceOn: ["name", "namePrefix", "description", "vpcId"],
  defaults: { description: "Managed by Pulumi" },
  keeps: ["name", "vpcId", "ingress", "egress"],
  settings: ["revokeRulesOnDelete"],
  refuses: { ingress: OWN_RULES, egress: OWN_RULES },
  autoname: { property: "name", prefix: "namePrefix", maxLength: 255 },
  taggable: true,
  async create(ctx, inputs, exists) {
    const { GroupId = "" } = await send(ctx).send(
      new ec2.CreateSecurityGroupCommand({
        GroupName: inputs.name,
        Description: inputs.description ?? "Managed by Pulumi",
        VpcId: inputs.vpcId,
        ...tagged("security-group", inputs.tags),
      }),
    );
    exists(GroupId);
    await closed(ctx, GroupId);
    return GroupId;
  },
  async read(ctx, id) {
    const held = await group(ctx, id);
    return (
      held && {
        name: held.GroupName,
        description: held.Description,
        vpcId: held.VpcId,
        ownerId: held.OwnerId ?? ctx.accountId,
        arn: ctx.arn("ec2", `security-group/${id}`),
        tags: tagsOf(held.Tags),
      }
    );
  },
  update: (ctx, id, olds, news) => retagEc2(ctx, id, olds, news),
  async delete(ctx, GroupId) {
    await send(ctx).send(new ec2.DeleteSecurityGroupCommand({ GroupId }));
  },
});

/** The group a VPC is born with: taken over, with its rules taken away; it goes with the VPC. */
export const defaultSecurityGroup = define<DefaultSecurityGroupArgs>({
  type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  outputs: ["arn", "description", "name", "namePrefix", "ownerId"],
  replaceOn: ["vpcId"],
  settings: ["revokeRulesOnDelete"],
  refuses: { ingress: OWN_RULES, egress: OWN_RULES },
  taggable: true,
  async create(ctx, inputs) {
    const held = await one(
      send(ctx)
        .send(
          new ec2.DescribeSecurityGroupsCommand({
            Filters: [
              { Name: "vpc-id", Values: [inputs.vpcId ?? ""] },
              { Name: "group-name", Values: ["default"] },
            ],
          }),
        )
        .then(({ SecurityGroups }) => SecurityGroups),
    );
    const id = held?.GroupId;
    if (!id) throw new Error(`the VPC ${inputs.vpcId} has no default security group`);
    await closed(ctx, id);
    await retagEc2(ctx, id, {}, inputs);
    return id;
  },
  async read(ctx, id) {
    const held = await group(ctx, id);
    return (
      held && {
        vpcId: held.VpcId,
        name: held.GroupName,
        description: held.Description,
        ownerId: held.OwnerId ?? ctx.accountId,
        arn: ctx.arn("ec2", `security-group/${id}`),
        tags: tagsOf(held.Tags),
      }
    );
  },
  update: (ctx, id, olds, news) => retagEc2(ctx, id, olds, news),
  delete: () => Promise.resolve(),
});

type RuleArgs = Inputs<SecurityGroupIngressRuleArgs>;

const permission = (inputs: RuleArgs): ec2.IpPermission => ({
  IpProtocol: inputs.ipProtocol,
  FromPort: inputs.ipProtocol === "-1" ? undefined : inputs.fromPort,
  ToPort: inputs.ipProtocol === "-1" ? undefined : inputs.toPort,
  ...(inputs.cidrIpv4 ? { IpRanges: [{ CidrIp: inputs.cidrIpv4, Description: inputs.description }] } : {}),
  ...(inputs.cidrIpv6 ? { Ipv6Ranges: [{ CidrIpv6: inputs.cidrIpv6, Description: inputs.description }] } : {}),
  ...(inputs.prefixListId
    ? { PrefixListIds: [{ PrefixListId: inputs.prefixListId, Description: inputs.description }] }
    : {}),
  ...(inputs.referencedSecurityGroupId
    ? { UserIdGroupPairs: [{ GroupId: inputs.referencedSecurityGroupId, Description: inputs.description }] }
    : {}),
});

/** A rule is its group and what it permits: any change of these is another rule. */
function rule(direction: "Ingress" | "Egress"): Handler {
  return define<SecurityGroupIngressRuleArgs & SecurityGroupEgressRuleArgs>({
    type: `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
    outputs: ["arn", "securityGroupRuleId"],
    replaceOn: [],
    taggable: true,
    async create(ctx, inputs) {
      const request = { GroupId: inputs.securityGroupId, IpPermissions: [permission(inputs)] };
      const { SecurityGroupRules: [made] = [] } = await (direction === "Ingress"
        ? send(ctx).send(new ec2.AuthorizeSecurityGroupIngressCommand(request))
        : send(ctx).send(new ec2.AuthorizeSecurityGroupEgressCommand(request)));
      return made?.SecurityGroupRuleId ?? "";
    },
    async read(ctx, id, known) {
      const { SecurityGroupRules = [] } = await send(ctx).send(
        new ec2.DescribeSecurityGroupRulesCommand({
          Filters: [{ Name: "group-id", Values: [String(known.securityGroupId)] }],
        }),
      );
      const held = SecurityGroupRules.find((one) => one.SecurityGroupRuleId === id);
      return (
        held && {
          securityGroupId: held.GroupId,
          securityGroupRuleId: id,
          arn: ctx.arn("ec2", `security-group-rule/${id}`),
          ipProtocol: held.IpProtocol,
          cidrIpv4: held.CidrIpv4,
        }
      );
    },
    async delete(ctx, id, known) {
      const request = { GroupId: known.securityGroupId, SecurityGroupRuleIds: [id] };
      await (direction === "Ingress"
        ? send(ctx).send(new ec2.RevokeSecurityGroupIngressCommand(request))
        : send(ctx).send(new ec2.RevokeSecurityGroupEgressCommand(request)));
    },
  });
}

export const securityGroupIngressRule = rule("Ingress");
export const securityGroupEgressRule = rule("Egress");
