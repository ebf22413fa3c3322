import { unrenewedSeconds } from "./arithmetic";
import { ingestionFlow } from "./definition";
import type { FlowFunction, FlowTimes } from "./states";

/** The settings of a pipeline that its times follow from. */
export interface TimeSettings {
  readonly leaseSeconds: number;
  readonly retryDelaySeconds: number;
  readonly blockedDelaySeconds: number;
  readonly maxBlockedDelaySeconds: number;
}

/** The flow's times, and what else follows from the length of a lease. */
export interface Times extends FlowTimes {
  /** Glue ends a Spark run after this time. The time in the queue does not count. */
  readonly sparkTimeoutMinutes: number;
}

/** What clocks, polling and the end of a Glue job take beyond the timeouts. */
const MARGIN_SECONDS = 300;
/** A Spark run needs this time at least, or it is of no use. */
const LEAST_SPARK_SECONDS = 1800;
/** A Spark run that Glue has not started by then is given back. */
const MAX_QUEUE_SECONDS = 3600;

/**
 * Works out the flow's times from the settings. A Spark run gets what is left of a lease that was renewed directly before it; a
 * part of that is for its time in Glue's queue.
 */
export function flowTimes(settings: TimeSettings, functionSeconds: Readonly<Record<FlowFunction, number>>): Times {
  const { leaseSeconds, retryDelaySeconds, blockedDelaySeconds, maxBlockedDelaySeconds } = settings;
  const delays = { retryDelaySeconds, blockedDelaySeconds, maxBlockedDelaySeconds };
  const sparkSeconds = leaseSeconds - besideSpark(delays, functionSeconds) - MARGIN_SECONDS;
  const sparkQueueSeconds = Math.min(MAX_QUEUE_SECONDS, Math.floor(sparkSeconds / 4));
  return {
    ...delays,
    functionSeconds,
    sparkSeconds,
    sparkQueueSeconds,
    sparkTimeoutMinutes: Math.floor((sparkSeconds - sparkQueueSeconds - MARGIN_SECONDS) / 60),
  };
}

type Delays = Omit<TimeSettings, "leaseSeconds">;

/** The shortest lease with which the flow's times work out. */
export function leastLeaseSeconds(delays: Delays, functionSeconds: Readonly<Record<FlowFunction, number>>): number {
  const withoutSpark = windows(delays, functionSeconds, 0).map(({ seconds }) => seconds);
  const withSpark = besideSpark(delays, functionSeconds) + LEAST_SPARK_SECONDS;
  return Math.max(...withoutSpark, withSpark) + MARGIN_SECONDS;
}

/** What a lease that is renewed before a Spark run has to cover besides the run. */
function besideSpark(delays: Delays, functionSeconds: Readonly<Record<FlowFunction, number>>): number {
  const window = windows(delays, functionSeconds, 0).find(({ states }) => states.includes("RunSpark"));
  if (!window) throw new Error("No state of the flow renews the lease before a Spark run.");
  return window.seconds;
}

function windows(delays: Delays, functionSeconds: Readonly<Record<FlowFunction, number>>, sparkSeconds: number) {
  return unrenewedSeconds(
    ingestionFlow({
      ...delays,
      functionSeconds,
      sparkSeconds,
      sparkQueueSeconds: 0,
      maxRoundsPerExecution: 1,
      partition: "",
      ledgerTable: "",
      deadLetterQueueUrl: "",
      headerValidator: "",
      runCoordinator: "",
      lightEtl: "",
      quarantine: "",
      partitionRegistrar: "",
    }),
  );
}
