import assert from "node:assert/strict";
import { eventsOfRound, longestSeconds, unrenewedSeconds } from "../../../../components/ingestion/flow/arithmetic";
import { MAX_ROUNDS } from "../../../../components/ingestion/flow";
import { flowTimes, leastLeaseSeconds } from "../../../../components/ingestion/flow/times";
import { FUNCTION_SECONDS } from "../../../../components/ingestion/pipeline/functions";
import { ingestionPipelineSettings } from "../../../../components/ingestion/pipeline/settings";
import { ingestionFlow } from "../../../../components/ingestion/flow/definition";
import { functionArn } from "./world";

type Given = Parameters<typeof ingestionPipelineSettings.parse>[0];

const made = (given: Given) => {
  const settings = ingestionPipelineSettings.parse(given);
  const times = flowTimes(settings, FUNCTION_SECONDS);
  const definition = ingestionFlow({
    partition: "aws",
    ledgerTable: "ledger",
    deadLetterQueueUrl: "undelivered",
    headerValidator: functionArn("validator"),
    runCoordinator: functionArn("coordinator"),
    lightEtl: functionArn("light"),
    quarantine: functionArn("quarantine"),
    partitionRegistrar: functionArn("registrar"),
    maxRoundsPerExecution: MAX_ROUNDS,
    ...times,
  });
  return { settings, times, definition };
};

/** The settings of times, each at its least, at its default and at its most. */
const EXTREMES: readonly (readonly [string, Given])[] = [
  ["the defaults", {}],
  ["the shortest lease", { leaseSeconds: 7200 }],
  ["the longest lease", { leaseSeconds: 172_800 }],
  ["the longest waits", { retryDelaySeconds: 3600, blockedDelaySeconds: 3600, maxBlockedDelaySeconds: 28_800 }],
  ["the shortest waits", { retryDelaySeconds: 0, blockedDelaySeconds: 1, maxBlockedDelaySeconds: 1 }],
  ["the shortest lease and the longest waits", { leaseSeconds: 7200, maxBlockedDelaySeconds: 28_800 }],
];

describe("the times of the ingestion flow", () => {
  for (const [name, given] of EXTREMES) {
    it(`let no state write to the lake after the lease, with ${name}`, () => {
      const { settings, times, definition } = made(given);
      const windows = unrenewedSeconds(definition);
      assert.deepEqual(
        windows.map(({ renewedBy, states }) => `${renewedBy} > ${states.join(" > ")}`),
        ["Plan > IsThereARun > RunLight > DidItFit > RegisterPartitions", "RenewLease > RunSpark > RegisterPartitions"],
      );
      for (const { renewedBy, seconds } of windows) {
        assert.ok(seconds < settings.leaseSeconds, `${seconds} s after ${renewedBy}`);
      }
      assert.ok(leastLeaseSeconds(settings, FUNCTION_SECONDS) <= settings.leaseSeconds);
      // A job that starts as late as it may, and runs as long as it may, has ended before the flow's own timeout.
      const jobSeconds = times.sparkQueueSeconds + times.sparkTimeoutMinutes * 60;
      assert.ok(jobSeconds < times.sparkSeconds);
      assert.ok(times.sparkTimeoutMinutes >= 10);
    });
  }

  it("have a limit at every task", () => {
    const states = made({}).definition["States"] as Record<string, Record<string, unknown>>;
    for (const [name, state] of Object.entries(states)) {
      assert.ok(Number.isFinite(longestSeconds(state)), `${name} has a TimeoutSeconds`);
    }
  });

  it("are found to be too long when Spark may run for 175 minutes of a lease of 180 that was renewed before a light run", () => {
    const { definition } = made({});
    const states = definition["States"] as Record<string, Record<string, unknown>>;
    const before = {
      States: {
        Plan: { ...states["Plan"], Next: "RunLight" },
        RunLight: {
          Type: "Task",
          TimeoutSeconds: 900,
          Retry: [{ ErrorEquals: ["Lambda.Unknown"], IntervalSeconds: 2, MaxAttempts: 1, MaxDelaySeconds: 60 }],
          Next: "RunSpark",
        },
        RunSpark: {
          Type: "Task",
          TimeoutSeconds: 175 * 60,
          Retry: [],
          Next: "RegisterPartitions",
        },
        RegisterPartitions: states["RegisterPartitions"],
      },
    };
    const [window] = unrenewedSeconds(before as never);
    assert.ok(window && window.seconds > 10_800, `${window?.seconds} s`);
  });

  it("are refused when a circle of the flow renews no lease", () => {
    const circle = {
      States: {
        Plan: { Type: "Task", TimeoutSeconds: 1, Next: "RunLight" },
        RunLight: { Type: "Task", TimeoutSeconds: 1, Next: "Wait" },
        Wait: { Type: "Wait", Seconds: 1, Next: "RunLight" },
      },
    };
    assert.throws(() => unrenewedSeconds(circle as never), /from RunLight to RunLight without a renewal/);
  });

  it("keep the history of an execution below Step Functions' 25,000 events, whatever fails", () => {
    const { succeeded, failed } = eventsOfRound(made({}).definition);
    // A round that fails counts three times.
    const rounds = Math.max(MAX_ROUNDS * succeeded, (MAX_ROUNDS / 3) * failed);
    const around = 500;
    assert.ok(rounds + Math.max(succeeded, failed) + around < 25_000, `${succeeded}, ${failed}: ${rounds} events`);
  });
});
