import * as z from "zod/mini";
import { environmentOf, MEASURED, text } from "../shared/environment";

export const schema = z.object({
  ...MEASURED,
  LEDGER_TABLE: text,
  QUARANTINE_BUCKET: text,
  ARTIFACTS_BUCKET: text,
  ALERT_TOPIC_ARN: text,
});

export const environment = environmentOf(schema);
