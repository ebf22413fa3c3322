import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Scope } from "./scope";

/** A topic that receives alerts: a `NotificationTopic` to which CloudWatch may publish. */
export interface AlertTopic {
  readonly topicArn: pulumi.Output<string>;
}

export interface AlarmArgs {
  /** The text of the alert: it says what happened, to the person on call. */
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  /** The default is `Sum`. */
  readonly statistic?: "Sum" | "Average" | "Maximum" | "Minimum";
  /** The default is `above`. */
  readonly when?: "above" | "below";
  /** The default is 0. */
  readonly threshold?: pulumi.Input<number>;
  /** The default is 300. */
  readonly periodSeconds?: number;
  /** The number of periods that the alarm looks at. The default is 1. */
  readonly periods?: number;
  /** The number of those periods whose figure sets the alarm off. The default is all of them. */
  readonly breachingPeriods?: number;
  /** What a missing figure means. The default is `good`: most metrics of failures are sent only when there are failures. */
  readonly missing?: "good" | "bad" | "ignore";
}

const MISSING = { good: "notBreaching", bad: "breaching", ignore: "ignore" } as const;

/** Makes the alarm `<scope>-<role>`, which sends its alerts to a topic. Without a topic there is no alarm. */
export function alarm(
  scope: Scope,
  role: string,
  alerts: AlertTopic | undefined,
  args: AlarmArgs,
): aws.cloudwatch.MetricAlarm | undefined {
  if (!alerts) return undefined;
  const {
    statistic = "Sum",
    when = "above",
    threshold = 0,
    periodSeconds = 300,
    periods = 1,
    breachingPeriods,
    missing = "good",
    ...figure
  } = args;
  return new aws.cloudwatch.MetricAlarm(
    `${scope.name}-${role}`,
    {
      alarmDescription: figure.description,
      namespace: figure.namespace,
      metricName: figure.metric,
      dimensions: figure.dimensions,
      statistic,
      comparisonOperator: when === "above" ? "GreaterThanThreshold" : "LessThanThreshold",
      threshold,
      period: periodSeconds,
      evaluationPeriods: periods,
      datapointsToAlarm: breachingPeriods,
      treatMissingData: MISSING[missing],
      alarmActions: [alerts.topicArn],
      okActions: [alerts.topicArn],
    },
    scope.child(),
  );
}
