import * as z from "zod/mini";
import { environmentOf, LOGGED, text, wholeNumber } from "../shared/environment";

export const schema = z.object({
  ...LOGGED,
  CONNECTION_TABLE: text,
  /** Patterns of the channels that the API has, separated by commas; empty when it has none. */
  CHANNELS: z.string(),
  /** The number of channels that a connection may subscribe to. */
  SUBSCRIPTIONS: wholeNumber,
  /** The path of a message's route, for example `action`. */
  ROUTE_SELECTION_PATH: text,
});

export const environment = environmentOf(schema);
