import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ATTENTION_INDEX } from "../../../contracts/flow";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Statement } from "../../core/iam";
import { dataProtection, type Protection } from "../../core/protection";
import type { Scope } from "../../core/scope";

export interface LedgerArgs {
  readonly key: EncryptionKey;
  readonly protection?: Protection;
}

/** Makes the table in which every file, run and lease of an environment is recorded. */
export function buildLedger(scope: Scope, { key, protection }: LedgerArgs): aws.dynamodb.Table {
  const { hashKey, rangeKey } = ATTENTION_INDEX;
  const { deletionProtection, protect } = dataProtection(protection);
  const table = new aws.dynamodb.Table(
    `${scope.name}-ledger`,
    {
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attributes: ["pk", "sk", hashKey, rangeKey].map((name) => ({ name, type: "S" })),
      globalSecondaryIndexes: [{ ...ATTENTION_INDEX, projectionType: "ALL" }],
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: key.keyArn },
      deletionProtectionEnabled: deletionProtection,
    },
    scope.mainChild({ protect }),
  );
  // Each key is read once a file, so the busiest key says little; a key that is throttled says which dataset stands still.
  for (const indexName of [undefined, ATTENTION_INDEX.name]) {
    new aws.dynamodb.ContributorInsights(
      `${scope.name}-ledger-${indexName ?? "table"}-insights`,
      { tableName: table.name, indexName, mode: "THROTTLED_KEYS" },
      scope.child(),
    );
  }
  return table;
}

type LedgerAction =
  "GetItem" | "BatchGetItem" | "Query" | "PutItem" | "UpdateItem" | "DeleteItem" | "ConditionCheckItem";

export const LEDGER_READ = ["GetItem", "Query"] as const satisfies readonly LedgerAction[];
export const LEDGER_WRITE = ["PutItem", "UpdateItem", "DeleteItem"] as const satisfies readonly LedgerAction[];

/** What a function needs for some requests on the ledger. A transaction needs the actions of its parts. */
export const ledgerStatements = (table: aws.dynamodb.Table, actions: readonly LedgerAction[]): Statement[] => [
  {
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [table.arn, pulumi.interpolate`${table.arn}/index/*`],
  },
];
