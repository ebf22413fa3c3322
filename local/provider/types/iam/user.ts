import * as iam from "@aws-sdk/client-iam";
import type { AccessKeyArgs, UserArgs, UserPolicyArgs } from "@pulumi/aws/iam";
import { define, type Context } from "../../handler";
import { documentText, retag, tagList, tagMap } from "../../shape";

const send = (ctx: Context): iam.IAMClient => ctx.client(iam.IAMClient);

export const user = define<UserArgs>({
  type: "aws:iam/user:User",
  outputs: ["arn", "uniqueId"],
  replaceOn: ["name", "path"],
  defaults: { path: "/" },
  keeps: ["name"],
  settings: ["forceDestroy"],
  autoname: { property: "name", maxLength: 64 },
  taggable: true,
  async create(ctx, inputs) {
    const UserName = inputs.name ?? "";
    await send(ctx).send(
      new iam.CreateUserCommand({
        UserName,
        Path: inputs.path,
        PermissionsBoundary: inputs.permissionsBoundary,
        Tags: tagList(inputs.tags),
      }),
    );
    return UserName;
  },
  async read(ctx, UserName) {
    const { User } = await send(ctx).send(new iam.GetUserCommand({ UserName }));
    return (
      User && {
        name: User.UserName,
        arn: User.Arn,
        uniqueId: User.UserId,
        path: User.Path ?? "/",
        permissionsBoundary: User.PermissionsBoundary?.PermissionsBoundaryArn,
        tags: tagMap(User.Tags),
      }
    );
  },
  async update(ctx, UserName, olds, news, changed) {
    if (changed.has("permissionsBoundary")) {
      await (news.permissionsBoundary
        ? send(ctx).send(
            new iam.PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary: news.permissionsBoundary }),
          )
        : send(ctx).send(new iam.DeleteUserPermissionsBoundaryCommand({ UserName })));
    }
    await retag(
      olds,
      news,
      (TagKeys) => send(ctx).send(new iam.UntagUserCommand({ UserName, TagKeys })),
      (tags) => send(ctx).send(new iam.TagUserCommand({ UserName, Tags: tagList(tags) })),
    );
  },
  async delete(ctx, UserName, { forceDestroy }) {
    if (forceDestroy) {
      const { AccessKeyMetadata = [] } = await send(ctx).send(new iam.ListAccessKeysCommand({ UserName }));
      for (const { AccessKeyId } of AccessKeyMetadata) {
        await send(ctx).send(new iam.DeleteAccessKeyCommand({ UserName, AccessKeyId }));
      }
    }
    await send(ctx).send(new iam.DeleteUserCommand({ UserName }));
  },
});

/** `<user>:<name>` */
const inline = (id: string): { UserName: string; PolicyName: string } => {
  const [UserName = "", PolicyName = ""] = id.split(":");
  return { UserName, PolicyName };
};

export const userPolicy = define<UserPolicyArgs>({
  type: "aws:iam/userPolicy:UserPolicy",
  outputs: [],
  replaceOn: ["user", "name", "namePrefix"],
  keeps: ["name"],
  documents: ["policy"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 128 },
  async create(ctx, inputs) {
    const id = `${inputs.user}:${inputs.name}`;
    await send(ctx).send(new iam.PutUserPolicyCommand({ ...inline(id), PolicyDocument: documentText(inputs.policy) }));
    return id;
  },
  async read(ctx, id) {
    const held = await send(ctx).send(new iam.GetUserPolicyCommand(inline(id)));
    return {
      user: held.UserName,
      name: held.PolicyName,
      policy: held.PolicyDocument && decodeURIComponent(held.PolicyDocument),
    };
  },
  async update(ctx, id, _olds, { policy }) {
    await send(ctx).send(new iam.PutUserPolicyCommand({ ...inline(id), PolicyDocument: documentText(policy) }));
  },
  async delete(ctx, id) {
    await send(ctx).send(new iam.DeleteUserPolicyCommand(inline(id)));
  },
});

export const accessKey = define<AccessKeyArgs>({
  type: "aws:iam/accessKey:AccessKey",
  outputs: [
    "createDate",
    "encryptedSecret",
    "encryptedSesSmtpPasswordV4",
    "keyFingerprint",
    "secret",
    "sesSmtpPasswordV4",
  ],
  replaceOn: ["user", "pgpKey"],
  defaults: { status: "Active" },
  refuses: { pgpKey: "the local cloud encrypts nothing for others" },
  async create(ctx, { user: UserName, status }) {
    const { AccessKey } = await send(ctx).send(new iam.CreateAccessKeyCommand({ UserName }));
    const AccessKeyId = AccessKey?.AccessKeyId ?? "";
    if (status === "Inactive") {
      await send(ctx).send(new iam.UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Inactive" }));
    }
    // It is told once.
    return { id: AccessKeyId, outs: { secret: AccessKey?.SecretAccessKey } };
  },
  async read(ctx, id, known) {
    const { AccessKeyMetadata = [] } = await send(ctx).send(new iam.ListAccessKeysCommand({ UserName: known.user }));
    const held = AccessKeyMetadata.find(({ AccessKeyId }) => AccessKeyId === id);
    return held && { user: held.UserName ?? known.user, status: held.Status, createDate: held.CreateDate };
  },
  async update(ctx, AccessKeyId, _olds, { user: UserName, status }) {
    await send(ctx).send(
      new iam.UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: (status ?? "Active") as iam.StatusType }),
    );
  },
  async delete(ctx, AccessKeyId, { user: UserName }) {
    await send(ctx).send(new iam.DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  },
});
