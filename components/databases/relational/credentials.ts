import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import type { DatabaseCredentials } from "./arguments";

/** What applications read from the secret, beside the password: the shape RDS's own secrets and Secrets Manager's rotations use. */
export interface SecretFacts {
  readonly engine: string;
  readonly identifier: pulumi.Input<string>;
  readonly host: pulumi.Input<string>;
  readonly port: number;
  readonly username: pulumi.Input<string>;
  readonly databaseName: string | undefined;
  readonly recoveryDays: number;
}

/** Keeps the password RDS made on the schedule asked for: its own, every seven days, comes as a surprise. */
export function managedSecret(
  name: string,
  secrets: pulumi.Output<readonly { readonly secretArn: string }[] | undefined>,
  rotationDays: number,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const secretArn = secrets.apply((list) => list?.[0]?.secretArn ?? "");
  new aws.secretsmanager.SecretRotation(
    `${name}-rotation`,
    { secretId: secretArn, rotateImmediately: false, rotationRules: { automaticallyAfterDays: rotationDays } },
    // The rotation is RDS's: it ends with the secret, and that with the database. Nobody else can switch it off.
    { ...options, retainOnDelete: true },
  );
  return secretArn;
}

/** Keeps the password the program gave where applications look for it. */
export function givenSecret(
  name: string,
  credentials: Extract<DatabaseCredentials, { readonly kind: "given" }>,
  facts: SecretFacts,
  key: EncryptionKey,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { recoveryDays, databaseName, identifier, ...rest } = facts;
  const secret = new aws.secretsmanager.Secret(
    `${name}-secret`,
    { description: `Administrator of the database ${name}`, kmsKeyId: key.keyArn, recoveryWindowInDays: recoveryDays },
    options,
  );
  const version = new aws.secretsmanager.SecretVersion(
    `${name}-password`,
    {
      secretId: secret.id,
      secretString: pulumi.secret(
        pulumi.jsonStringify({
          ...rest,
          dbInstanceIdentifier: identifier,
          dbname: databaseName,
          password: pulumi.secret(credentials.password),
        }),
      ),
    },
    options,
  );
  const { rotation } = credentials;
  if (rotation) {
    new aws.secretsmanager.SecretRotation(
      `${name}-rotation`,
      {
        secretId: secret.id,
        rotationLambdaArn: rotation.functionArn,
        rotateImmediately: false,
        rotationRules: { automaticallyAfterDays: rotation.days },
      },
      { ...options, dependsOn: [version] },
    );
  }
  return secret.arn;
}
