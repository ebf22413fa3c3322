import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "./encryption-key";
import type { LogRetentionDays } from "./log-retention";
import type { Scope } from "./scope";

export interface LogGroupArgs {
  readonly key: EncryptionKey;
  readonly logRetentionDays: LogRetentionDays;
  /** The name that a service writes to, where its name cannot be chosen. */
  readonly name?: pulumi.Input<string>;
}

/** Makes the encrypted log group `<scope>-<role>`. */
export const logGroup = (
  scope: Scope,
  role: string,
  { key, logRetentionDays, name }: LogGroupArgs,
): aws.cloudwatch.LogGroup =>
  new aws.cloudwatch.LogGroup(
    `${scope.name}-${role}`,
    { name, retentionInDays: logRetentionDays, kmsKeyId: key.keyArn },
    scope.child(),
  );
