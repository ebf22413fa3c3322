import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Scope } from "../../core/scope";
import type { DatabaseSettings } from "./settings";

/** What applications read from the secret, beside the password, in the form of RDS's own secrets and Secrets Manager's rotations. */
export interface SecretFacts {
  readonly engine: string;
  readonly identifier: pulumi.Input<string>;
  readonly host: pulumi.Input<string>;
  readonly port: number;
  readonly username: pulumi.Input<string>;
  readonly databaseName: string | undefined;
  readonly recoveryDays: number;
}

/** Changes the password that RDS made on the given schedule instead of RDS's own one of seven days. Returns the secret's ARN. */
export function managedSecret(
  scope: Scope,
  secrets: pulumi.Output<readonly { readonly secretArn: string }[] | undefined>,
  rotationDays: number,
): pulumi.Output<string> {
  const secretArn = secrets.apply((list) => list?.[0]?.secretArn ?? "");
  new aws.secretsmanager.SecretRotation(
    `${scope.name}-rotation`,
    { secretId: secretArn, rotateImmediately: false, rotationRules: { automaticallyAfterDays: rotationDays } },
    // The rotation is RDS's: it ends with the secret, and the secret with the database. No other client can switch it off.
    scope.child({ retainOnDelete: true }),
  );
  return secretArn;
}

/** Keeps the password that the program gave where applications look for it. Returns the secret's ARN. */
export function givenSecret(
  scope: Scope,
  credentials: Extract<DatabaseSettings["credentials"], { readonly kind: "given" }>,
  facts: SecretFacts,
  key: EncryptionKey,
): pulumi.Output<string> {
  const { recoveryDays, databaseName, identifier, ...rest } = facts;
  const secret = new aws.secretsmanager.Secret(
    `${scope.name}-secret`,
    {
      description: `Administrator of the database ${scope.name}`,
      kmsKeyId: key.keyArn,
      recoveryWindowInDays: recoveryDays,
    },
    scope.child(),
  );
  const version = new aws.secretsmanager.SecretVersion(
    `${scope.name}-password`,
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
    scope.child(),
  );
  const { rotation } = credentials;
  if (rotation) {
    new aws.secretsmanager.SecretRotation(
      `${scope.name}-rotation`,
      {
        secretId: secret.id,
        rotationLambdaArn: rotation.functionArn,
        rotateImmediately: false,
        rotationRules: { automaticallyAfterDays: rotation.days },
      },
      scope.child({ dependsOn: [version] }),
    );
  }
  return secret.arn;
}
