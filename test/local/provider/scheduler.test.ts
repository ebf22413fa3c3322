import assert from "node:assert/strict";
import * as scheduler from "@aws-sdk/client-scheduler";
import * as sqs from "@aws-sdk/client-sqs";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { sharedMinistack } from "../../support/ministack";
import { newcomers, withStack } from "../../support/stack";

describe("schedules in the local cloud", function () {
  this.timeout(180_000);
  let schedules: scheduler.SchedulerClient;
  let queues: sqs.SQSClient;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    schedules = new scheduler.SchedulerClient({ endpoint, region: "eu-central-1", credentials });
    queues = new sqs.SQSClient({ endpoint, region: "eu-central-1", credentials });
  });

  const program =
    ({
      expression = "rate(5 days)",
      description = "Says that it is time",
    }: { expression?: string; description?: string } = {}) =>
    async () => {
      const role = new aws.iam.Role("scheduler", {
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: { Service: "scheduler.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
      });
      const queue = new aws.sqs.Queue("due");
      const undelivered = new aws.sqs.Queue("undelivered");
      const sends = { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue.arn };
      const rights = new aws.iam.RolePolicy("scheduler", {
        role: role.id,
        policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [sends] }),
      });
      const group = new aws.scheduler.ScheduleGroup("schedules", { tags: { kind: "schedules" } });
      const schedule = new aws.scheduler.Schedule(
        "due",
        {
          groupName: group.name,
          description,
          scheduleExpression: expression,
          scheduleExpressionTimezone: "UTC",
          flexibleTimeWindow: { mode: "OFF" },
          target: {
            arn: queue.arn,
            roleArn: role.arn,
            input: JSON.stringify({ dataset: "orders" }),
            retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 5 },
            deadLetterConfig: { arn: undelivered.arn },
          },
        },
        { dependsOn: rights },
      );
      return { queue: queue.url, group: group.name, name: schedule.name, arn: schedule.arn, id: schedule.id };
    };

  it("start their targets when they are due, change in place and go with the stack", async () => {
    const groups = await newcomers(async () => {
      const { ScheduleGroups = [] } = await schedules.send(new scheduler.ListScheduleGroupsCommand({}));
      return ScheduleGroups.map(({ Name = "" }) => Name);
    });
    await withStack(async (stack) => {
      const once = program({ expression: "at(2026-01-01T00:00:00)" });
      const { outputs } = await stack.up(once);
      const [Name, GroupName] = [outputs.name?.value as string, outputs.group?.value as string];
      assert.match(Name, /^due-[0-9a-f]{7}$/);
      assert.equal(outputs.id?.value, `${GroupName}/${Name}`);
      assert.match(outputs.arn?.value as string, new RegExp(`:schedule/${GroupName}/${Name}$`));
      assert.deepEqual(await stack.preview(once), {}, "nothing differs");
      assert.deepEqual(await stack.refresh(once), {});
      const QueueUrl = outputs.queue?.value as string;
      const receive = new sqs.ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
      let body: string | undefined;
      while (body === undefined) body = (await queues.send(receive)).Messages?.[0]?.Body;
      assert.deepEqual(JSON.parse(body), { dataset: "orders" });

      assert.deepEqual(await stack.preview(program({ description: "Later" })), { update: 1 });
      await stack.up(program({ description: "Later" }));
      const found = await schedules.send(new scheduler.GetScheduleCommand({ Name, GroupName }));
      assert.equal(found.ScheduleExpression, "rate(5 days)");
      assert.equal(found.Description, "Later");
      assert.equal(found.Target?.RetryPolicy?.MaximumRetryAttempts, 5, "the rest stays");

      await stack.destroy();
      assert.deepEqual(await groups(), []);
    });
  });

  it("are refused where Scheduler would refuse them", async () => {
    await withStack(async (stack) => {
      await assert.rejects(
        stack.up(program({ expression: "cron(30 4 * * * *)" })),
        /ScheduleExpression: cron must have \? for either the day of the month or the day of the week/,
      );
      await assert.rejects(stack.up(program({ description: "x".repeat(513) })), /at most 512/);
    });
  });
});
