import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Scope } from "../../core/scope";

/** Makes the log group `<scope>-logs` under the name at which RDS looks for one. RDS's own would never expire and have no key. */
export function databaseLogs(
  scope: Scope,
  path: pulumi.Output<string>,
  retentionInDays: number,
  key: EncryptionKey,
): aws.cloudwatch.LogGroup {
  const args = { name: path, retentionInDays, kmsKeyId: key.keyArn };
  return new aws.cloudwatch.LogGroup(`${scope.name}-logs`, args, scope.child());
}
