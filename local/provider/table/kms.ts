import type { Row } from "../generic/row";

const notAlone = "the local cloud has no key stores outside KMS";

export const KMS: readonly Row[] = [
  {
    type: "aws:kms/alias:Alias",
    service: "KMS",
    create: "CreateAlias",
    id: "{name}",
    names: { name: "AliasName", arn: "AliasArn" },
    read: { operation: "ListAliases", item: "Aliases" },
    update: ["UpdateAlias"],
    delete: "DeleteAlias",
    computed: ({ ctx, item: { TargetKeyId }, known }) => {
      const targetKeyArn = ctx.arn("kms", `key/${TargetKeyId}`);
      // The program may name the key by its id or its ARN.
      return { targetKeyArn, targetKeyId: known.targetKeyId === targetKeyArn ? targetKeyArn : TargetKeyId };
    },
    changing: ["targetKeyArn"],
    replaceOn: ["name", "namePrefix"],
    keeps: ["name"],
    autoname: { property: "name", prefix: "namePrefix", maxLength: 250, transform: (name) => `alias/${name}` },
  },
  {
    type: "aws:kms/key:Key",
    service: "KMS",
    create: "CreateKey",
    id: "KeyMetadata.KeyId",
    names: { customerMasterKeySpec: "KeySpec", deletionWindowInDays: "PendingWindowInDays", isEnabled: "Enabled" },
    read: "DescribeKey",
    // A key that waits for its deletion cannot be used any more.
    gone: ({ KeyState }) => KeyState === "PendingDeletion",
    more: [{ operation: "GetKeyPolicy", with: { PolicyName: "default" } }, "GetKeyRotationStatus"],
    computed: ({ item, more: [policy, rotation] }) => ({
      policy: policy?.Policy,
      multiRegion: item.MultiRegion ?? false,
      enableKeyRotation: rotation?.KeyRotationEnabled ?? false,
      rotationPeriodInDays: rotation?.KeyRotationEnabled ? rotation.RotationPeriodInDays : undefined,
    }),
    update: [
      "UpdateKeyDescription",
      { operation: "PutKeyPolicy", with: { PolicyName: "default" } },
      {
        operation: "EnableKeyRotation",
        off: "DisableKeyRotation",
        for: ["enableKeyRotation", "rotationPeriodInDays"],
      },
      { operation: "EnableKey", off: "DisableKey", for: ["isEnabled"] },
    ],
    delete: {
      operation: "ScheduleKeyDeletion",
      with: ({ deletionWindowInDays: days }) => ({ PendingWindowInDays: days ?? 30 }),
    },
    unset: { description: "" },
    unsent: ["enableKeyRotation", "isEnabled"],
    replaceOn: ["keyUsage", "customerMasterKeySpec", "multiRegion", "customKeyStoreId", "xksKeyId"],
    defaults: { keyUsage: "ENCRYPT_DECRYPT", customerMasterKeySpec: "SYMMETRIC_DEFAULT", isEnabled: true },
    keeps: ["policy", "rotationPeriodInDays", "multiRegion", "description"],
    documents: ["policy"],
    settings: ["deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"],
    refuses: { customKeyStoreId: notAlone, xksKeyId: notAlone },
  },
];
