/** What has to be stopped and removed, whatever ends the benchmarks. */
const pending = new Set<() => Promise<void>>();

/** Notes a duty for an interruption; call what is returned to do it now. It is done once. */
export function duty(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  const once = (): Promise<void> => (done ??= work().finally(() => pending.delete(once)));
  pending.add(once);
  return once;
}

/** Does all that is left, the latest first, and waits for what has begun. */
export async function cleanUp(): Promise<void> {
  for (const work of [...pending].reverse()) await work();
}
