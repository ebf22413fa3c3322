import { z } from "zod";
import { logRetentionDays } from "../../core/log-retention";
import type { NotificationTopic } from "../../core/notification-topic";
import { reference, textInput, type Resolved } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";
import type { SecureBucket } from "../../storage/secure-bucket";
import { checkCompute, computeSettings } from "./compute";
import { checkEndpoint } from "./endpoints/check";
import { sourceSettings, targetSettings } from "./endpoints/settings";
import { checkConversion, schemaConversionSettings } from "./schema-conversion";
import { checkTask, migrationTask } from "./tasks";
import { limitSettings } from "./watch";

const taskName = z
  .string()
  .regex(
    /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    "names of at most 40 lower-case letters, digits and single hyphens",
  );

export const dmsMigrationSettings = z.strictObject({
  compute: computeSettings,
  source: sourceSettings.describe("Where the migration reads."),
  target: targetSettings.describe("Where the migration writes."),
  tasks: z
    .record(taskName, migrationTask)
    .refine((tasks) => Object.keys(tasks).length > 0, "one task or more")
    .describe("What is migrated, by name."),
  roles: z
    .enum(["create", "adopt"])
    .default("create")
    .describe(
      "The three roles that DMS looks for by name (`dms-vpc-role`, `dms-cloudwatch-logs-role`, `dms-access-for-endpoint`), one of each in an account: `create` them in the one stack of the account that has them, `adopt` them everywhere else.",
    ),
  reports: z
    .strictObject({
      bucket: reference<SecureBucket>("SecureBucket").describe("Where assessments and converted schemas go."),
      prefix: z
        .string()
        .regex(/^([A-Za-z0-9_.-]+\/)+$/, "folders that end with /")
        .optional()
        .describe("The folder of the reports; `migrations/<name>/` when unset."),
    })
    .optional()
    .describe(
      "Where assessments and converted schemas go. When unset: the lake's artifacts where the target is a lake, else a bucket that is made for them.",
    ),
  schemaConversion: schemaConversionSettings,
  securityGroupIds: z
    .array(textInput())
    .optional()
    .describe("Security groups instead of one that lets no client in and the migration out."),
  limits: limitSettings,
  logRetentionDays,
});

export type MigrationSettings = Resolved<typeof dmsMigrationSettings>;

/** Checks what no single setting can tell. */
export function checkMigration(
  name: string,
  settings: MigrationSettings,
  alerts: NotificationTopic | undefined,
  check: ArgumentCheck,
): void {
  const { compute, source, target } = settings;
  check.matches("name", name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "lower-case letters, digits and single hyphens");
  check.require(name.length <= 40, "name", name, "at most 40 characters");
  const [publisher, service] =
    compute.kind === "instance" ? (["dms", "DMS"] as const) : (["events", "EventBridge"] as const);
  check.require(
    alerts === undefined || alerts.admits(publisher),
    "alerts",
    `a topic that ${service} cannot publish to`,
    `a NotificationTopic with "${publisher}" among its publishers`,
  );
  checkCompute(compute, check);
  checkEndpoint("source", source, check);
  checkEndpoint("target", target, check);
  checkConversion(settings.schemaConversion, { source, target }, check);
  for (const [role, task] of Object.entries(settings.tasks))
    checkTask(`tasks.${role}`, task, { source, target, isServerless: compute.kind === "serverless" }, check);
}
