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

/** The resources and settings that every stage of the platform uses. */
export interface Foundation {
  /** The settings of the environment, its contracts, and the names derived from them. */
  readonly environment: Environment;
  /** The resource options of every component: the AWS provider of the environment's account and region, with its default tags. */
  readonly options: pulumi.ComponentResourceOptions;
  /** The key that encrypts all data of the environment. */
  readonly key: EncryptionKey;
  /** The topic of alerts: rejected files, failed runs and alarms. */
  readonly alerts: NotificationTopic;
  readonly protection: Protection;
  readonly logRetentionDays: LogRetentionDays;
}

/** Creates the provider, the key and the topic of alerts, and sets the boundary of all IAM roles if the environment has one. */
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
