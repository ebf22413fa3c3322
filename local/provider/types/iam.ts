import * as iam from "@aws-sdk/client-iam";
import type { Handler } from "../handler";

/** Deletes a role with `forceDetachPolicies` together with its policies. */
export const withoutPolicies = (role: Handler): Handler => ({
  ...role,
  async delete(ctx, RoleName, known) {
    const client = ctx.client(iam.IAMClient);
    if (known.forceDetachPolicies) {
      for await (const { AttachedPolicies = [] } of iam.paginateListAttachedRolePolicies({ client }, { RoleName })) {
        for (const { PolicyArn } of AttachedPolicies)
          await client.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn }));
      }
      for await (const { PolicyNames = [] } of iam.paginateListRolePolicies({ client }, { RoleName })) {
        for (const PolicyName of PolicyNames)
          await client.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName }));
      }
    }
    await role.delete(ctx, RoleName, known);
  },
});

/** Deletes a user with `forceDestroy` together with the access keys. */
export const withoutKeys = (user: Handler): Handler => ({
  ...user,
  async delete(ctx, UserName, known) {
    const client = ctx.client(iam.IAMClient);
    if (known.forceDestroy) {
      const { AccessKeyMetadata = [] } = await client.send(new iam.ListAccessKeysCommand({ UserName }));
      for (const { AccessKeyId } of AccessKeyMetadata)
        await client.send(new iam.DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    }
    await user.delete(ctx, UserName, known);
  },
});
