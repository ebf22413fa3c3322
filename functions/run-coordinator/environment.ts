import * as z from "zod/mini";
import { environmentOf, MEASURED, text, wholeNumber } from "../shared/environment";

export const schema = z.object({
  ...MEASURED,
  LEDGER_TABLE: text,
  RAW_BUCKET: text,
  PROCESSED_BUCKET: text,
  CURATED_BUCKET: text,
  QUARANTINE_BUCKET: text,
  ARTIFACTS_BUCKET: text,
  DATABASE_NAME: text,
  EVENT_BUS_NAME: text,
  ETL_JOB_NAME: text,
  /** The largest batch that the light engine takes, in bytes. */
  LIGHT_MAX_BYTES: wholeNumber,
  /** Longer than the longest run: an execution cannot renew its lease while it waits for the engine. */
  LEASE_SECONDS: wholeNumber,
  /** The number of failed runs after which a file that fails alone is given up. */
  MAX_ATTEMPTS: wholeNumber,
});

export const environment = environmentOf(schema);
