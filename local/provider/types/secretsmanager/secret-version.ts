import * as secrets from "@aws-sdk/client-secrets-manager";
import type { Invoke } from "../../handler";

export const getSecretVersion: Invoke = {
  token: "aws:secretsmanager/getSecretVersion:getSecretVersion",
  async invoke(ctx, args) {
    const held = await ctx.client(secrets.SecretsManagerClient).send(
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
