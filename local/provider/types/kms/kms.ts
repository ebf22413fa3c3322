import * as kms from "@aws-sdk/client-kms";
import type { AliasArgs, KeyArgs } from "@pulumi/aws/kms";
import { define, found, type Context } from "../../handler";
import { retag } from "../../shape";

const notAlone = "the local cloud has no key stores outside KMS";

export const key = define<KeyArgs>({
  type: "aws:kms/key:Key",
  outputs: ["arn", "keyId"],
  replaceOn: ["keyUsage", "customerMasterKeySpec", "multiRegion", "customKeyStoreId", "xksKeyId"],
  defaults: { keyUsage: "ENCRYPT_DECRYPT", customerMasterKeySpec: "SYMMETRIC_DEFAULT", isEnabled: true },
  keeps: ["policy", "rotationPeriodInDays", "multiRegion", "description"],
  documents: ["policy"],
  settings: ["deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"],
  refuses: { customKeyStoreId: notAlone, xksKeyId: notAlone },
  taggable: true,
  async create(ctx, inputs, exists) {
    const client = ctx.client(kms.KMSClient);
    const { KeyMetadata } = await client.send(
      new kms.CreateKeyCommand({
        Description: inputs.description,
        KeyUsage: inputs.keyUsage as kms.KeyUsageType | undefined,
        KeySpec: inputs.customerMasterKeySpec as kms.KeySpec | undefined,
        MultiRegion: inputs.multiRegion,
        Policy: inputs.policy,
        BypassPolicyLockoutSafetyCheck: inputs.bypassPolicyLockoutSafetyCheck,
        Tags: kmsTags(inputs.tags),
      }),
    );
    const id = KeyMetadata?.KeyId ?? "";
    exists(id);
    if (inputs.enableKeyRotation) await rotate(ctx, id, true, inputs.rotationPeriodInDays);
    if (inputs.isEnabled === false) await client.send(new kms.DisableKeyCommand({ KeyId: id }));
    return id;
  },
  async read(ctx, KeyId) {
    const client = ctx.client(kms.KMSClient);
    const { KeyMetadata } = await client.send(new kms.DescribeKeyCommand({ KeyId }));
    if (!KeyMetadata || KeyMetadata.KeyState === "PendingDeletion") return undefined;
    const { Policy } = await client.send(new kms.GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
    const { Tags } = await client.send(new kms.ListResourceTagsCommand({ KeyId }));
    const symmetric = KeyMetadata.KeySpec === "SYMMETRIC_DEFAULT";
    const rotation = symmetric ? await found(client.send(new kms.GetKeyRotationStatusCommand({ KeyId }))) : undefined;
    return {
      arn: KeyMetadata.Arn,
      keyId: KeyMetadata.KeyId,
      description: KeyMetadata.Description,
      keyUsage: KeyMetadata.KeyUsage,
      customerMasterKeySpec: KeyMetadata.KeySpec,
      isEnabled: KeyMetadata.Enabled,
      multiRegion: KeyMetadata.MultiRegion ?? false,
      policy: Policy,
      enableKeyRotation: rotation?.KeyRotationEnabled ?? false,
      rotationPeriodInDays: rotation?.KeyRotationEnabled ? rotation.RotationPeriodInDays : undefined,
      tags: Object.fromEntries((Tags ?? []).map(({ TagKey, TagValue }) => [TagKey, TagValue])),
    };
  },
  async update(ctx, KeyId, olds, news, changed) {
    const client = ctx.client(kms.KMSClient);
    if (changed.has("isEnabled") && news.isEnabled !== false) await client.send(new kms.EnableKeyCommand({ KeyId }));
    if (changed.has("description")) {
      await client.send(new kms.UpdateKeyDescriptionCommand({ KeyId, Description: news.description ?? "" }));
    }
    if (changed.has("policy")) {
      await client.send(
        new kms.PutKeyPolicyCommand({
          KeyId,
          PolicyName: "default",
          Policy: news.policy,
          BypassPolicyLockoutSafetyCheck: news.bypassPolicyLockoutSafetyCheck,
        }),
      );
    }
    if (changed.has("enableKeyRotation") || changed.has("rotationPeriodInDays")) {
      await rotate(ctx, KeyId, news.enableKeyRotation === true, news.rotationPeriodInDays);
    }
    await retag(
      olds,
      news,
      (TagKeys) => client.send(new kms.UntagResourceCommand({ KeyId, TagKeys })),
      (tags) => client.send(new kms.TagResourceCommand({ KeyId, Tags: kmsTags(tags) })),
    );
    if (changed.has("isEnabled") && news.isEnabled === false) await client.send(new kms.DisableKeyCommand({ KeyId }));
  },
  async delete(ctx, KeyId, { deletionWindowInDays = 30 }) {
    await ctx
      .client(kms.KMSClient)
      .send(new kms.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: deletionWindowInDays }));
  },
});

const kmsTags = (tags: Readonly<Record<string, string>> = {}): kms.Tag[] =>
  Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

async function rotate(
  ctx: Context,
  KeyId: string,
  on: boolean,
  RotationPeriodInDays: number | undefined,
): Promise<void> {
  const command = on
    ? new kms.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays })
    : new kms.DisableKeyRotationCommand({ KeyId });
  await (ctx.client(kms.KMSClient) as { send(command: object): Promise<object> }).send(command);
}

export const alias = define<AliasArgs>({
  type: "aws:kms/alias:Alias",
  outputs: ["arn", "targetKeyArn"],
  changing: ["targetKeyArn"],
  replaceOn: ["name", "namePrefix"],
  keeps: ["name"],
  autoname: { property: "name", prefix: "namePrefix", maxLength: 250, transform: (name) => `alias/${name}` },
  async create(ctx, { name = "", targetKeyId }) {
    await ctx.client(kms.KMSClient).send(new kms.CreateAliasCommand({ AliasName: name, TargetKeyId: targetKeyId }));
    return name;
  },
  async read(ctx, name, known) {
    const client = ctx.client(kms.KMSClient);
    for await (const page of kms.paginateListAliases({ client }, {})) {
      const alias = page.Aliases?.find(({ AliasName }) => AliasName === name);
      if (!alias) continue;
      const targetKeyArn = ctx.arn("kms", `key/${alias.TargetKeyId}`);
      // The program may name the key by its id or its ARN.
      const targetKeyId = known.targetKeyId === targetKeyArn ? targetKeyArn : alias.TargetKeyId;
      return { name, arn: alias.AliasArn, targetKeyArn, targetKeyId };
    }
    return undefined;
  },
  async update(ctx, name, _olds, { targetKeyId }) {
    await ctx.client(kms.KMSClient).send(new kms.UpdateAliasCommand({ AliasName: name, TargetKeyId: targetKeyId }));
  },
  async delete(ctx, name) {
    await ctx.client(kms.KMSClient).send(new kms.DeleteAliasCommand({ AliasName: name }));
  },
});
