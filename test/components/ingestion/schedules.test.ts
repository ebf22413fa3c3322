import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { DeadLetterQueue, EncryptionKey } from "../../../components";
import { PlatformComponent } from "../../../components/core/platform-component";
import { buildSchedules } from "../../../components/ingestion/triggers/schedules";
import { contractOf } from "../../functions/cloud";
import { record, type Recording } from "../../support/harness";

class Schedules extends PlatformComponent {
  constructor(name: string, schedules: Readonly<Record<string, string>>) {
    super("ingestion", "Schedules", name, {});
    const key = new EncryptionKey("lake", { description: "Data lake" });
    const machine = new aws.sfn.StateMachine("flow", {
      roleArn: "arn:aws:iam::123456789012:role/flow",
      definition: "{}",
    });
    const sweep = new aws.lambda.Function("sweep", { role: "arn:aws:iam::123456789012:role/sweep" });
    buildSchedules(this.scope, {
      machine,
      key,
      contracts: Object.entries(schedules).map(([dataset, schedule]) =>
        contractOf(dataset, { trigger: { kind: "schedule", schedule } }),
      ),
      sweep: { functionArn: sweep.arn },
      sweepEveryMinutes: 5,
      deadLetters: new DeadLetterQueue("undelivered", { key }),
    });
  }
}

const schedules = (by: Readonly<Record<string, string>>): Promise<Recording> =>
  record(() => new Schedules("ingestion", by));

describe("the schedules of the ingestion flow", () => {
  it("start the flow with the dataset, and the sweep, at their times in UTC", async () => {
    const recording = await schedules({ orders: "cron(30 4 * * ? *)", returns: "rate(2 hours)" });
    const machine = recording.one("sfn/stateMachine:StateMachine");
    const found = recording.all("scheduler/schedule:Schedule").map(({ name, inputs }) => {
      assert.equal(inputs.scheduleExpressionTimezone, "UTC");
      assert.deepEqual(inputs.flexibleTimeWindow, { mode: "OFF" });
      return [
        name,
        inputs.scheduleExpression,
        inputs.target.arn === machine.state.arn,
        JSON.parse(String(inputs.target.input)),
      ];
    });
    const input = (dataset: string): object => ({ sweep: true, dataset, contractKey: contractOf(dataset).contractKey });
    assert.deepEqual(found, [
      ["ingestion-orders-due", "cron(30 4 * * ? *)", true, input("orders")],
      ["ingestion-returns-due", "rate(2 hours)", true, input("returns")],
      ["ingestion-sweep-schedule", "rate(5 minutes)", false, {}],
    ]);
  });

  it("lose nothing: what cannot be started is tried for a day, then kept in the queue, and their inputs are encrypted", async () => {
    const recording = await schedules({ orders: "rate(1 day)" });
    const queue = recording.one("sqs/queue:Queue");
    const key = recording.one("kms/key:Key");
    for (const { inputs } of recording.all("scheduler/schedule:Schedule")) {
      assert.equal(inputs.target.deadLetterConfig.arn, queue.state.arn);
      assert.deepEqual(inputs.target.retryPolicy, { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 });
      assert.equal(inputs.kmsKeyArn, key.state.arn);
    }
  });

  it("use a role that only the schedules of their group may assume, with the rights of their targets", async () => {
    const recording = await schedules({ orders: "rate(1 day)" });
    const group = recording.one("scheduler/scheduleGroup:ScheduleGroup");
    const role = recording.one("iam/role:Role", "ingestion-scheduler-role");
    const [trust] = recording.statements(role, "assumeRolePolicy");
    assert.deepEqual(trust?.Principal, { Service: "scheduler.amazonaws.com" });
    assert.deepEqual(trust.Condition, {
      StringEquals: { "aws:SourceAccount": "123456789012", "aws:SourceArn": group.state.arn },
    });
    const policy = recording.one("iam/rolePolicy:RolePolicy", "ingestion-scheduler-role-policy");
    assert.deepEqual(
      recording.statements(policy).map(({ Action }) => Action),
      [
        ["states:StartExecution"],
        ["lambda:InvokeFunction"],
        ["sqs:SendMessage"],
        ["kms:Decrypt", "kms:GenerateDataKey"],
      ],
    );
    for (const schedule of recording.all("scheduler/schedule:Schedule")) {
      assert.equal(schedule.inputs.target.roleArn, role.state.arn);
      assert.equal(schedule.inputs.groupName, group.state.name);
      assert.ok(recording.dependsOn(schedule, policy), `${schedule.name} may come before the rights of its role`);
    }
  });

  it("have names that the service accepts, and that differ, whatever the datasets are called", async () => {
    const long = "a_very_long_name_of_a_dataset_".repeat(3);
    const names = ["sweep", "etl", `${long}_1`, `${long}_2`];
    const recording = await schedules(Object.fromEntries(names.map((name) => [name, "rate(1 day)"])));
    const made = recording.all("scheduler/schedule:Schedule").map(({ name }) => name);
    assert.equal(new Set(made).size, names.length + 1);
    for (const name of made) assert.ok(name.length <= 64 - 8, `${name} is too long`);
  });
});
