import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";

/** A log group under the name at which RDS looks for one, made first: RDS's own would never expire and have no key. */
export function databaseLogs(
  name: string,
  path: pulumi.Output<string>,
  retentionInDays: number,
  key: EncryptionKey,
  options: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(`${name}-logs`, { name: path, retentionInDays, kmsKeyId: key.keyArn }, options);
}
