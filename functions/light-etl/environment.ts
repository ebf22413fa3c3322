import * as z from "zod/mini";
import { environmentOf, LOGGED, wholeNumber } from "../shared/environment";

export const schema = z.object({
  ...LOGGED,
  /** The number of bytes of Parquet that the aggregates may read. */
  LIGHT_MAX_BYTES: wholeNumber,
});

export const environment = environmentOf(schema);

/** What Lambda itself tells every function: its memory in MiB. */
export const lambdaEnvironment = environmentOf(z.object({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: wholeNumber }));
