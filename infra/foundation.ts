import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  EncryptionKey,
  encryptionKeySettings,
  NotificationTopic,
  permissionsBoundaryTransform,
  type KeyUser,
  type LogRetentionDays,
  type Protection,
  type Publisher,
} from "../components";
import type { Environment } from "./config";

/** What every stage of the platform is built on. */
export interface Foundation {
  /** The settings of the environment, its contracts, and the names that follow from them. */
  readonly environment: Environment;
  /** Resource options of every component: the AWS provider of the environment's account and region, with its default tags. */
  readonly options: pulumi.ComponentResourceOptions;
  /** Encrypts everything in the environment. */
  readonly key: EncryptionKey;
  /** Receives rejected files, failed runs and alarms. */
  readonly alerts: NotificationTopic;
  readonly protection: Protection;
  readonly logRetentionDays: LogRetentionDays;
}

/** The provider, the key and the topic of alerts; and, where the environment has one, the boundary of all IAM roles. */
export function buildFoundation(environment: Environment): Foundation {
  const { region, config, protection, tags } = environment;
  const { logRetentionDays } = config;
  const provider = new aws.Provider("aws", { region, allowedAccountIds: [config.account], defaultTags: { tags } });
  const options: pulumi.ComponentResourceOptions = { providers: [provider] };
  if (config.permissionsBoundary) {
    const { partition } = aws.getPartitionOutput({}, { provider });
    const policyArn = pulumi.interpolate`arn:${partition}:iam::${config.account}:policy/${config.permissionsBoundary}`;
    pulumi.runtime.registerResourceTransform(permissionsBoundaryTransform(policyArn));
  }
  const migrates = Object.keys(config.migrations).length > 0;
  const users: KeyUser[] = [
    ...encryptionKeySettings.shape.users.parse(undefined),
    ...(config.databaseEvents ? (["rds-events"] as const) : []),
    ...(migrates ? (["dms"] as const) : []),
  ];
  const publishers: Publisher[] = ["events", "cloudwatch", ...(migrates ? (["dms"] as const) : [])];
  const description = `Data platform, ${environment.environment}`;
  const key = new EncryptionKey("platform", { description, users, protection }, options);
  const displayName = `Data platform ${environment.environment}`;
  const alerts = new NotificationTopic("alerts", { key, publishers, displayName, ...config.alerts }, options);
  return { environment, options, key, alerts, protection, logRetentionDays };
}
