import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { EncryptionKey } from "../../core/encryption-key";
import { policyDocument } from "../../core/iam";
import { logGroup } from "../../core/log-group";
import { PlatformComponent } from "../../core/platform-component";
import type { Settings } from "../../core/settings";
import { dataSyncTransferSettings } from "./settings";

export const dataSyncLogsSettings = z.strictObject({
  logRetentionDays: dataSyncTransferSettings.shape.logRetentionDays,
});

export interface DataSyncLogsArgs extends Settings<typeof dataSyncLogsSettings> {
  readonly key: EncryptionKey;
}

/**
 * The encrypted log group of transfers, with the resource policy by which DataSync writes to it. Several transfers share it, because a region
 * has ten resource policies of CloudWatch Logs (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html); each
 * execution of a task has a log stream of its own.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const logs = new DataSyncLogs("transfers", { key });
 */
export class DataSyncLogs extends PlatformComponent {
  readonly logGroupName: pulumi.Output<string>;
  readonly logGroupArn: pulumi.Output<string>;
  /** The policy, which must exist before a task writes. */
  readonly policy: aws.cloudwatch.LogResourcePolicy;

  constructor(name: string, args: DataSyncLogsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("migration", "DataSyncLogs", name, opts);
    const { logRetentionDays } = this.settings(dataSyncLogsSettings, args);
    const { accountId, region, partition } = this.aws;
    const group = logGroup(this.scope, "logs", { key: args.key, logRetentionDays });
    // https://docs.aws.amazon.com/datasync/latest/userguide/configure-logging.html
    this.policy = new aws.cloudwatch.LogResourcePolicy(
      `${name}-logs-policy`,
      {
        policyName: group.name,
        policyDocument: policyDocument([
          {
            sid: "DataSyncWrites",
            principals: { Service: ["datasync.amazonaws.com"] },
            actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
            resources: [pulumi.interpolate`${group.arn}:*`],
            conditions: {
              StringEquals: { "aws:SourceAccount": accountId },
              ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:datasync:${region}:${accountId}:task/*` },
            },
          },
        ]),
      },
      this.child(),
    );
    this.logGroupName = group.name;
    this.logGroupArn = group.arn;
    this.registerOutputs({ logGroupName: this.logGroupName, logGroupArn: this.logGroupArn });
  }
}
