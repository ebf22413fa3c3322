import { setTimeout as wait } from "node:timers/promises";
import { isNamed, isTransient } from "./errors";

const ATTEMPTS = 12;
const FIRST_DELAY_MILLISECONDS = 20;
const LONGEST_DELAY_MILLISECONDS = 1_000;

/**
 * Sends a request again when DynamoDB refused it for another one that was under way on the same item, or cancelled its
 * transaction for throttling. The SDK repeats neither
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling).
 * The delay is random, up to a bound that doubles: six seconds in all at most. `send` makes a new request each time, because
 * a token of idempotency belongs to one outcome.
 */
export async function patiently<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (attempt === ATTEMPTS || !metAnother(error)) throw error;
      const bound = Math.min(LONGEST_DELAY_MILLISECONDS, FIRST_DELAY_MILLISECONDS * 2 ** (attempt - 1));
      await wait(Math.random() * bound);
    }
  }
}

/** A refused request has written nothing, so that it can be sent again. */
const metAnother = (error: unknown): boolean =>
  isNamed(error, "TransactionConflictException", "TransactionCanceledException") && isTransient(error);
