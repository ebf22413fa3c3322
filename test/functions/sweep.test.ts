import assert from "node:assert/strict";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { FileRef } from "../../contracts/flow";
import { handler } from "../../functions/sweep";
import { batchFile } from "../../functions/shared/ledger";
import { givenRole } from "../support/role";
import { contractOf, validVerdict, withCloud } from "./cloud";

describe("the sweep", () => {
  const cloud = withCloud();
  let sfn: SFNClient;
  let stateMachineArn: string;
  let count = 0;
  const LONG_AGO = new Date(Date.now() - 3_600_000);

  let role: string;
  before(async () => {
    role = await givenRole(cloud(), "waits", ["states"]);
    sfn = new SFNClient({
      endpoint: cloud().endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
  });
  beforeEach(async () => {
    const answer = await sfn.send(
      new CreateStateMachineCommand({
        name: `${cloud().name}-${++count}`,
        roleArn: role,
        definition: JSON.stringify({ StartAt: "Work", States: { Work: { Type: "Wait", Seconds: 3_600, End: true } } }),
      }),
    );
    stateMachineArn = answer.stateMachineArn ?? "";
    process.env.STATE_MACHINE_ARN = stateMachineArn;
    process.env.STALE_AFTER_SECONDS = "900";
  });
  after(() => {
    delete process.env.STATE_MACHINE_ARN;
    delete process.env.STALE_AFTER_SECONDS;
  });

  const alive = async (): Promise<string> =>
    (await sfn.send(new StartExecutionCommand({ stateMachineArn, input: "{}" }))).executionArn ?? "";
  const dead = async (): Promise<string> => {
    const executionArn = await alive();
    await sfn.send(new StopExecutionCommand({ executionArn }));
    return executionArn;
  };
  const inputs = async (): Promise<unknown[]> => {
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    const described = await Promise.all(
      executions.map(({ executionArn }) => sfn.send(new DescribeExecutionCommand({ executionArn }))),
    );
    return described
      .map(({ input }) => JSON.parse(input ?? "{}") as unknown)
      .filter((one) => JSON.stringify(one) !== "{}");
  };
  const waiting = async (
    dataset: string,
    at: Date,
    changes: Parameters<typeof contractOf>[1] = {},
  ): Promise<FileRef> => {
    const contract = contractOf(dataset, changes);
    const file = await cloud().upload(`${dataset}/${++count}.csv`, "id,city\n1,x\n");
    await cloud().claim(file);
    const verdict = validVerdict(file, contract);
    await cloud().ledger.files.markReady(verdict, batchFile(verdict), "arn:e", at);
    return file;
  };
  /** So that a file of one test is not swept by the next. */
  const settle = async (...files: FileRef[]) => {
    for (const file of files) {
      const verdict = { ...validVerdict(file, contractOf("x")), status: "invalid", reason: "not-csv" } as const;
      await cloud().ledger.files.markQuarantined(verdict, "s3://q/x", "arn:e", new Date());
    }
  };
  const claimed = async (executionArn: string | undefined, changes: Record<string, unknown> = {}): Promise<FileRef> => {
    const file = await cloud().upload(`claimed/${++count}.csv`, "x");
    await cloud().claim(file, { updatedAt: LONG_AGO.toISOString(), executionArn, ...changes });
    return file;
  };

  it("starts one execution for a dataset whose files wait and nobody works on them", async () => {
    const files = [await waiting("alpha", LONG_AGO), await waiting("alpha", LONG_AGO)];
    assert.deepEqual((await handler({})).started, ["alpha"]);
    assert.deepEqual(await inputs(), [{ sweep: true, dataset: "alpha", contractKey: "contracts/alpha/contract.json" }]);
    await settle(...files);
  });

  it("starts nothing twice, however often it runs in a span of time", async () => {
    const file = await waiting("beta", LONG_AGO);
    const answers = await Promise.all([handler({}), handler({}), handler({})]);
    assert.ok(answers.every(({ failed }) => failed === 0));
    assert.equal((await inputs()).length, 1);
    await settle(file);
  });

  it("leaves files alone that became ready a moment ago", async () => {
    const file = await waiting("gamma", new Date());
    assert.deepEqual((await handler({})).started, []);
    await settle(file);
  });

  it("leaves a dataset to the execution that holds its lease", async () => {
    const file = await waiting("delta", LONG_AGO);
    await cloud().ledger.leases.acquire("delta", await alive(), 600, new Date());
    assert.deepEqual((await handler({})).started, []);
    await settle(file);
  });

  it("takes the lease from an execution that has ended, at once", async () => {
    const file = await waiting("epsilon", LONG_AGO);
    await cloud().ledger.leases.acquire("epsilon", await dead(), 600, new Date());
    assert.deepEqual((await handler({})).started, ["epsilon"]);
    assert.equal(await cloud().ledger.lease("epsilon"), undefined);
    await settle(file);
  });

  it("starts for a dataset whose lease has run out", async () => {
    const file = await waiting("zeta", LONG_AGO);
    await cloud().ledger.leases.acquire("zeta", await alive(), -10, new Date());
    assert.deepEqual((await handler({})).started, ["zeta"]);
    await settle(file);
  });

  it("picks up files that a dead run left RUNNING", async () => {
    const file = await waiting("eta", LONG_AGO);
    const owner = await dead();
    await cloud().ledger.leases.acquire("eta", owner, 600, new Date());
    const [queued] = await cloud().ledger.queue("eta", 1);
    assert.ok(queued);
    const at = LONG_AGO.toISOString();
    await cloud().ledger.runs.markRunning(
      [queued.file],
      {
        pk: "run#eta",
        sk: "r1",
        entity: "run",
        status: "RUN_STARTED",
        dataset: "eta",
        runId: "r1",
        engine: "light",
        files: 1,
        bytes: 1,
        executionArn: owner,
        startedAt: at,
        updatedAt: at,
      },
      LONG_AGO,
    );
    assert.deepEqual((await handler({})).started, ["eta"]);
    await settle(file);
  });

  it("lets files of a scheduled dataset wait for their schedule", async () => {
    const file = await waiting("theta", LONG_AGO, { trigger: { kind: "schedule", schedule: "rate(1 day)" } as never });
    assert.deepEqual((await handler({})).started, []);
    await settle(file);
  });

  it("starts a dataset whose contract has lost its schedule since its files came, and none that has got one", async () => {
    const trigger = { kind: "schedule", schedule: "rate(1 day)" } as const;
    const before = await waiting("was_scheduled", LONG_AGO, { trigger });
    const after = await waiting("is_scheduled", LONG_AGO);
    await cloud().publish(contractOf("was_scheduled"));
    await cloud().publish(contractOf("is_scheduled", { trigger }));
    assert.deepEqual((await handler({})).started, ["was_scheduled"]);
    await settle(before, after);
  });

  it("takes the lease of a scheduled dataset from a dead execution, so that its next run is not turned away", async () => {
    const trigger = { kind: "schedule", schedule: "rate(1 day)" } as const;
    const file = await waiting("lambda", LONG_AGO, { trigger });
    const owner = await alive();
    await cloud().ledger.leases.acquire("lambda", owner, 600, new Date());
    await handler({});
    assert.equal((await cloud().ledger.lease("lambda"))?.owner, owner, "the living keep it");
    await sfn.send(new StopExecutionCommand({ executionArn: owner }));
    assert.deepEqual((await handler({})).started, []);
    assert.equal(await cloud().ledger.lease("lambda"), undefined);
    await settle(file);
  });

  it("drives a claimed file again whose execution has ended", async () => {
    const file = await claimed(await dead());
    const answer = await handler({});
    assert.deepEqual([answer.redriven, answer.failed], [1, 0]);
    assert.deepEqual(await inputs(), [{ redrive: file }]);
    const entry = await cloud().ledger.file(file);
    assert.equal(entry?.redrives, 1);
    assert.match(entry?.executionArn ?? "", /redrive-file-/);
    assert.equal((await handler({})).redriven, 0);
    await settle(file);
  });

  it("leaves a claimed file to its execution while that runs", async () => {
    const file = await claimed(await alive());
    assert.equal((await handler({})).redriven, 0);
    await settle(file);
  });

  it("drives a claimed file again whose execution is not known", async () => {
    const file = await claimed(`${stateMachineArn.replace(":stateMachine:", ":execution:")}:never`);
    assert.equal((await handler({})).redriven, 1);
    await settle(file);
  });

  for (const reason of [
    "AccessDenied: User is not authorized to perform: s3:GetObject",
    "Lambda.AWSLambdaException: User is not authorized to perform: lambda:InvokeFunction",
    "TransientError: SlowDown: Please reduce your request rate",
    "Lambda.TooManyRequestsException: Rate Exceeded",
    "States.Timeout: ",
  ]) {
    it(`never gives a claimed file up that failed by no fault of its own: ${reason}`, async () => {
      const file = await claimed(await dead(), { redrives: 3, reason });
      assert.deepEqual(await handler({}), { started: [], redriven: 1, failed: 0 });
      const entry = await cloud().ledger.file(file);
      assert.deepEqual([entry?.status, entry?.redrives], ["CLAIMED", 3]);
    });
  }

  it("gives a claimed file up after three more executions and says why", async () => {
    const file = await claimed(await dead(), { redrives: 3, reason: "TypeError: no" });
    const answer = await handler({});
    assert.deepEqual([answer.redriven, answer.failed], [0, 1]);
    const entry = await cloud().ledger.file(file);
    assert.equal(entry?.status, "FAILED");
    assert.match(entry?.reason ?? "", /in 4 attempts; the last: TypeError: no/);
  });
});
