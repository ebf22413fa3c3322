import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as glue from "@aws-sdk/client-glue";
import * as sfn from "@aws-sdk/client-sfn";
import { expandSyncTasks } from "../../../local/provider/types/sfn/expand";
import { modelFolder } from "../../../local/provider/strict/models";
import { requestCheck } from "../../../local/provider/strict/strict";
import { pythonVenv, sharedMinistack } from "../../support/ministack";
import { givenRole } from "../../support/role";

const RUN_JOB = "arn:aws:states:::glue:startJobRun.sync";
const ROLE = "arn:aws:iam::000000000000:role/flow";

describe("waiting for a Glue job in the local cloud", function () {
  this.timeout(120_000);
  let machines: sfn.SFNClient;
  let jobs: glue.GlueClient;
  let folder: string;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const Action = ["glue:StartJobRun", "glue:GetJobRun", "glue:BatchStopJobRun"];
    await givenRole({ endpoint }, "flow", ["states", "glue"], [{ Action, Resource: "*" }]);
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const configuration = { endpoint, region: "eu-central-1", credentials };
    machines = new sfn.SFNClient(configuration);
    jobs = new glue.GlueClient(configuration);
    folder = mkdtempSync(join(tmpdir(), "jobs-"));
    const job = async (name: string, script: string): Promise<void> => {
      const ScriptLocation = join(folder, `${name}.py`);
      writeFileSync(ScriptLocation, script);
      const Command = { Name: "pythonshell", ScriptLocation, PythonVersion: "3.9" };
      await jobs.send(
        new glue.CreateJobCommand({ Name: name, Role: ROLE, Command, ExecutionProperty: { MaxConcurrentRuns: 20 } }),
      );
    };
    await job("works", "");
    await job("fails", "raise SystemExit(3)");
    await job("sleeps", "import time\ntime.sleep(60)");
    // Fails until a marker of an earlier run is there.
    const marker = JSON.stringify(join(folder, "marker"));
    await job(
      "recovers",
      `import os\nif not os.path.exists(${marker}):\n    open(${marker}, "w").close()\n    raise SystemExit(1)`,
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function execute(machine: object, input: object = {}): Promise<sfn.DescribeExecutionCommandOutput> {
    const definition = expandSyncTasks(JSON.stringify(machine));
    const request = { name: `flow-${randomUUID()}`, roleArn: ROLE, definition };
    assert.deepEqual(requestCheck(modelFolder(pythonVenv()))("SFN", "CreateStateMachine", request), []);
    const { stateMachineArn } = await machines.send(new sfn.CreateStateMachineCommand(request));
    const { executionArn } = await machines.send(
      new sfn.StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
    );
    for (;;) {
      const execution = await machines.send(new sfn.DescribeExecutionCommand({ executionArn }));
      if (execution.status !== "RUNNING") return execution;
      await new Promise((wake) => setTimeout(wake, 200));
    }
  }
  const output = ({ status, output: text, cause }: sfn.DescribeExecutionCommandOutput): unknown => {
    assert.equal(status, "SUCCEEDED", cause);
    return JSON.parse(text ?? "null");
  };
  const runs = async (JobName: string): Promise<number> =>
    ((await jobs.send(new glue.GetJobRunsCommand({ JobName }))).JobRuns ?? []).length;

  const jsonata = (task: object, more: object = {}): object => ({
    QueryLanguage: "JSONata",
    StartAt: "Before",
    States: {
      Before: { Type: "Pass", Assign: { job: "works" }, Next: "Run" },
      Run: { Type: "Task", Resource: RUN_JOB, Arguments: { JobName: "{% $job %}" }, Next: "After", ...task },
      After: { Type: "Pass", Output: { run: "{% $states.input %}", job: "{% $job %}" }, End: true },
      ...more,
    },
  });

  it("gives the job run as the result", async () => {
    const { run } = output(await execute(jsonata({}))) as { run: glue.JobRun };
    assert.equal(run.JobRunState, "SUCCEEDED");
    assert.equal(run.JobName, "works");
    assert.ok(run.Id);
  });

  it("gives the task's output and variables what they ask of input and result", async () => {
    const task = {
      Output: { state: "{% $states.result.JobRunState %}", of: "{% $states.input.file %}" },
      Assign: { job: "{% $states.result.JobName & ' on ' & $states.input.file %}" },
    };
    assert.deepEqual(output(await execute(jsonata(task), { file: "a.csv" })), {
      run: { state: "SUCCEEDED", of: "a.csv" },
      job: "works on a.csv",
    });
  });

  it("fails with the run as the cause, and gives it to who catches", async () => {
    const failed = await execute(jsonata({ Arguments: { JobName: "fails" } }));
    assert.equal(failed.status, "FAILED");
    assert.equal(failed.error, "States.TaskFailed");
    const cause = JSON.parse(failed.cause ?? "") as glue.JobRun;
    assert.equal(cause.JobRunState, "FAILED");
    assert.equal(cause.JobName, "fails");

    const catching = jsonata({
      Arguments: { JobName: "fails" },
      Catch: [
        { ErrorEquals: ["Glue.ConcurrentRunsExceededException"], Next: "After" },
        {
          ErrorEquals: ["States.ALL"],
          Output: { error: "{% $states.errorOutput.Error %}", file: "{% $states.input.file %}" },
          Assign: { job: "{% $parse($states.errorOutput.Cause).JobRunState %}" },
          Next: "After",
        },
      ],
    });
    assert.deepEqual(output(await execute(catching, { file: "a.csv" })), {
      run: { error: "States.TaskFailed", file: "a.csv" },
      job: "FAILED",
    });
  });

  it("starts another run when the task is retried", async () => {
    const task = {
      Arguments: { JobName: "recovers" },
      Retry: [{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 1, MaxAttempts: 2 }],
      Output: "{% $states.result.JobRunState %}",
    };
    assert.deepEqual(output(await execute(jsonata(task))), { run: "SUCCEEDED", job: "works" });
    assert.equal(await runs("recovers"), 2);
  });

  it("stops a run that takes too long", async () => {
    const late = await execute(jsonata({ Arguments: { JobName: "sleeps" }, TimeoutSeconds: 2 }));
    assert.deepEqual([late.status, late.error], ["FAILED", "States.Timeout"]);
    const { JobRuns } = await jobs.send(new glue.GetJobRunsCommand({ JobName: "sleeps" }));
    assert.match(String(JobRuns?.[0]?.JobRunState), /^STOPP/);
  });

  it("keeps several at once apart, in a map over files", async () => {
    const machine = {
      QueryLanguage: "JSONata",
      StartAt: "Each",
      States: {
        Each: {
          Type: "Map",
          Items: ["works", "works", "fails"],
          ItemProcessor: {
            StartAt: "Run",
            States: {
              Run: {
                Type: "Task",
                Resource: RUN_JOB,
                Arguments: { JobName: "{% $states.input %}" },
                Output: "{% $states.result.JobRunState & ' ' & $states.input %}",
                Catch: [
                  { ErrorEquals: ["States.TaskFailed"], Output: "{% $states.input & ' caught' %}", Next: "Caught" },
                ],
                End: true,
              },
              Caught: { Type: "Pass", End: true },
            },
          },
          End: true,
        },
      },
    };
    assert.deepEqual(output(await execute(machine)), ["SUCCEEDED works", "SUCCEEDED works", "fails caught"]);
  });

  const jsonPath = (task: object): object => ({
    StartAt: "Run",
    States: {
      Run: { Type: "Task", Resource: RUN_JOB, Parameters: { "JobName.$": "$.wanted.job" }, End: true, ...task },
      Caught: { Type: "Pass", End: true },
    },
  });
  const reachable = (task: object): object => {
    const machine = jsonPath(task) as { States: Record<string, unknown> };
    if (!("Catch" in task)) delete machine.States.Caught;
    return machine;
  };
  const input = { wanted: { job: "works" }, file: "a.csv" };

  it("keeps paths: the result where ResultPath says, as ResultSelector picks it", async () => {
    const whole = output(await execute(reachable({ ResultPath: "$.run" }), input)) as {
      run: glue.JobRun;
      file: string;
    };
    assert.equal(whole.run.JobRunState, "SUCCEEDED");
    assert.equal(whole.file, "a.csv");
    const picked = { ResultPath: "$.job.run", ResultSelector: { "state.$": "$.JobRunState", by: "flow" } };
    assert.deepEqual(output(await execute(reachable(picked), input)), {
      ...input,
      job: { run: { state: "SUCCEEDED", by: "flow" } },
    });
    const none = { ResultPath: null, OutputPath: "$.wanted" };
    assert.deepEqual(output(await execute(reachable(none), input)), { job: "works" });
    const within = {
      InputPath: "$.wanted",
      Parameters: { "JobName.$": "$.job" },
      ResultSelector: { "of.$": "$.JobName" },
    };
    assert.deepEqual(output(await execute(reachable(within), input)), { of: "works" });
  });

  it("keeps who catches with paths", async () => {
    const task = { Catch: [{ ErrorEquals: ["States.TaskFailed"], ResultPath: "$.error", Next: "Caught" }] };
    const { error, file } = output(await execute(reachable(task), { ...input, wanted: { job: "fails" } })) as {
      error: { Error: string; Cause: string };
      file: string;
    };
    assert.equal(file, "a.csv");
    assert.equal(error.Error, "States.TaskFailed");
    assert.equal((JSON.parse(error.Cause) as glue.JobRun).JobRunState, "FAILED");
  });

  it("leaves a definition without such a task as it is written", () => {
    const text = '{ "StartAt": "A",  "States": { "A": { "Type": "Succeed" } } }';
    assert.equal(expandSyncTasks(text), text);
  });
});
