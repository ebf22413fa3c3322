import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import * as z from "zod/mini";
import { chunks } from "../../functions/shared/chunks";
import { environmentOf, forgetEnvironments, text, wholeNumber } from "../../functions/shared/environment";
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
    const failing = (error: Error) =>
      lambdaHandler(
        () => ({}),
        () => Promise.reject(error),
      )({});
    await assert.rejects(failing(awsError("SlowDown")), { name: "TransientError" });
    await assert.rejects(failing(new NamedError("LeaseLost", "gone")), { name: "LeaseLost", message: "gone" });
  });
});

describe("the environment of a function", () => {
  const NAMES = ["TEST_TEXT", "TEST_NUMBER"] as const;
  const read = environmentOf(z.object({ TEST_TEXT: text, TEST_NUMBER: wholeNumber, TEST_OPTIONAL: z.optional(text) }));
  const set = (values: Partial<Record<(typeof NAMES)[number], string>>): void => {
    for (const name of NAMES) delete process.env[name];
    Object.assign(process.env, values);
    forgetEnvironments();
  };
  afterEach(() => set({}));

  it("is parsed once, and may lack what is optional only", () => {
    set({ TEST_TEXT: "x", TEST_NUMBER: "12" });
    assert.deepEqual(read(), { TEST_TEXT: "x", TEST_NUMBER: 12 });
    process.env.TEST_TEXT = "y";
    assert.equal(read().TEST_TEXT, "x");
  });

  it("names every variable that is not set, at once", () => {
    set({ TEST_TEXT: "" });
    assert.throws(read, {
      message:
        "The environment variables of the function are wrong: TEST_TEXT is not set; TEST_NUMBER is not set. " +
        "Deploy the platform again.",
    });
  });

  it("has whole numbers above 0 only where it has numbers", () => {
    for (const bad of ["0", "-1", "1.5", "ten"]) {
      set({ TEST_TEXT: "x", TEST_NUMBER: bad });
      assert.throws(read, new RegExp(`TEST_NUMBER is "${bad}"; allowed: a whole number above 0`));
    }
  });

  it("fails a function's invocation before its work begins", async () => {
    set({ TEST_NUMBER: "1" });
    let worked = false;
    const handler = lambdaHandler(read, async () => {
      worked = true;
    });
    await assert.rejects(handler({}), /TEST_TEXT is not set/);
    assert.equal(worked, false);
  });
});

describe("a list in pieces", () => {
  it("leaves no item out", () => {
    assert.deepEqual(chunks([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
    assert.deepEqual(chunks([], 2), []);
  });
});

describe("the figures of a function", () => {
  it("are written for the environment in CloudWatch's embedded format, with the dataset as a field that costs no metric", () => {
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
    assert.deepEqual(metrics?.Dimensions, [["environment"]]);
  });
});
