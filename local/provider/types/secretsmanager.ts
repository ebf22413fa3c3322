import * as secrets from "@aws-sdk/client-secrets-manager";
import { checking } from "../generic/wrap";
import { found, type Context, type Handler, type Invoke } from "../handler";

const client = (ctx: Context): secrets.SecretsManagerClient => ctx.client(secrets.SecretsManagerClient);

/** The policy that says who may use a secret. */
export async function resourcePolicy(ctx: Context, SecretId: string): Promise<string | undefined> {
  return (await found(client(ctx).send(new secrets.GetResourcePolicyCommand({ SecretId }))))?.ResourcePolicy;
}

/** MiniStack cannot cancel a rotation, which ends with its secret: the request is only checked. */
export const recordedEnd = (rotation: Handler): Handler => ({
  ...rotation,
  async delete(ctx, id, known) {
    if (await found(rotation.read(ctx, id, known))) await rotation.delete(checking(ctx), id, known);
  },
});

/** A version goes with its secret, or when another version gets its stages, which move one by one. */
export const stagesOf = (version: Handler): Handler => ({
  ...version,
  async read(ctx, id, known) {
    const SecretId = id.slice(0, id.lastIndexOf("|"));
    const { DeletedDate } = await client(ctx).send(new secrets.DescribeSecretCommand({ SecretId }));
    return DeletedDate ? undefined : version.read(ctx, id, known);
  },
  async update(ctx, id, olds, news) {
    const [SecretId, VersionId] = id.split("|");
    const [before, after] = [olds, news].map(({ versionStages }) => (versionStages ?? []) as string[]) as [
      string[],
      string[],
    ];
    const move = (VersionStage: string, where: object): Promise<unknown> =>
      client(ctx).send(new secrets.UpdateSecretVersionStageCommand({ SecretId, VersionStage, ...where }));
    for (const stage of after.filter((one) => !before.includes(one))) await move(stage, { MoveToVersionId: VersionId });
    for (const stage of before.filter((one) => !after.includes(one)))
      await move(stage, { RemoveFromVersionId: VersionId });
  },
});

export const getSecretVersion: Invoke = {
  token: "aws:secretsmanager/getSecretVersion:getSecretVersion",
  async invoke(ctx, args) {
    const held = await client(ctx).send(
      new secrets.GetSecretValueCommand({
        SecretId: String(args.secretId),
        VersionId: args.versionId as string | undefined,
        VersionStage: args.versionStage as string | undefined,
      }),
    );
    return {
      ...args,
      id: `${held.ARN}|${held.VersionId}`,
      arn: held.ARN,
      versionId: held.VersionId,
      versionStage: args.versionStage ?? "AWSCURRENT",
      versionStages: held.VersionStages ?? [],
      createdDate: held.CreatedDate?.toISOString() ?? "",
      secretString: held.SecretString ?? "",
      secretBinary: held.SecretBinary ? Buffer.from(held.SecretBinary).toString("base64") : "",
    };
  },
};
