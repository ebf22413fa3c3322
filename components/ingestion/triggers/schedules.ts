import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { CompiledContract } from "../../../contracts/compiled";
import type { DeadLetterQueue } from "../../core/dead-letter-queue";
import type { EncryptionKey } from "../../core/encryption-key";
import { serviceRole } from "../../core/iam";
import { GENERATED_SUFFIX, shortened } from "../../core/names";
import type { Scope } from "../../core/scope";

/** The longest name of a schedule (https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html). */
const MAX_NAME = 64 - GENERATED_SUFFIX;
/** What cannot be started is tried again for a day: the longest that EventBridge and EventBridge Scheduler allow. */
export const RETRIES = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };

export interface SchedulesArgs {
  readonly machine: aws.sfn.StateMachine;
  readonly contracts: readonly CompiledContract[];
  readonly sweep: { readonly functionArn: pulumi.Output<string> };
  readonly sweepEveryMinutes: number;
  readonly deadLetters: DeadLetterQueue;
  /** The key that encrypts the inputs of the schedules. */
  readonly key: EncryptionKey;
}

/**
 * Makes the schedules of datasets and of the sweep. They are schedules of EventBridge Scheduler, of which an account may have millions: an
 * event bus may have 300 rules (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html).
 */
export function buildSchedules(scope: Scope, args: SchedulesArgs): void {
  const { machine, sweep, deadLetters, key } = args;
  const group = new aws.scheduler.ScheduleGroup(`${scope.name}-schedules`, {}, scope.child());
  const { role, policy } = serviceRole(scope, "scheduler-role", {
    service: "scheduler.amazonaws.com",
    description: "Lets EventBridge Scheduler start the ingestion flow and the sweep",
    sourceAccount: scope.aws.accountId,
    sourceArn: group.arn,
    statements: [
      { actions: ["states:StartExecution"], resources: [machine.arn] },
      { actions: ["lambda:InvokeFunction"], resources: [sweep.functionArn] },
      { actions: ["sqs:SendMessage"], resources: [deadLetters.queueArn] },
      // The role decrypts the inputs and encrypts what goes to the dead-letter queue:
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
      { actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key.keyArn] },
    ],
  });
  const schedule = (name: string, { expression, arn, input, description }: Schedule): aws.scheduler.Schedule =>
    new aws.scheduler.Schedule(
      shortened(`${scope.name}-${name}`, MAX_NAME),
      {
        groupName: group.name,
        description,
        scheduleExpression: expression,
        scheduleExpressionTimezone: "UTC",
        flexibleTimeWindow: { mode: "OFF" },
        kmsKeyArn: key.keyArn,
        target: {
          arn,
          roleArn: role.arn,
          input,
          retryPolicy: RETRIES,
          deadLetterConfig: { arn: deadLetters.queueArn },
        },
      },
      // Scheduler tries the role when it creates a schedule: its rights come first.
      scope.child({ dependsOn: policy ? [policy] : [] }),
    );

  for (const { dataset, contractKey, trigger } of args.contracts) {
    if (trigger.kind !== "schedule") continue;
    schedule(`${dataset}-due`, {
      description: `Starts the scheduled run of ${dataset}`,
      expression: trigger.schedule,
      arn: machine.arn,
      input: JSON.stringify({ sweep: true, dataset, contractKey }),
    });
  }
  // The schedule of a dataset called "sweep" ends in "-due".
  schedule("sweep-schedule", {
    description: "Starts the sweep, which finds files of dead executions",
    expression: every(args.sweepEveryMinutes),
    arn: sweep.functionArn,
    input: "{}",
  });
}

interface Schedule {
  readonly description: string;
  readonly expression: string;
  readonly arn: pulumi.Input<string>;
  readonly input: string;
}

const every = (minutes: number): string => (minutes === 1 ? "rate(1 minute)" : `rate(${minutes} minutes)`);
