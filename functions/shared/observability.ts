import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";
import * as z from "zod/mini";
import { environmentOf, MEASURED } from "./environment";
import { classified } from "./errors";

/** Writes structured logs. The service's name comes from POWERTOOLS_SERVICE_NAME, the level from POWERTOOLS_LOG_LEVEL. */
export const logger = new Logger();

const measured = environmentOf(z.object(MEASURED));

/** The platform's own metrics, in the namespace POWERTOOLS_METRICS_NAMESPACE. */
export type MetricName =
  | "FilesIngested"
  | "RowsIn"
  | "RowsOut"
  | "RowsRejected"
  | "RejectedFiles"
  | "UnclaimedFiles"
  | "RunSeconds"
  | "FailedRuns"
  | "BusyRuns"
  | "DeniedRuns"
  | "FaultyRuns"
  | "AbandonedFiles"
  | "RedrivenFiles"
  | "SweptDatasets";

/**
 * Writes figures to CloudWatch, as one log line in embedded metric format. The environment is their only dimension: CloudWatch
 * charges for every metric of every dimension (https://aws.amazon.com/cloudwatch/pricing/), and there may be hundreds of datasets.
 * The dataset is a field of the log line, by which CloudWatch Logs Insights can group the figures.
 */
export function record(dataset: string, figures: Readonly<Partial<Record<MetricName, number>>>): void {
  const metrics = new Metrics();
  // Several functions write figures of an environment, which add up: the service is no dimension.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ environment: measured().PLATFORM_ENVIRONMENT });
  metrics.addMetadata("dataset", dataset);
  for (const [name, value] of Object.entries(figures) as [MetricName, number][]) {
    metrics.addMetric(name, name === "RunSeconds" ? MetricUnit.Seconds : MetricUnit.Count, value);
  }
  metrics.publishStoredMetrics();
}

/**
 * Wraps a function's work in what every function does: it parses the environment, adds the log context, logs a failure and
 * throws errors under the names that the state machine knows.
 */
export function lambdaHandler<Environment, Request, Response>(
  environment: () => Environment,
  work: (request: Request, environment: Environment) => Promise<Response>,
): (request: Request, context?: Context) => Promise<Response> {
  return async (request, context) => {
    if (context) logger.addContext(context);
    try {
      return await work(request, environment());
    } catch (error) {
      const named = classified(error);
      logger.error("the function failed", named instanceof Error ? named : String(named));
      throw named;
    } finally {
      logger.resetKeys();
    }
  };
}
