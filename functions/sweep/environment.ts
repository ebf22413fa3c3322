import * as z from "zod/mini";
import { environmentOf, MEASURED, text, wholeNumber } from "../shared/environment";

export const schema = z.object({
  ...MEASURED,
  LEDGER_TABLE: text,
  STATE_MACHINE_ARN: text,
  /** Has the contracts, which say what starts a dataset's runs. */
  ARTIFACTS_BUCKET: text,
  /** The age after which the sweep looks at a file that has not changed. */
  STALE_AFTER_SECONDS: wholeNumber,
  /** The number of executions that the sweep starts for a claimed file, after faults of the platform, before it gives the file up. */
  MAX_ATTEMPTS: wholeNumber,
});

export const environment = environmentOf(schema);
