import { z } from "zod";

/** Values that CloudWatch Logs accepts (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html). */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;
export type LogRetentionDays = (typeof LOG_RETENTION_DAYS)[number];

/** How long every component and every environment keeps its CloudWatch logs. */
export const logRetentionDays = z
  .literal(LOG_RETENTION_DAYS)
  .default(90)
  .describe("Days to keep CloudWatch logs.")
  .meta({ safer: "higher" });
