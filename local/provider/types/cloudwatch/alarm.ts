import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import type { MetricAlarmArgs } from "@pulumi/aws/cloudwatch";
import { define, type Context, type Inputs } from "../../handler";
import { tagChanges, tagList, tagMap } from "../../shape";

const send = (ctx: Context): cloudwatch.CloudWatchClient => ctx.client(cloudwatch.CloudWatchClient);

async function put(ctx: Context, AlarmName: string, inputs: Inputs<MetricAlarmArgs>, tags: boolean): Promise<void> {
  await send(ctx).send(
    new cloudwatch.PutMetricAlarmCommand({
      AlarmName,
      AlarmDescription: inputs.alarmDescription,
      ActionsEnabled: inputs.actionsEnabled ?? true,
      AlarmActions: inputs.alarmActions as string[] | undefined,
      OKActions: inputs.okActions as string[] | undefined,
      InsufficientDataActions: inputs.insufficientDataActions as string[] | undefined,
      Namespace: inputs.namespace,
      MetricName: inputs.metricName,
      Dimensions: Object.entries(inputs.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value: String(Value) })),
      ComparisonOperator: inputs.comparisonOperator as cloudwatch.ComparisonOperator,
      Threshold: inputs.threshold,
      EvaluationPeriods: inputs.evaluationPeriods,
      DatapointsToAlarm: inputs.datapointsToAlarm,
      Period: inputs.period,
      Statistic: inputs.statistic as cloudwatch.Statistic | undefined,
      ExtendedStatistic: inputs.extendedStatistic,
      TreatMissingData: inputs.treatMissingData ?? "missing",
      Unit: inputs.unit as cloudwatch.StandardUnit | undefined,
      ...(tags ? { Tags: tagList(inputs.tags) } : {}),
    }),
  );
}

const some = <T>(list: T[] | undefined): T[] | undefined => (list?.length ? list : undefined);

export const metricAlarm = define<MetricAlarmArgs>({
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  outputs: ["arn"],
  replaceOn: ["name"],
  defaults: { actionsEnabled: true, treatMissingData: "missing" },
  keeps: ["name"],
  unordered: ["alarmActions", "okActions", "insufficientDataActions"],
  refuses: { metricQueries: "the local cloud keeps alarms on one metric" },
  autoname: { property: "name", maxLength: 255 },
  taggable: true,
  async create(ctx, inputs) {
    await put(ctx, inputs.name ?? "", inputs, true);
    return inputs.name ?? "";
  },
  async read(ctx, name) {
    const { MetricAlarms } = await send(ctx).send(new cloudwatch.DescribeAlarmsCommand({ AlarmNames: [name] }));
    const alarm = MetricAlarms?.[0];
    if (!alarm) return undefined;
    const { Tags } = await send(ctx).send(new cloudwatch.ListTagsForResourceCommand({ ResourceARN: alarm.AlarmArn }));
    return {
      name: alarm.AlarmName,
      arn: alarm.AlarmArn,
      alarmDescription: alarm.AlarmDescription || undefined,
      actionsEnabled: alarm.ActionsEnabled ?? true,
      alarmActions: some(alarm.AlarmActions),
      okActions: some(alarm.OKActions),
      insufficientDataActions: some(alarm.InsufficientDataActions),
      namespace: alarm.Namespace,
      metricName: alarm.MetricName,
      dimensions: Object.fromEntries((alarm.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
      comparisonOperator: alarm.ComparisonOperator,
      threshold: alarm.Threshold,
      evaluationPeriods: alarm.EvaluationPeriods,
      datapointsToAlarm: alarm.DatapointsToAlarm || undefined,
      period: alarm.Period,
      statistic: alarm.Statistic || undefined,
      extendedStatistic: alarm.ExtendedStatistic || undefined,
      treatMissingData: alarm.TreatMissingData || "missing",
      unit: alarm.Unit || undefined,
      tags: tagMap(Tags),
    };
  },
  async update(ctx, name, olds, news) {
    await put(ctx, name, news, false);
    const { set, remove } = tagChanges(olds.tags, news.tags);
    const ResourceARN = String(olds.arn);
    if (remove.length > 0) await send(ctx).send(new cloudwatch.UntagResourceCommand({ ResourceARN, TagKeys: remove }));
    if (Object.keys(set).length > 0)
      await send(ctx).send(new cloudwatch.TagResourceCommand({ ResourceARN, Tags: tagList(set) }));
  },
  async delete(ctx, name) {
    await send(ctx).send(new cloudwatch.DeleteAlarmsCommand({ AlarmNames: [name] }));
  },
});
