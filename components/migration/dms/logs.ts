import { createHash } from "node:crypto";
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { logGroup, type LogGroupArgs } from "../../core/log-group";
import type { Scope } from "../../core/scope";

/** The key of a migration's machine and of its logs, and how long the logs are kept. */
export type MigrationLogs = Omit<LogGroupArgs, "name">;

/** Makes the log group `<scope>-<role>` under the name to which DMS writes. DMS's own would never expire and have no key. */
export const migrationLogs = (
  scope: Scope,
  role: string,
  logs: MigrationLogs,
  name: pulumi.Output<string>,
): aws.cloudwatch.LogGroup => logGroup(scope, role, { ...logs, name });

/**
 * Shortens a name to an identifier of a DMS resource: at most 31 letters, digits and hyphens, of which the first is a letter
 * (https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateEndpoint.html).
 */
export const shortIdentifier = (name: string): string =>
  `r-${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
