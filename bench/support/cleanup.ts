/** What has to be stopped and removed, whatever ends the benchmarks. */
const pending = new Set<() => Promise<void>>();

/** Notes a duty for an interruption; call what is returned to do it now. */
export function duty(work: () => Promise<void>): () => Promise<void> {
  const once = async (): Promise<void> => {
    if (pending.delete(once)) await work();
  };
  pending.add(once);
  return once;
}

/** Does all that is left, the latest first. */
export async function cleanUp(): Promise<void> {
  for (const work of [...pending].reverse()) await work();
}
