import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { NotificationTopic } from "./notification-topic";

export interface AlarmArgs {
  /** What it means, for the person who is woken. */
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  /** Default `Sum`. */
  readonly statistic?: "Sum" | "Average" | "Maximum" | "Minimum";
  /** Default `above`. */
  readonly when?: "above" | "below";
  /** Default 0. */
  readonly threshold?: pulumi.Input<number>;
  /** Default 300. */
  readonly periodSeconds?: number;
  /** Periods in a row. Default 1. */
  readonly periods?: number;
  /** A figure that stays away counts as good by default: most metrics of failures are only sent when there are some. */
  readonly missing?: "good" | "bad" | "ignore";
}

const MISSING = { good: "notBreaching", bad: "breaching", ignore: "ignore" } as const;

/** An alarm that tells a topic; none where there is nobody to tell. */
export function alarm(
  name: string,
  alerts: NotificationTopic | undefined,
  args: AlarmArgs,
  options: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm | undefined {
  if (!alerts) return undefined;
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      alarmDescription: args.description,
      namespace: args.namespace,
      metricName: args.metric,
      dimensions: args.dimensions,
      statistic: args.statistic ?? "Sum",
      comparisonOperator: (args.when ?? "above") === "above" ? "GreaterThanThreshold" : "LessThanThreshold",
      threshold: args.threshold ?? 0,
      period: args.periodSeconds ?? 300,
      evaluationPeriods: args.periods ?? 1,
      treatMissingData: MISSING[args.missing ?? "good"],
      alarmActions: [alerts.topicArn],
      okActions: [alerts.topicArn],
    },
    options,
  );
}
