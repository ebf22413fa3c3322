import { z } from "zod";

/** How far back every DynamoDB table of the platform can be restored. */
export const recoveryDays = z
  .int()
  .min(1)
  .max(35)
  .default(35)
  .describe("Days to any second of which the table can be restored.")
  .meta({ safer: "higher" });
