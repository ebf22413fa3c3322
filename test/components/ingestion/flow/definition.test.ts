import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ingestionFlow } from "../../../../components/ingestion/flow/definition";
import { flowTimes } from "../../../../components/ingestion/flow/times";
import { FUNCTION_SECONDS } from "../../../../components/ingestion/pipeline/functions";
import { ingestionPipelineSettings } from "../../../../components/ingestion/pipeline/settings";
import { givenRole } from "../../../support/role";
import { startMinistack, type Ministack } from "../../../support/ministack";

/** One task's answers, in the order of its attempts. */
type Answers = readonly ({ readonly returns: unknown } | { readonly throws: string })[];

interface Case {
  readonly sentence: string;
  readonly input?: unknown;
  readonly tasks: Readonly<Record<string, Answers>>;
  readonly path: string;
  readonly status: "SUCCEEDED" | "FAILED";
  readonly output?: unknown;
  readonly error?: string;
}

const payload = (value: unknown): { returns: unknown } => ({ returns: { Payload: value } });
const event = {
  time: "2026-01-01T00:00:00Z",
  detail: {
    bucket: { name: "raw" },
    object: { key: "penguins/a b+c%ü.csv", size: 10, etag: "e", "version-id": "v1", sequencer: "00A" },
  },
};
const file = {
  bucket: "raw",
  key: "penguins/a b+c%ü.csv",
  version: "v1",
  versionId: "v1",
  etag: "e",
  size: 10,
  sequencer: "00A",
  eventTime: "2026-01-01T00:00:00Z",
};
const valid = payload({
  status: "valid",
  dataset: "penguins",
  contractKey: "contracts/penguins/contract.json",
  trigger: "event",
});
const run = (engine: string, mayUseSpark = true): { returns: unknown } =>
  payload({
    outcome: "run",
    engine,
    runId: "r1",
    jobName: "etl",
    scheduled: false,
    mayUseSpark,
    batch: { bucket: "artifacts", key: "batch.json" },
    manifest: { bucket: "artifacts", key: "manifest.json" },
  });
const drained = payload({ outcome: "drained" });
const done = payload({ outcome: "done" });
const counts = payload({ rowsIn: 3, rowsOut: 2, rowsRejected: 1 });
const none = payload({});
const putBack = (blame: string, exhausted: readonly unknown[] = []): { returns: unknown } =>
  payload({ blame, mayStillRun: false, requeued: 1, exhausted });
const claimed: Answers = [{ returns: {} }];
const START = "Begin > ReadEvent > Claim > ValidateHeader > IsHeaderValid";
const QUEUED = `${START} > MarkReady > WaitsForSchedule > Plan > IsThereARun`;
const FINISH = "RegisterPartitions > Commit > Plan > IsThereARun";

const cases: readonly Case[] = [
  {
    sentence: "a valid file runs on the light engine and ends with the counts",
    tasks: {
      Claim: claimed,
      ValidateHeader: [valid],
      MarkReady: [none],
      Plan: [run("light"), drained],
      RunLight: [done],
      RegisterPartitions: [none],
      Commit: [counts],
    },
    path: `${QUEUED} > RunLight > DidItFit > ${FINISH} > Ingested`,
    status: "SUCCEEDED",
    output: { status: "succeeded", dataset: "penguins", runs: 1, rowsIn: 3, rowsOut: 2, rowsRejected: 1 },
  },
  {
    sentence: "a batch planned for Spark runs on Spark",
    tasks: {
      Claim: claimed,
      ValidateHeader: [valid],
      MarkReady: [none],
      Plan: [run("spark"), drained],
      RenewLease: [none],
      RunSpark: [{ returns: {} }],
      RegisterPartitions: [none],
      Commit: [counts],
    },
    path: `${QUEUED} > RenewLease > RunSpark > ${FINISH} > Ingested`,
    status: "SUCCEEDED",
  },
  {
    sentence: "a light run that turns out too large goes on to Spark",
    tasks: {
      Claim: claimed,
      ValidateHeader: [valid],
      MarkReady: [none],
      Plan: [run("light"), drained],
      RunLight: [payload({ outcome: "too-large", bytes: 2, limit: 1 })],
      RenewLease: [none],
      RunSpark: [{ returns: {} }],
      RegisterPartitions: [none],
      Commit: [counts],
    },
    path: `${QUEUED} > RunLight > DidItFit > MaySparkRun > RenewLease > RunSpark > ${FINISH} > Ingested`,
    status: "SUCCEEDED",
  },
  {
    sentence: "a light run that is ended for its memory goes on to Spark",
    tasks: {
      Claim: claimed,
      ValidateHeader: [valid],
      MarkReady: [none],
      Plan: [run("light"), drained],
      RunLight: [{ throws: "Runtime.OutOfMemory" }],
      RenewLease: [none],
      RunSpark: [{ returns: {} }],
      RegisterPartitions: [none],
      Commit: [counts],
    },
    path: `${QUEUED} > RunLight > MaySparkRun > RenewLease > RunSpark > ${FINISH} > Ingested`,
    status: "SUCCEEDED",
  },
  {
    sentence: "a batch that is too large for the engine that its contract demands fails",
    tasks: {
      Claim: claimed,
      ValidateHeader: [valid],
      MarkReady: [none],
      Plan: [run("light", false), drained],
      RunLight: [payload({ outcome: "too-large", bytes: 2, limit: 1 })],
      FailRun: [putBack("data", [{ file }])],
      QuarantineOne: [none],
    },
    path: `${QUEUED} > RunLight > DidItFit > MaySparkRun > FailRun > AnyExhausted > QuarantineExhausted > WaitBeforeRetry > Plan > IsThereARun > EngineFailed`,
    status: "FAILED",
    error: "EngineFailed",
  },
  {
    sentence: "a second batch that arrived meanwhile is run by the same execution",
    tasks: {
      Claim: claimed,
      ValidateHeader: [valid],
      MarkReady: [none],
      Plan: [run("light"), run("light"), drained],
      RunLight: [done, done],
      RegisterPartitions: [none, none],
      Commit: [counts, counts],
    },
    path: `${QUEUED} > RunLight > DidItFit > ${FINISH} > RunLight > DidItFit > ${FINISH} > Ingested`,
    status: "SUCCEEDED",
  },
  {
    sentence: "an invalid header is quarantined and fails visibly with the verdict",
    tasks: {
      Claim: claimed,
      ValidateHeader: [payload({ status: "invalid", reason: "header-mismatch", message: "Column island is missing." })],
      Quarantine: [payload({ status: "quarantined", location: "s3://quarantine/x" })],
    },
    path: `${START} > Quarantine > Rejected`,
    status: "FAILED",
    error: "FileRejected.header-mismatch",
  },
  {
    sentence: "the same event twice ends as already ingested",
    tasks: { Claim: [{ throws: "DynamoDB.ConditionalCheckFailedException" }] },
    path: "Begin > ReadEvent > Claim > AlreadyIngested",
    status: "SUCCEEDED",
    output: { status: "already-ingested", file },
  },
  {
    sentence: "an event that the ledger cannot record goes to the dead-letter queue, as it came",
    tasks: {
      Claim: Array.from({ length: 13 }, () => ({ throws: "DynamoDB.AmazonDynamoDBException" })),
    },
    path: "Begin > ReadEvent > Claim > Undelivered > Failed",
    status: "FAILED",
    error: "DynamoDB.AmazonDynamoDBException",
  },
  {
    sentence: "a file of a dataset somebody works on is handed over",
    tasks: {
      Claim: claimed,
      ValidateHeader: [valid],
      MarkReady: [none],
      Plan: [payload({ outcome: "handed-over", leaseOwner: "other" })],
    },
    path: `${QUEUED} > HandedOver`,
    status: "SUCCEEDED",
    output: { status: "handed-over", dataset: "penguins", to: "other" },
  },
  {
    sentence: "a file is handed over without a plan where another execution was at work when it was queued",
    tasks: {
      Claim: claimed,
      ValidateHeader: [valid],
      MarkReady: [payload({ status: "READY", leaseOwner: "other" })],
    },
    path: `${START} > MarkReady > WaitsForSchedule > HandedOver`,
    status: "SUCCEEDED",
    output: { status: "handed-over", dataset: "penguins", to: "other" },
  },
  {
    sentence: "a file of a scheduled dataset waits for the schedule",
    tasks: {
      Claim: claimed,
      ValidateHeader: [payload({ status: "valid", dataset: "d", contractKey: "k", trigger: "schedule" })],
      MarkReady: [none],
    },
    path: `${START} > MarkReady > WaitsForSchedule > WaitingForSchedule`,
    status: "SUCCEEDED",
  },
  {
    sentence: "a run that fails puts its files back and tries again",
    tasks: {
      Claim: claimed,
      ValidateHeader: [valid],
      MarkReady: [none],
      Plan: [run("light"), run("light"), drained],
      RunLight: [{ throws: "Broken" }, done],
      FailRun: [putBack("busy")],
      RegisterPartitions: [none],
      Commit: [counts],
    },
    path: `${QUEUED} > RunLight > FailRun > AnyExhausted > WaitBeforeRetry > Plan > IsThereARun > RunLight > DidItFit > ${FINISH} > Ingested`,
    status: "SUCCEEDED",
  },
  {
    sentence: "a file that failed too often is quarantined and the execution fails",
    tasks: {
      Claim: claimed,
      ValidateHeader: [valid],
      MarkReady: [none],
      Plan: [run("light"), drained],
      RunLight: [{ throws: "Broken" }],
      FailRun: [putBack("data", [{ file }])],
      QuarantineOne: [none],
    },
    path: `${QUEUED} > RunLight > FailRun > AnyExhausted > QuarantineExhausted > WaitBeforeRetry > Plan > IsThereARun > EngineFailed`,
    status: "FAILED",
    error: "EngineFailed",
  },
  {
    sentence: "a manifest that does not add up fails the run",
    tasks: {
      Claim: claimed,
      ValidateHeader: [valid],
      MarkReady: [none],
      Plan: [run("light"), drained],
      RunLight: [done],
      RegisterPartitions: [none],
      Commit: [{ throws: "ManifestMismatch" }],
      FailRun: [putBack("fault")],
    },
    path: `${QUEUED} > RunLight > DidItFit > RegisterPartitions > Commit > FailRun > AnyExhausted > WaitBeforeRetry > Plan > IsThereARun > Ingested`,
    status: "SUCCEEDED",
  },
  {
    sentence: "a validator that cannot answer leaves the reason in the ledger",
    tasks: { Claim: claimed, ValidateHeader: [{ throws: "AccessDenied" }], RecordFailure: [{ returns: {} }] },
    path: "Begin > ReadEvent > Claim > ValidateHeader > RecordFailure > Failed",
    status: "FAILED",
    error: "AccessDenied",
  },
  {
    sentence: "the sweep starts with the plan",
    input: { sweep: true, dataset: "penguins", contractKey: "k" },
    tasks: { Plan: [drained] },
    path: "Begin > Plan > IsThereARun > Ingested",
    status: "SUCCEEDED",
    output: { status: "succeeded", dataset: "penguins", runs: 0 },
  },
  {
    sentence: "a redriven file skips the claim",
    input: { redrive: file },
    tasks: { ValidateHeader: [valid], MarkReady: [none], Plan: [drained] },
    path: "Begin > ValidateHeader > IsHeaderValid > MarkReady > WaitsForSchedule > Plan > IsThereARun > Ingested",
    status: "SUCCEEDED",
  },
];

/** The AWS Step Functions Local mock format, which the emulator reads. */
function mockConfig(): unknown {
  const testCases: Record<string, Record<string, string>> = {};
  const responses: Record<string, Record<string, unknown>> = {};
  cases.forEach((one, index) => {
    const test: Record<string, string> = (testCases[`case${index}`] = {});
    for (const [state, answers] of Object.entries(one.tasks)) {
      const name = `${index}-${state}`;
      test[state] = name;
      responses[name] = Object.fromEntries(
        answers.map((answer, attempt) => [
          String(attempt),
          "throws" in answer ? { Throw: { Error: answer.throws, Cause: "because" } } : { Return: answer.returns },
        ]),
      );
    }
  });
  return { StateMachines: { flow: { TestCases: testCases } }, MockedResponses: responses };
}

describe("the ingestion flow, interpreted", () => {
  let ministack: Ministack;
  let sfn: SFNClient;
  let machine: string;
  let sqs: SQSClient;
  let queue: string;

  before(async function () {
    this.timeout(90_000);
    const config = join(mkdtempSync(join(tmpdir(), "flow-")), "mock.json");
    writeFileSync(config, JSON.stringify(mockConfig()));
    ministack = await startMinistack({ SFN_MOCK_CONFIG: config, SFN_WAIT_SCALE: "0.001" });
    sfn = new SFNClient({
      endpoint: ministack.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    sqs = new SQSClient({
      endpoint: ministack.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const { QueueUrl: deadLetterQueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "undelivered" }));
    queue = deadLetterQueueUrl;
    const arn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    const definition = ingestionFlow({
      partition: "aws",
      ledgerTable: "ledger",
      headerValidator: arn("validator"),
      runCoordinator: arn("coordinator"),
      lightEtl: arn("light"),
      quarantine: arn("quarantine"),
      partitionRegistrar: arn("registrar"),
      deadLetterQueueUrl,
      ...flowTimes(ingestionPipelineSettings.parse({}), FUNCTION_SECONDS),
      retryDelaySeconds: 0,
      blockedDelaySeconds: 0,
      maxRoundsPerExecution: 100,
    });
    const made = await sfn.send(
      new CreateStateMachineCommand({
        name: "flow",
        definition: JSON.stringify(definition),
        roleArn: await givenRole(
          ministack,
          "flow",
          ["states"],
          [
            // The other tasks answer from the test's own list.
            { Action: "sqs:SendMessage", Resource: "*" },
          ],
        ),
      }),
    );
    machine = made.stateMachineArn ?? "";
  });

  after(() => ministack?.stop());

  cases.forEach((one, index) => {
    it(one.sentence, async () => {
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({
          stateMachineArn: `${machine}#case${index}`,
          input: JSON.stringify(one.input ?? event),
        }),
      );
      let end = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      while (end.status === "RUNNING") {
        await new Promise((wake) => setTimeout(wake, 20));
        end = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      }
      const history = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
      const path = (history.events ?? []).flatMap((entry) => entry.stateEnteredEventDetails?.name ?? []).join(" > ");
      assert.equal(path, one.path);
      assert.equal(end.status, one.status);
      if (one.error) assert.equal(end.error, one.error);
      if (one.path.includes("Undelivered")) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue, WaitTimeSeconds: 5 }));
        assert.deepEqual(
          Messages.map(({ Body }) => JSON.parse(Body ?? "null")),
          [event],
        );
      }
      if (one.output) assert.deepEqual(JSON.parse(end.output ?? "null"), one.output);
    });
  });
});
