import { NamedError } from "../errors";
import { any, equals, isBelow, itemMissing } from "./expression";
import { type Lease, leaseKey } from "./items";
import type { Action, LedgerTable } from "./table";

const epochSeconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/** The leases of datasets: an execution runs a dataset only while it has the dataset's lease. */
export class Leases {
  constructor(private readonly table: LedgerTable) {}

  /** Takes a lease that is free, has expired or is the caller's already. Returns its owner: the caller, when that succeeded. */
  async acquire(dataset: string, owner: string, seconds: number, now: Date): Promise<string> {
    const taken = await this.table.update(leaseKey(dataset), {
      set: { owner, expiresAt: epochSeconds(now) + seconds, dataset, entity: "lease" },
      when: any(itemMissing, isBelow("expiresAt", epochSeconds(now)), equals("owner", owner)),
    });
    if (taken) return owner;
    const current = await this.owner(dataset);
    // The lease was released between the two requests. Its former owner looks at the queue once more, and so may the caller.
    return current ?? this.acquire(dataset, owner, seconds, now);
  }

  /** Extends the caller's lease; false when another execution has taken it or it was released. */
  async renew(dataset: string, owner: string, seconds: number, now: Date): Promise<boolean> {
    return this.table.update(leaseKey(dataset), {
      set: { expiresAt: epochSeconds(now) + seconds },
      when: equals("owner", owner),
    });
  }

  /** Gives a lease up, if `owner` still has it. */
  async release(dataset: string, owner: string): Promise<void> {
    await this.table.delete(leaseKey(dataset), equals("owner", owner));
  }

  /** Writes actions in one transaction that succeeds only while `owner` has the dataset's lease. */
  async whileOwned(dataset: string, owner: string, actions: readonly Action[]): Promise<void> {
    const lease = this.table.action.check(leaseKey(dataset), equals("owner", owner));
    if (await this.table.transact([lease, ...actions])) return;
    const current = await this.owner(dataset);
    if (current !== owner) throw leaseLost(dataset, current);
    throw new NamedError("LedgerConflict", `Files of ${dataset} changed while their run was being recorded.`);
  }

  private async owner(dataset: string): Promise<string | undefined> {
    return (await this.table.get<Lease>(leaseKey(dataset)))?.owner;
  }
}

export const leaseLost = (dataset: string, owner: string | undefined): NamedError =>
  new NamedError(
    "LeaseLost",
    `This execution no longer has the lease of ${dataset}: ${
      owner === undefined ? "it was released" : `${owner} has it now`
    }. Its run is not recorded; the files are run again.`,
  );
