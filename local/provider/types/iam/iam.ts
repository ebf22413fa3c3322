import * as iam from "@aws-sdk/client-iam";
import type { PolicyArgs, RoleArgs, RolePolicyArgs, RolePolicyAttachmentArgs } from "@pulumi/aws/iam";
import { define, found } from "../../handler";
import { documentText, retag, tagList, tagMap } from "../../shape";

/** IAM gives documents back percent-encoded. */
const decoded = (document: string | undefined): string | undefined => document && decodeURIComponent(document);
/** A managed policy has at most five versions. */
const MAX_VERSIONS = 5;

export const role = define<RoleArgs>({
  type: "aws:iam/role:Role",
  outputs: ["arn", "createDate", "uniqueId"],
  replaceOn: ["name", "namePrefix", "path"],
  defaults: { path: "/", maxSessionDuration: 3600 },
  keeps: ["name"],
  documents: ["assumeRolePolicy"],
  settings: ["forceDetachPolicies"],
  refuses: {
    inlinePolicies: "use aws.iam.RolePolicy instead",
    managedPolicyArns: "use aws.iam.RolePolicyAttachment instead",
  },
  autoname: { property: "name", prefix: "namePrefix", maxLength: 64 },
  taggable: true,
  async create(ctx, inputs) {
    const { name = "", tags } = inputs;
    await ctx.client(iam.IAMClient).send(
      new iam.CreateRoleCommand({
        RoleName: name,
        Path: inputs.path,
        AssumeRolePolicyDocument: documentText(inputs.assumeRolePolicy),
        Description: inputs.description,
        MaxSessionDuration: inputs.maxSessionDuration,
        PermissionsBoundary: inputs.permissionsBoundary,
        Tags: tagList(tags),
      }),
    );
    return name;
  },
  async read(ctx, RoleName) {
    const { Role } = await ctx.client(iam.IAMClient).send(new iam.GetRoleCommand({ RoleName }));
    return (
      Role && {
        name: Role.RoleName,
        arn: Role.Arn,
        createDate: Role.CreateDate,
        uniqueId: Role.RoleId,
        path: Role.Path,
        description: Role.Description,
        assumeRolePolicy: decoded(Role.AssumeRolePolicyDocument),
        maxSessionDuration: Role.MaxSessionDuration ?? 3600,
        permissionsBoundary: Role.PermissionsBoundary?.PermissionsBoundaryArn,
        tags: tagMap(Role.Tags),
      }
    );
  },
  async update(ctx, RoleName, olds, news, changed) {
    const client = ctx.client(iam.IAMClient);
    if (changed.has("assumeRolePolicy")) {
      await client.send(
        new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: documentText(news.assumeRolePolicy) }),
      );
    }
    if (changed.has("description") || changed.has("maxSessionDuration")) {
      await client.send(
        new iam.UpdateRoleCommand({
          RoleName,
          Description: news.description ?? "",
          MaxSessionDuration: news.maxSessionDuration ?? 3600,
        }),
      );
    }
    if (changed.has("permissionsBoundary")) {
      await (news.permissionsBoundary
        ? client.send(
            new iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: news.permissionsBoundary }),
          )
        : client.send(new iam.DeleteRolePermissionsBoundaryCommand({ RoleName })));
    }
    await retag(
      olds,
      news,
      (TagKeys) => client.send(new iam.UntagRoleCommand({ RoleName, TagKeys })),
      (tags) => client.send(new iam.TagRoleCommand({ RoleName, Tags: tagList(tags) })),
    );
  },
  async delete(ctx, RoleName, { forceDetachPolicies }) {
    const client = ctx.client(iam.IAMClient);
    if (forceDetachPolicies) {
      for await (const page of iam.paginateListAttachedRolePolicies({ client }, { RoleName })) {
        for (const { PolicyArn } of page.AttachedPolicies ?? []) {
          await client.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn }));
        }
      }
      for await (const page of iam.paginateListRolePolicies({ client }, { RoleName })) {
        for (const PolicyName of page.PolicyNames ?? []) {
          await client.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName }));
        }
      }
    }
    await client.send(new iam.DeleteRoleCommand({ RoleName }));
  },
});

/** `<role>:<name>`: neither may hold a colon. */
const inline = (id: string): { RoleName: string; PolicyName: string } => {
  const [RoleName = "", PolicyName = ""] = id.split(":");
  return { RoleName, PolicyName };
};

export const rolePolicy = define<RolePolicyArgs>({
  type: "aws:iam/rolePolicy:RolePolicy",
  outputs: [],
  replaceOn: ["role", "name", "namePrefix"],
  keeps: ["name"],
  documents: ["policy"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 128 },
  async create(ctx, { role: roleName, name, policy }) {
    const id = `${String(roleName)}:${name}`;
    await ctx
      .client(iam.IAMClient)
      .send(new iam.PutRolePolicyCommand({ ...inline(id), PolicyDocument: documentText(policy) }));
    return id;
  },
  async read(ctx, id) {
    const answer = await ctx.client(iam.IAMClient).send(new iam.GetRolePolicyCommand(inline(id)));
    return { role: answer.RoleName, name: answer.PolicyName, policy: decoded(answer.PolicyDocument) };
  },
  async update(ctx, id, _olds, { policy }) {
    await ctx
      .client(iam.IAMClient)
      .send(new iam.PutRolePolicyCommand({ ...inline(id), PolicyDocument: documentText(policy) }));
  },
  async delete(ctx, id) {
    await ctx.client(iam.IAMClient).send(new iam.DeleteRolePolicyCommand(inline(id)));
  },
});

const attached = (id: string): { RoleName: string; PolicyArn: string } => {
  const slash = id.indexOf("/");
  return { RoleName: id.slice(0, slash), PolicyArn: id.slice(slash + 1) };
};

export const rolePolicyAttachment = define<RolePolicyAttachmentArgs>({
  type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  outputs: [],
  replaceOn: ["role", "policyArn"],
  async create(ctx, { role: roleName, policyArn }) {
    const id = `${String(roleName)}/${policyArn}`;
    await ctx.client(iam.IAMClient).send(new iam.AttachRolePolicyCommand(attached(id)));
    return id;
  },
  async read(ctx, id) {
    const client = ctx.client(iam.IAMClient);
    const { RoleName, PolicyArn } = attached(id);
    for await (const page of iam.paginateListAttachedRolePolicies({ client }, { RoleName })) {
      if (page.AttachedPolicies?.some((policy) => policy.PolicyArn === PolicyArn))
        return { role: RoleName, policyArn: PolicyArn };
    }
    return undefined;
  },
  async delete(ctx, id) {
    await ctx.client(iam.IAMClient).send(new iam.DetachRolePolicyCommand(attached(id)));
  },
});

export const policy = define<PolicyArgs>({
  type: "aws:iam/policy:Policy",
  outputs: ["arn", "attachmentCount", "policyId"],
  replaceOn: ["name", "namePrefix", "path", "description"],
  defaults: { path: "/" },
  keeps: ["name"],
  documents: ["policy"],
  settings: ["delayAfterPolicyCreationInMs"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 128 },
  taggable: true,
  async create(ctx, inputs) {
    const { Policy } = await ctx.client(iam.IAMClient).send(
      new iam.CreatePolicyCommand({
        PolicyName: inputs.name,
        Path: inputs.path,
        Description: inputs.description,
        PolicyDocument: documentText(inputs.policy),
        Tags: tagList(inputs.tags),
      }),
    );
    return Policy?.Arn ?? "";
  },
  async read(ctx, PolicyArn) {
    const client = ctx.client(iam.IAMClient);
    const { Policy } = await client.send(new iam.GetPolicyCommand({ PolicyArn }));
    if (!Policy) return undefined;
    const { PolicyVersion } = await client.send(
      new iam.GetPolicyVersionCommand({ PolicyArn, VersionId: Policy.DefaultVersionId }),
    );
    const { Tags } = await client.send(new iam.ListPolicyTagsCommand({ PolicyArn }));
    return {
      name: Policy.PolicyName,
      arn: Policy.Arn,
      policyId: Policy.PolicyId,
      path: Policy.Path,
      description: Policy.Description,
      attachmentCount: Policy.AttachmentCount,
      policy: decoded(PolicyVersion?.Document),
      tags: tagMap(Tags),
    };
  },
  async update(ctx, PolicyArn, olds, news, changed) {
    const client = ctx.client(iam.IAMClient);
    if (changed.has("policy")) {
      const others = await otherVersions(client, PolicyArn);
      const [oldest] = others;
      if (others.length >= MAX_VERSIONS - 1) {
        await client.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: oldest }));
      }
      await client.send(
        new iam.CreatePolicyVersionCommand({
          PolicyArn,
          PolicyDocument: documentText(news.policy),
          SetAsDefault: true,
        }),
      );
    }
    await retag(
      olds,
      news,
      (TagKeys) => client.send(new iam.UntagPolicyCommand({ PolicyArn, TagKeys })),
      (tags) => client.send(new iam.TagPolicyCommand({ PolicyArn, Tags: tagList(tags) })),
    );
  },
  async delete(ctx, PolicyArn) {
    const client = ctx.client(iam.IAMClient);
    for (const VersionId of (await found(otherVersions(client, PolicyArn))) ?? []) {
      await client.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    }
    await client.send(new iam.DeletePolicyCommand({ PolicyArn }));
  },
});

/** All but the default one, oldest first. */
async function otherVersions(client: iam.IAMClient, PolicyArn: string): Promise<string[]> {
  const { Versions = [] } = await client.send(new iam.ListPolicyVersionsCommand({ PolicyArn }));
  return Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion)
    .map(({ VersionId = "" }) => VersionId)
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
}
