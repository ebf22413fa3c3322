import * as secrets from "@aws-sdk/client-secrets-manager";
import type { SecretArgs, SecretRotationArgs, SecretVersionArgs } from "@pulumi/aws/secretsmanager";
import { define, found, type Context, type Inputs } from "../../handler";
import { documentText, retag, tagList, tagMap } from "../../shape";

const send = (ctx: Context): secrets.SecretsManagerClient => ctx.client(secrets.SecretsManagerClient);

const describe = async (ctx: Context, SecretId: string): Promise<secrets.DescribeSecretResponse | undefined> => {
  const held = await send(ctx).send(new secrets.DescribeSecretCommand({ SecretId }));
  // A secret that waits for its deletion cannot be used any more.
  return held.DeletedDate ? undefined : held;
};

export const secret = define<SecretArgs>({
  type: "aws:secretsmanager/secret:Secret",
  outputs: ["arn"],
  replaceOn: ["name", "namePrefix"],
  keeps: ["name", "policy"],
  documents: ["policy"],
  settings: ["recoveryWindowInDays", "forceOverwriteReplicaSecret"],
  refuses: { replicas: "the local cloud has one region" },
  autoname: { property: "name", prefix: "namePrefix", maxLength: 512 },
  taggable: true,
  async create(ctx, inputs, exists) {
    const { ARN = "" } = await send(ctx).send(
      new secrets.CreateSecretCommand({
        Name: inputs.name,
        Description: inputs.description,
        KmsKeyId: inputs.kmsKeyId,
        Tags: tagList(inputs.tags),
      }),
    );
    exists(ARN);
    if (inputs.policy) await setPolicy(ctx, ARN, inputs.policy);
    return ARN;
  },
  async read(ctx, SecretId) {
    const held = await describe(ctx, SecretId);
    if (!held) return undefined;
    const policy = await found(send(ctx).send(new secrets.GetResourcePolicyCommand({ SecretId })));
    return {
      arn: held.ARN,
      name: held.Name,
      description: held.Description || undefined,
      kmsKeyId: held.KmsKeyId,
      policy: policy?.ResourcePolicy,
      tags: tagMap(held.Tags?.map(({ Key, Value }) => ({ Key, Value }))),
    };
  },
  async update(ctx, SecretId, olds, news, changed) {
    if (changed.has("description") || changed.has("kmsKeyId")) {
      await send(ctx).send(
        new secrets.UpdateSecretCommand({ SecretId, Description: news.description ?? "", KmsKeyId: news.kmsKeyId }),
      );
    }
    if (changed.has("policy")) {
      if (news.policy) await setPolicy(ctx, SecretId, news.policy);
      else await send(ctx).send(new secrets.DeleteResourcePolicyCommand({ SecretId }));
    }
    await retag(
      olds,
      news,
      (TagKeys) => send(ctx).send(new secrets.UntagResourceCommand({ SecretId, TagKeys })),
      (tags) => send(ctx).send(new secrets.TagResourceCommand({ SecretId, Tags: tagList(tags) })),
    );
  },
  async delete(ctx, SecretId, { recoveryWindowInDays = 30 }) {
    await send(ctx).send(
      new secrets.DeleteSecretCommand({
        SecretId,
        ...(recoveryWindowInDays === 0
          ? { ForceDeleteWithoutRecovery: true }
          : { RecoveryWindowInDays: recoveryWindowInDays }),
      }),
    );
  },
});

const setPolicy = (ctx: Context, SecretId: string, policy: unknown): Promise<unknown> =>
  send(ctx).send(new secrets.PutResourcePolicyCommand({ SecretId, ResourcePolicy: documentText(policy) }));

/** `<secret>|<version>`, as AWS's provider calls it. */
const versionOf = (id: string): { readonly SecretId: string; readonly VersionId: string } => ({
  SecretId: id.slice(0, id.lastIndexOf("|")),
  VersionId: id.slice(id.lastIndexOf("|") + 1),
});

const binary = (text: string | undefined): Uint8Array | undefined =>
  text === undefined ? undefined : Buffer.from(text, "base64");

export const secretVersion = define<SecretVersionArgs>({
  type: "aws:secretsmanager/secretVersion:SecretVersion",
  outputs: ["arn", "hasSecretStringWo", "secretArn", "versionId"],
  replaceOn: ["secretBinary", "secretId", "secretString", "secretStringWo", "secretStringWoVersion"],
  keeps: ["versionStages"],
  unordered: ["versionStages"],
  async create(ctx, inputs) {
    const { VersionId } = await send(ctx).send(
      new secrets.PutSecretValueCommand({
        SecretId: inputs.secretId,
        SecretString: inputs.secretString ?? inputs.secretStringWo,
        SecretBinary: binary(inputs.secretBinary),
        VersionStages: inputs.versionStages,
      }),
    );
    return `${inputs.secretId}|${VersionId}`;
  },
  async read(ctx, id, known) {
    const { SecretId, VersionId } = versionOf(id);
    if (!(await describe(ctx, SecretId))) return undefined;
    const held = await send(ctx).send(new secrets.GetSecretValueCommand({ SecretId, VersionId }));
    return {
      arn: held.ARN,
      secretArn: held.ARN,
      secretId: known.secretId ?? SecretId,
      versionId: held.VersionId,
      hasSecretStringWo: known.secretStringWo !== undefined,
      ...(known.secretStringWo === undefined ? { secretString: held.SecretString } : {}),
      versionStages: held.VersionStages,
    };
  },
  async update(ctx, id, olds, news) {
    const { SecretId, VersionId } = versionOf(id);
    const [before, after] = [new Set(olds.versionStages ?? []), new Set(news.versionStages ?? [])];
    for (const VersionStage of after) {
      if (!before.has(VersionStage))
        await send(ctx).send(
          new secrets.UpdateSecretVersionStageCommand({ SecretId, VersionStage, MoveToVersionId: VersionId }),
        );
    }
    for (const VersionStage of before) {
      if (!after.has(VersionStage))
        await send(ctx).send(
          new secrets.UpdateSecretVersionStageCommand({ SecretId, VersionStage, RemoveFromVersionId: VersionId }),
        );
    }
  },
  // A version goes with its secret, or when another takes its stages.
  async delete() {},
});

const rules = ({ rotationRules: given }: Inputs<SecretRotationArgs>): secrets.RotationRulesType | undefined =>
  given && {
    AutomaticallyAfterDays: given.automaticallyAfterDays,
    Duration: given.duration,
    ScheduleExpression: given.scheduleExpression,
  };

const rotate = (ctx: Context, inputs: Inputs<SecretRotationArgs>): Promise<unknown> =>
  send(ctx).send(
    new secrets.RotateSecretCommand({
      SecretId: inputs.secretId,
      RotationLambdaARN: inputs.rotationLambdaArn,
      RotationRules: rules(inputs),
      RotateImmediately: inputs.rotateImmediately ?? true,
    }),
  );

export const secretRotation = define<SecretRotationArgs>({
  type: "aws:secretsmanager/secretRotation:SecretRotation",
  outputs: [],
  replaceOn: ["secretId"],
  keeps: ["rotationEnabled"],
  defaults: { rotateImmediately: true },
  settings: ["rotateImmediately"],
  refuses: {
    externalSecretRotationMetadatas: "the local cloud knows no partners' secrets",
    externalSecretRotationRoleArn: "the local cloud knows no partners' secrets",
  },
  async create(ctx, inputs) {
    await rotate(ctx, inputs);
    return inputs.secretId;
  },
  async read(ctx, SecretId, known) {
    const held = await describe(ctx, SecretId);
    if (!held?.RotationEnabled) return undefined;
    const given = held.RotationRules;
    return {
      secretId: known.secretId ?? SecretId,
      rotationEnabled: held.RotationEnabled,
      rotationLambdaArn: held.RotationLambdaARN,
      rotationRules: given && {
        automaticallyAfterDays: given.AutomaticallyAfterDays,
        duration: given.Duration,
        scheduleExpression: given.ScheduleExpression,
      },
    };
  },
  update: async (ctx, _id, _olds, news) => {
    await rotate(ctx, news);
  },
  async delete(ctx, SecretId) {
    const held = await describe(ctx, SecretId);
    if (!held?.RotationEnabled) return;
    // MiniStack cannot cancel a rotation: it goes with its secret.
    ctx.record(secrets.SecretsManagerClient, new secrets.CancelRotateSecretCommand({ SecretId }));
  },
});
