import { mock } from "node:test";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { CompiledContract } from "../../../../contracts/compiled";
import type { Batch, EngineResponse, FileRef, LedgerFile, Manifest, Verdict } from "../../../../contracts/flow";
import { ingestionFlow } from "../../../../components/ingestion/flow/definition";
import { flowTimes } from "../../../../components/ingestion/flow/times";
import { FUNCTION_SECONDS } from "../../../../components/ingestion/pipeline/functions";
import { ingestionPipelineSettings } from "../../../../components/ingestion/pipeline/settings";
import { handler as coordinator } from "../../../../functions/run-coordinator";
import { dynamodb, events, s3, stepFunctions } from "../../../../functions/shared/aws";
import { forgetContracts } from "../../../../functions/shared/contracts";
import { forgetEnvironments } from "../../../../functions/shared/environment";
import { Ledger } from "../../../../functions/shared/ledger";
import { logger } from "../../../../functions/shared/observability";
import { handler as sweep } from "../../../../functions/sweep";
import { contractOf, nextSequencer, validVerdict } from "../../../functions/cloud";
import { MemoryTable } from "../../../support/memory/table";
import { type Execution, runDefinition, StatesError, type TaskCall } from "../../../support/states/interpreter";

/** What fails: it looks at each call of a task, and throws the error that the service would answer. */
export type Fault = (call: TaskCall, now: number) => void;

/** A function remembers the datasets that it has seen: each world has its own. */
let worlds = 0;

/** Takes what functions print: their figures. */
let printed: (line: string) => void = () => undefined;

export const START = Date.parse("2026-01-01T00:00:00Z");
const STALE_AFTER_SECONDS = 900;
const ENVIRONMENT = {
  LEDGER_TABLE: "ledger",
  RAW_BUCKET: "raw",
  PROCESSED_BUCKET: "processed",
  CURATED_BUCKET: "curated",
  QUARANTINE_BUCKET: "quarantine",
  ARTIFACTS_BUCKET: "artifacts",
  DATABASE_NAME: "lake",
  EVENT_BUS_NAME: "bus",
  ETL_JOB_NAME: "etl",
  LIGHT_MAX_BYTES: String(1024 ** 3),
  LEASE_SECONDS: String(ingestionPipelineSettings.parse({}).leaseSeconds),
  MAX_ATTEMPTS: "3",
  STATE_MACHINE_ARN: "arn:aws:states:us-east-1:000000000000:stateMachine:flow",
  STALE_AFTER_SECONDS: String(STALE_AFTER_SECONDS),
  PLATFORM_ENVIRONMENT: "test",
  POWERTOOLS_METRICS_NAMESPACE: "DataPlatform",
  POWERTOOLS_SERVICE_NAME: "test",
  // The figures go to the console, where a test reads them.
  POWERTOOLS_DEV: "true",
  POWERTOOLS_METRICS_DISABLED: "false",
};

const SETTINGS = ingestionPipelineSettings.parse({});
export const TIMES = flowTimes(SETTINGS, FUNCTION_SECONDS);

export const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** The definition as it is deployed, with the rounds that a test asks for. */
export const definitionOf = (maxRoundsPerExecution: number) =>
  ingestionFlow({
    partition: "aws",
    ledgerTable: "ledger",
    headerValidator: functionArn("validator"),
    runCoordinator: functionArn("coordinator"),
    lightEtl: functionArn("light"),
    quarantine: functionArn("quarantine"),
    partitionRegistrar: functionArn("registrar"),
    deadLetterQueueUrl: "undelivered",
    ...TIMES,
    maxRoundsPerExecution,
  });

/**
 * An environment in one process with a simulated clock: the deployed definition in an interpreter, the real coordinator, the real
 * sweep and the real ledger over a table in memory. Engines, the validator and the registrar are simulated.
 */
export class World {
  readonly table = new MemoryTable();
  readonly ledger = new Ledger(dynamodb(), "ledger");
  readonly undelivered: string[] = [];
  /** The sums of the figures of runs that failed. */
  readonly figures = { FailedRuns: 0, BusyRuns: 0, DeniedRuns: 0, FaultyRuns: 0 };
  readonly executions = new Map<string, Execution>();
  contract: CompiledContract;
  fault: Fault = () => undefined;
  /** What an engine makes of a batch. It may throw what an engine throws. */
  engine: (call: TaskCall, batch: Batch) => EngineResponse | undefined = () => undefined;
  private readonly objects = new Map<string, string>();
  private readonly queue: { name: string; input: unknown }[] = [];
  private count = 0;
  now = START;
  readonly clock = {
    now: () => this.now,
    advance: (seconds: number) => {
      this.now += seconds * 1000;
      mock.timers.setTime(this.now);
    },
  };

  constructor(
    contract: Partial<CompiledContract> = {},
    private readonly maxRounds = 12,
  ) {
    this.contract = contractOf(`orders${++worlds}`, contract);
    this.objects.set(`artifacts/${this.contract.contractKey}`, JSON.stringify(this.contract));
    this.table.answerTo(dynamodb());
    this.answerS3();
    this.answerOthers();
    forgetContracts();
    mock.timers.setTime(START);
    printed = (line) => {
      const figures = JSON.parse(line) as Readonly<Record<string, unknown>>;
      for (const name of Object.keys(this.figures) as (keyof World["figures"])[]) {
        this.figures[name] += Number(figures[name] ?? 0);
      }
    };
  }

  /** Uploads a file: its event starts an execution, which runs to its end. */
  async drop(key: string): Promise<Execution> {
    const object = { key: `${this.contract.prefix}${key}`, size: 20, etag: "e", "version-id": `v-${key}` };
    return this.execute(`event-${key}`, {
      time: new Date(this.now).toISOString(),
      detail: { bucket: { name: "raw" }, object: { ...object, sequencer: nextSequencer() } },
    });
  }

  /** Lets time pass and sweeps, until there is nothing left to start or `most` sweeps are over. */
  async settle(most = 12): Promise<void> {
    for (let i = 0; i < most; i++) {
      this.clock.advance(STALE_AFTER_SECONDS + 60);
      await sweep({});
      for (const { name, input } of this.queue.splice(0)) await this.execute(name, input);
      if (this.files().every(({ status }) => ["DONE", "FAILED", "QUARANTINED"].includes(status))) return;
    }
  }

  files(): LedgerFile[] {
    return [...this.table.items.values()].filter(({ entity }) => entity === "file") as unknown as LedgerFile[];
  }

  async execute(name: string, input: unknown): Promise<Execution> {
    const executionArn = `arn:aws:states:us-east-1:000000000000:execution:flow:${name}-${++this.count}`;
    const execution = await runDefinition(definitionOf(this.maxRounds), {
      input,
      executionArn,
      clock: this.clock,
      work: (call) => this.work(call),
    });
    this.executions.set(executionArn, execution);
    return execution;
  }

  private async work(call: TaskCall): Promise<unknown> {
    this.fault(call, this.now);
    this.clock.advance(1);
    const { Payload } = call.args as { readonly Payload: never };
    switch (call.state) {
      case "Claim":
      case "RecordFailure":
        return this.write(call.args as Record<string, never>);
      case "ValidateHeader":
        return { Payload: validVerdict(Payload as FileRef, this.contract) };
      case "RunLight":
      case "RunSpark":
        return { Payload: this.run(call) };
      case "RegisterPartitions":
        return { Payload: { status: "succeeded" } };
      case "Quarantine":
      case "QuarantineOne":
        return { Payload: await this.quarantine(Payload) };
      case "Undelivered":
        this.undelivered.push((call.args as { MessageBody: string }).MessageBody);
        return {};
      default:
        return { Payload: await this.coordinate(Payload) };
    }
  }

  /** The coordinator's answer; its errors as Lambda reports them. */
  private async coordinate(request: never): Promise<unknown> {
    try {
      return JSON.parse(JSON.stringify(await coordinator(request))) as unknown;
    } catch (error) {
      const { name, message } = error as Error;
      throw new StatesError(name, JSON.stringify({ errorType: name, errorMessage: message }));
    }
  }

  private write(args: {
    readonly Item?: Record<string, AttributeValue>;
    readonly Key?: Record<string, AttributeValue>;
    readonly ConditionExpression?: string;
    readonly UpdateExpression?: string;
    readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
  }): unknown {
    const { Item, Key, UpdateExpression = "", ConditionExpression, ExpressionAttributeValues = {} } = args;
    const placed = { ExpressionAttributeValues: unmarshall(ExpressionAttributeValues) };
    try {
      if (Item) this.table.put(unmarshall(Item), ConditionExpression, placed);
      if (Key) this.table.update(unmarshall(Key), UpdateExpression, placed);
      return {};
    } catch (error) {
      throw new StatesError(`DynamoDB.${(error as Error).name}`);
    }
  }

  private run(call: TaskCall): unknown {
    const spark = call.state === "RunSpark";
    const args = call.args as {
      readonly Payload?: { readonly batch: { readonly bucket: string; readonly key: string } };
      readonly Arguments?: Readonly<Record<string, string>>;
    };
    const address = args.Payload?.batch ?? {
      bucket: args.Arguments?.["--batch_bucket"] ?? "",
      key: args.Arguments?.["--batch_key"] ?? "",
    };
    const batch = JSON.parse(this.objects.get(`${address.bucket}/${address.key}`) ?? "null") as Batch;
    const from = this.now;
    const answer = this.engine(call, batch);
    if (answer) return answer;
    this.clock.advance(spark ? 120 : 5);
    const outputs = batch.files.map(({ sourceId }) => ({
      bucket: "processed",
      key: `${batch.dataset}/${sourceId}-0.parquet`,
      bytes: 4,
      rows: 1,
    }));
    for (const { bucket, key } of outputs) this.objects.set(`${bucket}/${key}`, "rows");
    const manifest: Manifest = {
      runId: batch.runId,
      dataset: batch.dataset,
      engine: spark ? "spark" : "light",
      startedAt: new Date(from).toISOString(),
      finishedAt: new Date(this.now).toISOString(),
      files: batch.files.map(({ sourceId, key, version }, i) => {
        const counts = { rowsIn: 1, rowsOut: 1, rowsRejected: 0 };
        return { sourceId, key, version, ...counts, outputs: [outputs[i]?.key ?? ""] };
      }),
      totals: { rowsIn: batch.files.length, rowsOut: batch.files.length, rowsRejected: 0 },
      outputs,
      partitions: [],
      removed: [],
    };
    this.objects.set(`${batch.buckets.artifacts}/${batch.manifestKey}`, JSON.stringify(manifest));
    return { outcome: "done" };
  }

  private async quarantine({ verdict, executionArn }: { verdict: Verdict; executionArn: string }): Promise<unknown> {
    const location = `s3://quarantine/${verdict.file.key}`;
    await this.ledger.files.markQuarantined(verdict, location, executionArn, new Date());
    return { status: "quarantined", location };
  }

  private answerS3(): void {
    s3().middlewareStack.add(
      (_, { commandName = "" }) =>
        (args) => {
          const { Bucket, Key, Body } = args.input as { Bucket: string; Key: string; Body?: string };
          const at = `${Bucket}/${Key}`;
          if (commandName === "PutObjectCommand") this.objects.set(at, Body ?? "");
          const text = this.objects.get(at);
          if (text === undefined) throw Object.assign(new Error("no such key"), { name: "NoSuchKey" });
          const output = {
            ETag: "e",
            ContentLength: text.length,
            Body: { transformToString: () => Promise.resolve(text) },
          };
          return Promise.resolve({ response: {}, output } as never);
        },
      { step: "initialize", priority: "high", name: "memoryObjects", override: true },
    );
  }

  private answerOthers(): void {
    events().middlewareStack.add(() => () => Promise.resolve({ response: {}, output: {} } as never), {
      step: "initialize",
      priority: "high",
      name: "memoryBus",
      override: true,
    });
    stepFunctions().middlewareStack.add(
      (_, { commandName = "" }) =>
        (args) => {
          const { name = "", input = "null", executionArn = "" } = args.input as Record<string, string>;
          if (commandName === "StartExecutionCommand") this.queue.push({ name, input: JSON.parse(input) });
          const status = this.executions.get(executionArn)?.status;
          return Promise.resolve({ response: {}, output: { executionArn: name, status } } as never);
        },
      { step: "initialize", priority: "high", name: "memoryExecutions", override: true },
    );
  }
}

/** Gives the tests of a `describe` block the environment variables and the clock that a `World` needs. */
export function withWorlds(): void {
  const names = [...Object.keys(ENVIRONMENT), "AWS_REGION"];
  const known = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  before(() => {
    logger.setLogLevel("SILENT");
    Object.assign(process.env, ENVIRONMENT, { AWS_REGION: "us-east-1" });
    forgetEnvironments();
    mock.timers.enable({ apis: ["Date"], now: START });
    mock.method(console, "log", (line: string) => printed(line));
  });
  after(() => {
    mock.timers.reset();
    mock.restoreAll();
    for (const name of names) {
      if (known[name] === undefined) delete process.env[name];
      else process.env[name] = known[name];
    }
    forgetEnvironments();
    for (const client of [dynamodb(), s3(), events(), stepFunctions()]) {
      for (const name of ["memoryTable", "memoryObjects", "memoryBus", "memoryExecutions"]) {
        client.middlewareStack.remove(name);
      }
    }
  });
}
