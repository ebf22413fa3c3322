import assert from "node:assert/strict";
import type { CompiledContract } from "../../../../contracts/compiled";
import { modelledErrors } from "../../../support/states/modelled";
import { StatesError } from "../../../support/states/interpreter";
import { type Fault, World, withWorlds } from "./world";

const named = (prefix: string, names: readonly string[]): string[] => names.map((name) => `${prefix}.${name}`);

/** Errors that Step Functions itself reports at any task. */
const STATES = [
  "States.TaskFailed",
  "States.Timeout",
  "States.Permissions",
  "States.QueryEvaluationError",
  "States.Runtime",
  "States.DataLimitExceeded",
];
/** How Lambda's own calls fail: what the service's model lists, and what it leaves out. */
const INVOKE = [
  ...named("Lambda", modelledErrors("lambda", "Invoke")),
  ...named("Lambda", ["AWSLambdaException", "SdkClientException", "ClientExecutionTimeoutException", "Unknown"]),
];
/** How a function's process dies. */
const DEATHS = ["Runtime.ExitError", "Runtime.OutOfMemory", "Sandbox.Timedout", "Runtime.ImportModuleError"];
/** What functions throw: their own names, those of the AWS SDK, and those of a fault in their code. */
const THROWN = [
  ...["TransientError", "InvalidRequest", "InvalidContract", "LeaseLost", "ManifestMissing", "ManifestInvalid"],
  ...["CopyNotVerified", "PartitionsNotRegistered", "LedgerConflict"],
  ...["AccessDenied", "AccessDeniedException", "KMS.DisabledException", "ExpiredTokenException", "NoSuchBucket"],
  ...["ValidationException", "ThrottlingException", "SlowDown", "TypeError", "Error"],
];
const LAMBDA = [...INVOKE, ...DEATHS, ...THROWN, ...STATES];
const PUT = [...modelledErrors("dynamodb", "PutItem"), "AmazonDynamoDBException", "SdkClientException"];
const DYNAMODB = [...named("DynamoDB", PUT), ...STATES];
const SQS = [...named("SQS", [...modelledErrors("sqs", "SendMessage"), "AmazonSQSException"]), ...STATES];
const GLUE = [
  ...named("Glue", [
    ...new Set([...modelledErrors("glue", "StartJobRun"), ...modelledErrors("glue", "GetJobRun")]),
    ...["ThrottlingException", "AWSGlueException", "SdkClientException", "AccessDeniedException"],
  ]),
  ...STATES,
];

/** Ways of an execution, by what leads to the task that is to fail. */
const WAYS = {
  light: {},
  spark: { contract: { engine: "spark" } },
  /** The engine blames the file. */
  unreadable: { unreadable: true },
  /** No execution gets the file any further. */
  unjudged: { fails: "ValidateHeader" },
  /** The ledger cannot be reached. */
  unclaimed: { fails: "Claim" },
} as const satisfies Record<string, Way>;

interface Way {
  readonly contract?: Partial<CompiledContract>;
  readonly unreadable?: boolean;
  readonly fails?: string;
}

const TASKS: readonly { readonly task: string; readonly way: keyof typeof WAYS; readonly errors: readonly string[] }[] =
  [
    {
      task: "Claim",
      way: "light",
      // The condition that does not hold is the answer "already ingested". `States.Runtime` always ends an execution: Step
      // Functions lets no state catch it, and an operator redrives the execution.
      errors: DYNAMODB.filter((name) => !/ConditionalCheck|States.Runtime/.test(name)),
    },
    { task: "Undelivered", way: "unclaimed", errors: SQS },
    { task: "ValidateHeader", way: "light", errors: LAMBDA },
    { task: "RecordFailure", way: "unjudged", errors: DYNAMODB },
    { task: "MarkReady", way: "light", errors: LAMBDA },
    { task: "Plan", way: "light", errors: LAMBDA },
    { task: "RunLight", way: "light", errors: LAMBDA },
    { task: "RenewLease", way: "spark", errors: LAMBDA },
    { task: "RunSpark", way: "spark", errors: GLUE },
    { task: "RegisterPartitions", way: "light", errors: LAMBDA },
    { task: "Commit", way: "light", errors: LAMBDA },
    { task: "FailRun", way: "unreadable", errors: LAMBDA },
    { task: "QuarantineOne", way: "unreadable", errors: LAMBDA },
  ];

/** The tasks of a run after its plan. */
const RUNS = ["RunLight", "RenewLease", "RunSpark", "RegisterPartitions", "Commit"];

const DURATIONS = {
  once: (start: number) => (now: number) => now <= start,
  "for ten minutes": (start: number) => (now: number) => now < start + 600_000,
  "for ever": () => () => true,
} as const;
type Duration = keyof typeof DURATIONS;

/** Makes an error occur at a task: from its first call on, for a while. */
function failing(task: string, error: string, duration: Duration): Fault {
  let isOn: ((now: number) => boolean) | undefined;
  let calls = 0;
  return (call, now) => {
    if (call.state !== task) return;
    isOn ??= DURATIONS[duration](now);
    if (duration === "once" ? calls++ === 0 : isOn(now)) throw new StatesError(error);
  };
}

async function happens(way: Way, fault: Fault, sweeps: number): Promise<World> {
  const world = new World(way.contract, 6);
  if (way.unreadable) {
    world.engine = () => {
      throw new StatesError("UnreadableFile", JSON.stringify({ errorMessage: "a.csv: the gzip data ends too early" }));
    };
  }
  const also = way.fails === undefined ? undefined : failing(way.fails, "TypeError", "for ever");
  world.fault = (call, now) => {
    also?.(call, now);
    fault(call, now);
  };
  await world.drop("a.csv");
  await world.settle(sweeps);
  return world;
}

describe("every error of every task of the ingestion flow (simulated clock)", () => {
  withWorlds();

  for (const { task, way, errors } of TASKS) {
    for (const duration of Object.keys(DURATIONS) as Duration[]) {
      it(`${task} fails ${duration}: the event is in the ledger or a dead letter, and only data counts`, async () => {
        const problems: string[] = [];
        for (const error of new Set(errors)) {
          const world = await happens(WAYS[way], failing(task, error, duration), duration === "for ever" ? 2 : 12);
          const complain = (what: string): number => problems.push(`${error}: ${what}`);
          const [file] = world.files();
          if (file === undefined && world.undelivered.length === 0 && task !== "Undelivered") {
            complain("the event is lost");
          }
          const isData = way === "unreadable";
          const attempts = file?.attempts ?? 0;
          if (!isData && attempts > (file?.status === "DONE" ? 1 : 0)) complain(`counts ${attempts} attempts`);
          if (!isData && file?.status === "QUARANTINED") complain("is quarantined");
          const passes = duration !== "for ever" && way !== "unjudged" && way !== "unclaimed";
          const wanted = isData ? "QUARANTINED" : "DONE";
          if (passes && file?.status !== wanted && world.undelivered.length === 0) {
            complain(`ends ${file?.status}, not ${wanted}`);
          }
          const { BusyRuns, DeniedRuns, FaultyRuns } = world.figures;
          const waits = RUNS.includes(task) && duration === "for ever" && file?.status !== "DONE";
          // Step Functions ends an execution at once for these two.
          const ends = /^States\.(Runtime|DataLimitExceeded)$/.test(error);
          if (waits && !ends && BusyRuns + DeniedRuns + FaultyRuns === 0) complain("raises no figure of its own");
          for (const { events } of world.executions.values()) {
            if (events > 25_000) complain(`has ${events} events`);
          }
        }
        assert.deepEqual(problems, []);
      }).timeout(60_000);
    }
  }
});
