import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { alarm } from "../../core/alarm";
import type { NotificationTopic } from "../../core/notification-topic";
import type { PlatformFunction } from "../../core/platform-function";
import type { Scope } from "../../core/scope";
import { parseSettings, type Settings } from "../../core/settings";
import { ComponentArgumentError } from "../../core/validate";

export const streamTriggerSettings = z.strictObject({
  filters: z
    .array(z.record(z.string(), z.unknown()))
    .min(1)
    .max(10)
    .optional()
    .describe(
      'Only changes that match one of them reach the function, in EventBridge\'s pattern language, e.g. `{ eventName: ["INSERT"] }`. All changes do when unset.',
    ),
  batchSize: z.int().min(1).max(10_000).default(100).describe("Records of one invocation."),
  batchingWindowSeconds: z.int().min(0).max(300).default(0).describe("Seconds to wait for a batch to fill."),
  parallelizationFactor: z
    .int()
    .min(1)
    .max(10)
    .default(1)
    .describe("Invocations at the same time for each shard. The changes of one item stay in order."),
  retries: z
    .int()
    .min(0)
    .max(10_000)
    .default(5)
    .describe("Attempts after the first for a batch that fails, which is halved each time."),
  maxAgeSeconds: z
    .int()
    .min(60)
    .max(604_800)
    .default(86_400)
    .describe("Seconds after which a record is given up. A stream keeps a day."),
  start: z
    .enum(["all", "latest"])
    .default("all")
    .describe("Where to begin: with all that the stream holds, or with what comes."),
});

export interface StreamTriggerArgs extends Settings<typeof streamTriggerSettings> {
  /** The function, which answers with `batchItemFailures`. Its role needs `grantStream` of the table among its statements. */
  readonly function: PlatformFunction;
}

/** Makes the trigger `<scope>-<role>-trigger`, with an alarm for a function that falls behind. */
export function streamTrigger(
  scope: Scope,
  role: string,
  streamArn: pulumi.Input<string>,
  alerts: NotificationTopic | undefined,
  args: StreamTriggerArgs,
): aws.lambda.EventSourceMapping {
  const { settings, problems } = parseSettings(streamTriggerSettings, args);
  if (!settings || problems.length > 0) {
    const named = problems.map((problem) => ({ ...problem, argument: `trigger ${role} ${problem.argument}` }));
    throw new ComponentArgumentError("DocumentTable", scope.name, named);
  }
  const { function: target } = args;
  const mapping = new aws.lambda.EventSourceMapping(
    `${scope.name}-${role}-trigger`,
    {
      eventSourceArn: streamArn,
      functionName: target.functionArn,
      startingPosition: settings.start === "all" ? "TRIM_HORIZON" : "LATEST",
      batchSize: settings.batchSize,
      maximumBatchingWindowInSeconds: settings.batchingWindowSeconds,
      parallelizationFactor: settings.parallelizationFactor,
      maximumRetryAttempts: settings.retries,
      maximumRecordAgeInSeconds: settings.maxAgeSeconds,
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ["ReportBatchItemFailures"],
      destinationConfig: { onFailure: { destinationArn: target.deadLetterQueueArn } },
      ...(settings.filters
        ? { filterCriteria: { filters: settings.filters.map((filter) => ({ pattern: JSON.stringify(filter) })) } }
        : {}),
    },
    scope.child(),
  );
  alarm(scope, `${role}-behind`, alerts, {
    description: `The function of ${role} is more than an hour behind the changes of ${scope.name}. It loses changes that are older than a day.`,
    namespace: "AWS/Lambda",
    metric: "IteratorAge",
    dimensions: { FunctionName: target.functionName },
    statistic: "Maximum",
    threshold: 3_600_000,
  });
  return mapping;
}
