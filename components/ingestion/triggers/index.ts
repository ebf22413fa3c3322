import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CompiledContract } from "../../../contracts/compiled";
import type { DeadLetterQueue } from "../../core/dead-letter-queue";
import { MARKER_SUFFIXES } from "../../../contracts/markers";
import { serviceRole } from "../../core/iam";
import type { PlatformFunction } from "../../core/platform-function";
import type { Scope } from "../../core/scope";
import type { SecureBucket } from "../../storage/secure-bucket";

export interface TriggersArgs {
  readonly machine: aws.sfn.StateMachine;
  /** The zone whose files start the flow. */
  readonly raw: SecureBucket;
  readonly contracts: readonly CompiledContract[];
  readonly sweep: PlatformFunction;
  readonly sweepEveryMinutes: number;
  /** Keeps the events that could not be delivered. */
  readonly deadLetters: DeadLetterQueue;
}

/** Makes what starts the flow: files in the raw zone, the schedules of datasets, and the sweep. */
export function buildTriggers(scope: Scope, args: TriggersArgs): void {
  const { machine, raw } = args;
  const { role } = serviceRole(scope, "events-role", {
    service: "events.amazonaws.com",
    description: "Lets EventBridge start the ingestion flow",
    sourceAccount: scope.aws.accountId,
    statements: [{ actions: ["states:StartExecution"], resources: [machine.arn] }],
  });
  const toFlow = { arn: machine.arn, roleArn: role.arn, ...undelivered(args) };
  const rule = (name: string, settings: aws.cloudwatch.EventRuleArgs): aws.cloudwatch.EventRule =>
    new aws.cloudwatch.EventRule(`${scope.name}-${name}`, settings, scope.child());
  const target = (name: string, settings: aws.cloudwatch.EventTargetArgs): aws.cloudwatch.EventTarget =>
    new aws.cloudwatch.EventTarget(`${scope.name}-${name}-target`, settings, scope.child());

  const arrived = rule("file-arrived", {
    description: "Starts the ingestion flow for each new file of the raw zone",
    eventPattern: pulumi.jsonStringify({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: {
        bucket: { name: [raw.bucketName] },
        object: { key: [{ "anything-but": { suffix: MARKER_SUFFIXES } }] },
      },
    }),
  });
  target("file-arrived", { rule: arrived.name, ...toFlow });
  for (const { dataset, contractKey, trigger } of args.contracts) {
    if (trigger.kind !== "schedule") continue;
    const due = rule(`${dataset}-due`, {
      description: `Starts the scheduled run of ${dataset}`,
      scheduleExpression: trigger.schedule,
    });
    const input = JSON.stringify({ sweep: true, dataset, contractKey });
    target(`${dataset}-due`, { rule: due.name, input, ...toFlow });
  }
  const sweepDue = rule("sweep-due", {
    description: "Starts the sweep, which finds files of dead executions",
    scheduleExpression: every(args.sweepEveryMinutes),
  });
  sweepTarget(scope, sweepDue, args);
}

/** EventBridge may invoke the sweep, and then does. */
function sweepTarget(scope: Scope, due: aws.cloudwatch.EventRule, args: TriggersArgs): void {
  const permission = new aws.lambda.Permission(
    `${scope.name}-sweep-permission`,
    {
      action: "lambda:InvokeFunction",
      function: args.sweep.functionName,
      principal: "events.amazonaws.com",
      sourceArn: due.arn,
    },
    scope.child(),
  );
  new aws.cloudwatch.EventTarget(
    `${scope.name}-sweep-due-target`,
    { rule: due.name, arn: args.sweep.functionArn, ...undelivered(args) },
    scope.child({ dependsOn: [permission] }),
  );
}

const undelivered = ({ deadLetters }: TriggersArgs) => ({
  deadLetterConfig: { arn: deadLetters.queueArn },
  retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
});

const every = (minutes: number): string => (minutes === 1 ? "rate(1 minute)" : `rate(${minutes} minutes)`);
