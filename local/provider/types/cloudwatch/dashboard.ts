import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import type { DashboardArgs } from "@pulumi/aws/cloudwatch";
import { define, type Context, type Inputs } from "../../handler";

const send = (ctx: Context): cloudwatch.CloudWatchClient => ctx.client(cloudwatch.CloudWatchClient);

async function put(ctx: Context, DashboardName: string, inputs: Inputs<DashboardArgs>): Promise<void> {
  const { dashboardBody } = inputs;
  const DashboardBody = typeof dashboardBody === "string" ? dashboardBody : JSON.stringify(dashboardBody);
  await send(ctx).send(new cloudwatch.PutDashboardCommand({ DashboardName, DashboardBody }));
}

export const dashboard = define<DashboardArgs>({
  type: "aws:cloudwatch/dashboard:Dashboard",
  outputs: ["dashboardArn"],
  replaceOn: ["dashboardName"],
  documents: ["dashboardBody"],
  async create(ctx, inputs) {
    await put(ctx, inputs.dashboardName, inputs);
    return inputs.dashboardName;
  },
  async read(ctx, DashboardName) {
    const { DashboardBody } = await send(ctx).send(new cloudwatch.GetDashboardCommand({ DashboardName }));
    return {
      dashboardName: DashboardName,
      dashboardBody: DashboardBody,
      // A dashboard belongs to no region.
      dashboardArn: ctx.arn("cloudwatch", `dashboard/${DashboardName}`, { region: "" }),
    };
  },
  async update(ctx, name, _olds, news) {
    await put(ctx, name, news);
  },
  async delete(ctx, name) {
    await send(ctx).send(new cloudwatch.DeleteDashboardsCommand({ DashboardNames: [name] }));
  },
});
