import { equals } from "./expression";
import { type DatasetItem, DATASETS_PK } from "./items";
import type { LedgerTable } from "./table";

/** What this process has written or seen of each table's datasets. */
const remembered = new Map<string, string | undefined>();

/** The datasets that have had files. */
export class Datasets {
  constructor(private readonly table: LedgerTable) {}

  /** Records a dataset before one of its files waits for a run. Nothing is written for a dataset that is known. */
  async remember(dataset: string, trigger: DatasetItem["trigger"]): Promise<void> {
    const name = `${this.table.name}/${dataset}`;
    if (remembered.has(name) && remembered.get(name) === trigger) return;
    const key = { pk: DATASETS_PK, sk: dataset };
    const known = await this.table.get<DatasetItem>(key);
    if (known === undefined || known.trigger !== trigger) {
      const item: DatasetItem = { ...key, entity: "dataset", trigger };
      await this.table.put(item);
    }
    remembered.set(name, trigger);
  }

  /** All datasets, by name. */
  all(): AsyncGenerator<DatasetItem> {
    return this.table.items<DatasetItem>(equals("pk", DATASETS_PK));
  }
}
