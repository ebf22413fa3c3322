import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Context } from "aws-lambda";
import * as z from "zod/mini";
import { environmentOf, MEASURED } from "./environment";
import { classified } from "./errors";

/** Structured logs; the service's name comes from POWERTOOLS_SERVICE_NAME, the level from POWERTOOLS_LOG_LEVEL. */
export const logger = new Logger();

const measured = environmentOf(z.object(MEASURED));

/** The platform's own figures, in the namespace POWERTOOLS_METRICS_NAMESPACE. */
export type MetricName =
  | "FilesIngested"
  | "RowsIn"
  | "RowsOut"
  | "RowsRejected"
  | "RejectedFiles"
  | "RunSeconds"
  | "FailedRuns"
  | "AbandonedFiles"
  | "RedrivenFiles"
  | "SweptDatasets";

/**
 * Writes figures to CloudWatch, as one log line in embedded metric format: of the dataset, and of the environment as a whole,
 * because an alarm watches one metric and no dataset is known to it by name.
 */
export function record(dataset: string, figures: Readonly<Partial<Record<MetricName, number>>>): void {
  const metrics = new Metrics();
  // A dataset's figures add up over the functions: no dimension for the service.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ environment: measured().PLATFORM_ENVIRONMENT });
  metrics.addDimensions({ dataset });
  metrics.addDimensions({});
  for (const [name, value] of Object.entries(figures) as [MetricName, number][]) {
    metrics.addMetric(name, name === "RunSeconds" ? MetricUnit.Seconds : MetricUnit.Count, value);
  }
  metrics.publishStoredMetrics();
}

/**
 * What every function does around its work: log context, one log line for a failure, and errors under the names the state
 * machine knows.
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
      logger.error("failed", named instanceof Error ? named : String(named));
      throw named;
    } finally {
      logger.resetKeys();
    }
  };
}
