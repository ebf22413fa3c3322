import * as z from "zod/mini";
import { environmentOf, LOGGED, text, wholeNumber } from "../shared/environment";

export const schema = z.object({
  ...LOGGED,
  CONNECTION_TABLE: text,
  MANAGEMENT_ENDPOINT: text,
  /** The number of clients that are sent to at the same time. */
  CONCURRENCY: wholeNumber,
  /** The channel of messages that name none. Without it they go to all connections. */
  CHANNEL: z.optional(text),
});

export const environment = environmentOf(schema);
