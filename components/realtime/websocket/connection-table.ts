import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { BY_CHANNEL } from "../../../contracts/realtime";
import type { Statement } from "../../core/iam";
import { dataProtection } from "../../core/protection";
import type { Scope } from "../../core/scope";
import type { WebSocketApiArgs, WebSocketSettings } from "./arguments";

/** Makes the table of connections and their subscriptions. Its rows are `ConnectionRow`s. */
export function connectionTable(
  scope: Scope,
  { key, protection, transform }: WebSocketApiArgs,
  { recoveryDays }: WebSocketSettings,
): aws.dynamodb.Table {
  const { deletionProtection, protect } = dataProtection(protection);
  const tableArgs: aws.dynamodb.TableArgs = {
    billingMode: "PAY_PER_REQUEST",
    attributes: [
      { name: "connectionId", type: "S" },
      { name: "channel", type: "S" },
    ],
    hashKey: "connectionId",
    rangeKey: "channel",
    // All connections share one partition of this index: its 1000 writes a second are twice the new connections that API Gateway accepts.
    globalSecondaryIndexes: [{ name: BY_CHANNEL, hashKey: "channel", rangeKey: "connectionId", projectionType: "ALL" }],
    ttl: { enabled: true, attributeName: "expiresAt" },
    serverSideEncryption: { enabled: true, kmsKeyArn: key.keyArn },
    pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: recoveryDays },
    deletionProtectionEnabled: deletionProtection,
  };
  const table = new aws.dynamodb.Table(
    `${scope.name}-connections`,
    transform?.table?.(tableArgs) ?? tableArgs,
    scope.mainChild({ protect }),
  );
  // DynamoDB refuses writes to one busy channel first: the insights name it.
  for (const indexName of [undefined, BY_CHANNEL]) {
    new aws.dynamodb.ContributorInsights(
      `${scope.name}-connections-${indexName ?? "table"}-insights`,
      { tableName: table.name, indexName, mode: "THROTTLED_KEYS" },
      scope.mainChild(),
    );
  }
  return table;
}

/** What a role needs for some operations on the table and its indexes. */
export const tableStatement = ({ arn }: aws.dynamodb.Table, actions: readonly string[]): Statement => ({
  actions: actions.map((action) => `dynamodb:${action}`),
  resources: [arn, pulumi.interpolate`${arn}/index/*`],
});
