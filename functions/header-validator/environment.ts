import * as z from "zod/mini";
import { environmentOf, LOGGED, text } from "../shared/environment";

export const schema = z.object({
  ...LOGGED,
  ARTIFACTS_BUCKET: text,
  /** What becomes of a file that no contract claims: it stays in the raw zone, or it is quarantined. */
  UNCLAIMED: z.enum(["leave", "quarantine"]),
});

export const environment = environmentOf(schema);
