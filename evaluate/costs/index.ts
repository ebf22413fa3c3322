import type { RecordedResource } from "../recorded";
import { type Charge, type Estimate, idleCosts, type Workload, workloadCosts } from "./estimate";
import { flowUse } from "./flow";

export { monthly, total, type Charge, type Estimate, type Workload } from "./estimate";
export { PRICES_OF, PRICES_REGION } from "./prices";

/**
 * The assumptions about a dataset: a small file an hour. The seconds of functions, the size of logs and the number of writes are those of a
 * small file on the local cloud, rounded up.
 */
export const WORKLOAD: Omit<Workload, "datasets" | "scheduledDatasets"> = {
  filesPerDatasetAndDay: 24,
  mibPerFile: 5,
  sparkMinutes: 3,
  sparkWorkers: 2,
  lightSeconds: 2,
  otherSeconds: 3,
  calls: 7,
  logKibPerFile: 40,
  writeUnitsPerFile: 40,
  putsPerFile: 12,
  metrics: 14,
};

export interface MonthlyCosts {
  readonly idle: Estimate;
  /** The charges for the datasets' files. */
  readonly traffic: readonly Charge[];
}

/** Estimates what an environment costs in a month, and what the files of its datasets add. One dataset in ten also runs on Spark once a night. */
export function monthlyCosts(resources: readonly RecordedResource[], datasets: number): MonthlyCosts {
  const flow = flowUse(resources);
  const workload = { ...WORKLOAD, datasets, scheduledDatasets: Math.round(datasets / 10) };
  return { idle: idleCosts(resources), traffic: flow ? workloadCosts(workload, flow) : [] };
}
