/** The clean-up work that remains, also after an interruption. */
const pending = new Set<() => Promise<void>>();

/** Notes clean-up work for an interruption and returns a function that does it now. The work is done once. */
export function duty(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  const once = (): Promise<void> => (done ??= work().finally(() => pending.delete(once)));
  pending.add(once);
  return once;
}

/** Does the remaining clean-up work, the latest first, and waits for work that has begun. */
export async function cleanUp(): Promise<void> {
  for (const work of [...pending].reverse()) await work();
}
