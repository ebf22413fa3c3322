import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DeadLetterQueue } from "../../core/dead-letter-queue";
import type { EncryptionKey } from "../../core/encryption-key";
import { serviceRole, type Statement } from "../../core/iam";
import { logGroup } from "../../core/log-group";
import type { LogRetentionDays } from "../../core/log-retention";
import type { Scope } from "../../core/scope";
import { ingestionFlow } from "./definition";
import type { FlowFunction, FlowTimes } from "./states";

/** A round at its worst adds about 200 events to a history, which ends at 25,000. */
export const MAX_ROUNDS = 100;

/**
 * Step Functions adds every other log group to one resource policy of the region, which ends at 5,120 characters
 * (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html).
 */
const LOG_PREFIX = "/aws/vendedlogs/states/";

export interface FlowArgs {
  readonly key: EncryptionKey;
  readonly ledger: aws.dynamodb.Table;
  /** Keeps the events that could not be recorded in the ledger. */
  readonly deadLetters: DeadLetterQueue;
  readonly times: FlowTimes;
  readonly functions: Readonly<Record<FlowFunction, pulumi.Output<string>>>;
  /** What the flow may call. */
  readonly statements: readonly Statement[];
  readonly logRetentionDays: LogRetentionDays;
  /** What must exist before the first execution: the contracts and the script of the jobs. */
  readonly waitFor: readonly pulumi.Resource[];
}

/** Makes the state machine, with its log and its role. */
export function buildFlow(scope: Scope, args: FlowArgs): aws.sfn.StateMachine {
  const { key, ledger, logRetentionDays } = args;
  const { role, policy } = serviceRole(scope, "flow-role", {
    service: "states.amazonaws.com",
    description: "Lets Step Functions run the ingestion flow",
    sourceAccount: scope.aws.accountId,
    statements: [
      ...args.statements,
      { actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"], resources: [ledger.arn] },
      { actions: ["sqs:SendMessage"], resources: [args.deadLetters.queueArn] },
      ...key.grantEncryptDecrypt(),
      // Log delivery and tracing have no resources to name: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
      { actions: DELIVERY_ACTIONS, resources: ["*"] },
    ],
  });
  const name = pulumi.interpolate`${LOG_PREFIX}${role.name}`;
  const logs = logGroup(scope, "flow-logs", { key, logRetentionDays, name });
  const definition = pulumi
    .output({
      partition: scope.aws.partition,
      ledgerTable: ledger.name,
      deadLetterQueueUrl: args.deadLetters.queueUrl,
      ...args.functions,
    })
    .apply((references) =>
      JSON.stringify(ingestionFlow({ ...references, ...args.times, maxRoundsPerExecution: MAX_ROUNDS })),
    );
  return new aws.sfn.StateMachine(
    `${scope.name}-flow`,
    {
      type: "STANDARD",
      definition,
      roleArn: role.arn,
      loggingConfiguration: {
        level: "ALL",
        includeExecutionData: true,
        logDestination: pulumi.interpolate`${logs.arn}:*`,
      },
      tracingConfiguration: { enabled: true },
      encryptionConfiguration: {
        type: "CUSTOMER_MANAGED_KMS_KEY",
        kmsKeyId: key.keyArn,
        kmsDataKeyReusePeriodSeconds: 300,
      },
    },
    scope.mainChild({ dependsOn: [...args.waitFor, ...(policy ? [policy] : [])] }),
  );
}

const DELIVERY_ACTIONS = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
];
