import type { CompiledContract } from "../../contracts/compiled";
import type { Engine } from "../../contracts/flow";
import { laterFirst } from "../shared/files";
import type { QueueItem } from "../shared/ledger";

export interface BatchLimits {
  /** The largest batch that the light engine takes, in bytes. */
  readonly lightMaxBytes: number;
  readonly maxFiles: number;
}

export interface Selection {
  readonly engine: Engine;
  readonly scheduled: boolean;
  /** Whether Spark may run the batch when the light engine runs out of memory, disk or time: the contract leaves the choice. */
  readonly mayUseSpark: boolean;
  readonly items: readonly QueueItem[];
  readonly bytes: number;
  /** The older versions of keys whose newer version is queued too. */
  readonly superseded: readonly QueueItem[];
  /** The newest version in the queue, by source. */
  readonly newest: ReadonlyMap<string, string>;
}

/**
 * Selects the files of a dataset's next run and its engine: queued files in order, one version a key, no more than fit. A file
 * that failed before keeps its run small, so that one bad file does not make others fail for ever.
 */
export function selectBatch(
  queue: readonly QueueItem[],
  contract: Pick<CompiledContract, "engine" | "trigger">,
  limits: BatchLimits,
): Selection {
  const newestOf = new Map<string, QueueItem>();
  for (const item of [...queue].sort((a, b) => laterFirst(a.file, b.file) || b.sk.localeCompare(a.sk))) {
    if (!newestOf.has(item.file.sourceId)) newestOf.set(item.file.sourceId, item);
  }
  const current = queue
    .filter((item) => newestOf.get(item.file.sourceId) === item)
    // A file with which an engine fails by a fault of its own must not keep the others waiting: it comes after them.
    .sort((a, b) => (a.faults ?? 0) - (b.faults ?? 0));
  const scheduled = contract.trigger.kind === "schedule" && contract.engine !== "light";

  const items: QueueItem[] = [];
  let bytes = 0;
  let most = limits.maxFiles;
  for (const item of current) {
    most = Math.min(most, item.batchLimit ?? most);
    const fits = contract.engine !== "light" || bytes + item.file.size <= limits.lightMaxBytes;
    // A file that has failed by a fault must not make one fail that has not.
    const apart = (item.faults ?? 0) > 0 && (items[0]?.faults ?? 0) === 0;
    if (items.length > 0 && (items.length >= most || !fits || apart)) break;
    items.push(item);
    bytes += item.file.size;
  }
  return {
    engine: engineFor(contract, scheduled, items, limits),
    scheduled,
    mayUseSpark: contract.engine === "auto",
    items,
    bytes,
    superseded: queue.filter((item) => newestOf.get(item.file.sourceId) !== item),
    newest: new Map([...newestOf].map(([source, item]) => [source, item.file.version])),
  };
}

/** Job bookmarks exist on Spark only, so a scheduled dataset runs there unless its contract says `light`. */
function engineFor(
  contract: Pick<CompiledContract, "engine">,
  scheduled: boolean,
  items: readonly QueueItem[],
  limits: BatchLimits,
): Engine {
  if (contract.engine !== "auto") return contract.engine;
  const bytes = items.reduce((sum, { file }) => sum + file.size, 0);
  if (scheduled || items.some(({ file }) => file.engine === "spark")) return "spark";
  if (items.every(({ file }) => file.engine === "light")) return "light";
  return bytes > limits.lightMaxBytes ? "spark" : "light";
}
