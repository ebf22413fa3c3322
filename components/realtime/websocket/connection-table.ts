import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { BY_CHANNEL } from "../../../contracts/realtime";
import type { Statement } from "../../core/iam";
import { dataProtection } from "../../core/protection";
import type { WebSocketApiArgs } from "./arguments";

/** The table of who is connected, and who listens to what: see `ConnectionRow`. */
export function connectionTable(
  name: string,
  { key, protection, transform }: WebSocketApiArgs,
  recoveryDays: number,
  options: (extra: pulumi.CustomResourceOptions) => pulumi.CustomResourceOptions,
): aws.dynamodb.Table {
  const settings = dataProtection(protection);
  const tableArgs: aws.dynamodb.TableArgs = {
    billingMode: "PAY_PER_REQUEST",
    attributes: [
      { name: "connectionId", type: "S" },
      { name: "channel", type: "S" },
    ],
    hashKey: "connectionId",
    rangeKey: "channel",
    // All connections share one partition of it: 1000 writes a second are twice what API Gateway accepts in new connections.
    globalSecondaryIndexes: [{ name: BY_CHANNEL, hashKey: "channel", rangeKey: "connectionId", projectionType: "ALL" }],
    ttl: { enabled: true, attributeName: "expiresAt" },
    serverSideEncryption: { enabled: true, kmsKeyArn: key.keyArn },
    pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: recoveryDays },
    deletionProtectionEnabled: settings.deletionProtection,
  };
  const table = new aws.dynamodb.Table(
    `${name}-connections`,
    transform?.table?.(tableArgs) ?? tableArgs,
    options({ protect: settings.protect }),
  );
  // A channel that everybody joins at once is refused first.
  for (const indexName of [undefined, BY_CHANNEL]) {
    new aws.dynamodb.ContributorInsights(
      `${name}-connections-${indexName ?? "table"}-insights`,
      { tableName: table.name, indexName, mode: "THROTTLED_KEYS" },
      options({}),
    );
  }
  return table;
}

export const tableStatement = ({ arn }: aws.dynamodb.Table, actions: readonly string[]): Statement => ({
  actions: actions.map((action) => `dynamodb:${action}`),
  resources: [arn, pulumi.interpolate`${arn}/index/*`],
});
