import { randomBytes } from "node:crypto";
import * as datasync from "@aws-sdk/client-datasync";
import type { TaskArgs } from "@pulumi/aws/datasync";
import { define, type Context, type Inputs } from "../../handler";
import { tagList, toApi } from "../../shape";
import { gone, isHeldByMoto } from "./locations";

type Task = Inputs<TaskArgs>;

const moto = (ctx: Context): datasync.DataSyncClient => ctx.moto(datasync.DataSyncClient);

const filter = (given: Task["includes"]): datasync.FilterRule[] | undefined =>
  given && [{ FilterType: (given.filterType ?? "SIMPLE_PATTERN") as datasync.FilterType, Value: given.value }];

const settings = (inputs: Task): Omit<datasync.UpdateTaskCommandInput, "TaskArn"> => ({
  Name: inputs.name,
  CloudWatchLogGroupArn: inputs.cloudwatchLogGroupArn,
  Options: toApi(inputs.options),
  Schedule: inputs.schedule && {
    ScheduleExpression: inputs.schedule.scheduleExpression,
    Status: inputs.schedule.status as datasync.ScheduleStatus | undefined,
  },
  Includes: filter(inputs.includes),
  Excludes: filter(inputs.excludes),
  TaskReportConfig: inputs.taskReportConfig && {
    Destination: {
      S3: {
        S3BucketArn: inputs.taskReportConfig.s3Destination.s3BucketArn,
        BucketAccessRoleArn: inputs.taskReportConfig.s3Destination.bucketAccessRoleArn,
        Subdirectory: inputs.taskReportConfig.s3Destination.subdirectory,
      },
    },
    OutputType: inputs.taskReportConfig.outputType as datasync.ReportOutputType | undefined,
    ReportLevel: inputs.taskReportConfig.reportLevel as datasync.ReportLevel | undefined,
    ObjectVersionIds: inputs.taskReportConfig.s3ObjectVersioning as datasync.ObjectVersionIds | undefined,
  },
});

/** moto keeps tasks between locations it has; others are in the stack's state only. */
export const task = define<TaskArgs>({
  type: "aws:datasync/task:Task",
  outputs: ["arn"],
  replaceOn: ["sourceLocationArn", "destinationLocationArn", "taskMode"],
  keeps: ["name", "options", "taskMode"],
  taggable: true,
  async create(ctx, inputs) {
    const command = new datasync.CreateTaskCommand({
      ...settings(inputs),
      SourceLocationArn: inputs.sourceLocationArn,
      DestinationLocationArn: inputs.destinationLocationArn,
      Tags: inputs.tags && Object.keys(inputs.tags).length > 0 ? tagList(inputs.tags) : undefined,
    });
    if (isHeldByMoto(inputs.sourceLocationArn) && isHeldByMoto(inputs.destinationLocationArn)) {
      const { TaskArn } = await moto(ctx).send(command);
      return { id: TaskArn ?? "", outs: { arn: TaskArn } };
    }
    ctx.record(datasync.DataSyncClient, command);
    const id = ctx.arn("datasync", `task/task-${randomBytes(9).toString("hex").slice(0, 17)}`);
    return { id, outs: { arn: id } };
  },
  async read(ctx, TaskArn) {
    if (!isHeldByMoto(TaskArn)) return { arn: TaskArn };
    const held = await moto(ctx).send(new datasync.DescribeTaskCommand({ TaskArn })).catch(gone);
    return (
      held && {
        arn: held.TaskArn,
        name: held.Name,
        sourceLocationArn: held.SourceLocationArn,
        destinationLocationArn: held.DestinationLocationArn,
        cloudwatchLogGroupArn: held.CloudWatchLogGroupArn,
      }
    );
  },
  async update(ctx, TaskArn, _olds, news) {
    const command = new datasync.UpdateTaskCommand({ TaskArn, ...settings(news) });
    if (isHeldByMoto(TaskArn)) await moto(ctx).send(command);
    else ctx.record(datasync.DataSyncClient, command);
  },
  async delete(ctx, TaskArn) {
    if (isHeldByMoto(TaskArn)) await moto(ctx).send(new datasync.DeleteTaskCommand({ TaskArn }));
  },
});
