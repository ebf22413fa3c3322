import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { chunks, mapBounded } from "../../functions/shared/concurrency";
import { positiveInteger, required } from "../../functions/shared/env";
import { classified, isTransient, NamedError } from "../../functions/shared/errors";
import { lambdaHandler, logger } from "../../functions/shared/observability";

const repository = resolve(__dirname, "../..");
const awsError = (name: string, more: object = {}): Error => Object.assign(new Error("told"), { name, ...more });

describe("errors of AWS", () => {
  const transient: readonly [string, Error][] = [
    ["throttling", awsError("ThrottlingException")],
    ["what the SDK calls retryable", awsError("Anything", { $retryable: {} })],
    ["a failure of the service", awsError("Unknown", { $metadata: { httpStatusCode: 503 } })],
    ["too many requests", awsError("Unknown", { $metadata: { httpStatusCode: 429 } })],
    ["a connection reset", awsError("Error", { code: "ECONNRESET" })],
    ["a timeout", awsError("TimeoutError")],
    [
      "a transaction in conflict with another",
      awsError("TransactionCanceledException", {
        CancellationReasons: [{ Code: "None" }, { Code: "TransactionConflict" }],
      }),
    ],
  ];
  for (const [what, error] of transient) {
    it(`count ${what} as passing by itself, under the name the state machine retries`, () => {
      assert.equal(isTransient(error), true);
      const named = classified(error);
      assert.ok(named instanceof NamedError);
      assert.equal(named.name, "TransientError");
      assert.match(named.message, new RegExp(`${error.name}: told`));
      assert.equal(named.cause, error);
    });
  }

  const permanent: readonly [string, Error][] = [
    ["a refusal", awsError("AccessDenied", { $metadata: { httpStatusCode: 403 } })],
    ["a bad request", awsError("ValidationException", { $metadata: { httpStatusCode: 400 } })],
    ["a mistake in the code", new TypeError("x is not a function")],
    [
      "a condition that did not hold",
      awsError("TransactionCanceledException", {
        CancellationReasons: [{ Code: "ConditionalCheckFailed" }, { Code: "TransactionConflict" }],
      }),
    ],
    ["a named error", new NamedError("LeaseLost", "gone")],
  ];
  for (const [what, error] of permanent) {
    it(`leave ${what} as it is`, () => assert.equal(classified(error), error));
  }
});

describe("a function's handler", () => {
  before(() => logger.setLogLevel("SILENT"));

  it("fails under the name that tells the state machine what to do", async () => {
    const failing = (error: Error) => lambdaHandler(() => Promise.reject(error))({});
    await assert.rejects(failing(awsError("SlowDown")), { name: "TransientError" });
    await assert.rejects(failing(new NamedError("LeaseLost", "gone")), { name: "LeaseLost", message: "gone" });
  });
});

describe("the environment of a function", () => {
  const set = (value: string | undefined): void => {
    if (value === undefined) delete process.env.TEST_VARIABLE;
    else process.env.TEST_VARIABLE = value;
  };
  afterEach(() => set(undefined));

  it("must hold what is required", () => {
    assert.throws(() => required("TEST_VARIABLE"), /environment variable TEST_VARIABLE is not set/);
    set("x");
    assert.equal(required("TEST_VARIABLE"), "x");
  });

  it("has whole numbers above 0 or the default", () => {
    assert.equal(positiveInteger("TEST_VARIABLE", 7), 7);
    set("12");
    assert.equal(positiveInteger("TEST_VARIABLE", 7), 12);
    for (const bad of ["0", "-1", "1.5", "ten"]) {
      set(bad);
      assert.throws(
        () => positiveInteger("TEST_VARIABLE", 7),
        new RegExp(`TEST_VARIABLE is "${bad}": expected a whole number above 0`),
      );
    }
  });
});

describe("work side by side", () => {
  it("keeps the order of its items and the limit", async () => {
    let running = 0;
    let most = 0;
    const doubled = await mapBounded([3, 1, 2, 5, 4], 2, async (item) => {
      most = Math.max(most, ++running);
      await new Promise((next) => setImmediate(next));
      running--;
      return 2 * item;
    });
    assert.deepEqual(doubled, [6, 2, 4, 10, 8]);
    assert.equal(most, 2);
  });

  it("starts nothing more after a failure", async () => {
    const started: number[] = [];
    const work = mapBounded([1, 2, 3, 4], 1, (item) => {
      started.push(item);
      return item === 2 ? Promise.reject(new Error("two")) : Promise.resolve(item);
    });
    await assert.rejects(work, /two/);
    assert.deepEqual(started, [1, 2]);
  });

  it("cuts a list into pieces and leaves none out", () => {
    assert.deepEqual(chunks([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
    assert.deepEqual(chunks([], 2), []);
  });
});

describe("the figures of a function", () => {
  it("are written by dataset and environment, and for all datasets together, in CloudWatch's embedded format", () => {
    const output = execFileSync(
      process.execPath,
      [
        "-r",
        "ts-node/register",
        "-e",
        'require("./functions/shared/observability").record("cities", { RowsIn: 5, RunSeconds: 1.5 })',
      ],
      {
        cwd: repository,
        encoding: "utf8",
        env: {
          PATH: process.env.PATH,
          PLATFORM_ENVIRONMENT: "test",
          POWERTOOLS_METRICS_NAMESPACE: "DataPlatform",
          POWERTOOLS_SERVICE_NAME: "coordinator",
        },
      },
    );
    const line = JSON.parse(output) as Record<string, unknown> & {
      _aws: {
        CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
      };
    };
    const [metrics] = line._aws.CloudWatchMetrics;
    assert.equal(metrics?.Namespace, "DataPlatform");
    assert.deepEqual(metrics?.Metrics, [
      { Name: "RowsIn", Unit: "Count" },
      { Name: "RunSeconds", Unit: "Seconds" },
    ]);
    assert.deepEqual([line.dataset, line.environment, line.RowsIn, line.RunSeconds], ["cities", "test", 5, 1.5]);
    assert.deepEqual(
      metrics?.Dimensions.map((names) => [...names].sort()),
      [["dataset", "environment"], ["environment"]],
    );
  });
});
