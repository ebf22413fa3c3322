import { NamedError } from "../errors";
import { any, equals, isBelow, itemMissing } from "./expression";
import { type Lease, leaseKey } from "./items";
import type { Action, LedgerTable } from "./table";

const epochSeconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/** The leases of datasets: an execution runs a dataset only while it has the dataset's lease. */
export class Leases {
  constructor(private readonly table: LedgerTable) {}

  /**
   * Takes a lease that is free, has expired or is the caller's already. Returns its owner: the caller, when that succeeded. It
   * writes only where it may succeed: a write would get in the way of the owner's transactions, which a read does not.
   */
  async acquire(dataset: string, owner: string, seconds: number, now: Date): Promise<string> {
    const seen = epochSeconds(now);
    for (;;) {
      const holder = await this.holder(dataset, now);
      if (holder !== undefined && holder !== owner) return holder;
      const taken = await this.table.update(leaseKey(dataset), {
        set: { owner, expiresAt: seen + seconds, dataset, entity: "lease" },
        when: any(itemMissing, isBelow("expiresAt", seen), equals("owner", owner)),
      });
      if (taken) return owner;
    }
  }

  /** The execution that has a lease which has not expired. The read is consistent. */
  async holder(dataset: string, now: Date): Promise<string | undefined> {
    const lease = await this.table.get<Lease>(leaseKey(dataset));
    return lease && lease.expiresAt >= epochSeconds(now) ? lease.owner : undefined;
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

  /**
   * Writes transactions each of which succeeds only while `owner` has the dataset's lease. They go one after another: all
   * contain the lease, and DynamoDB cancels a transaction that meets another on an item.
   */
  async whileOwned(dataset: string, owner: string, transactions: readonly (readonly Action[])[]): Promise<void> {
    const lease = this.table.action.check(leaseKey(dataset), equals("owner", owner));
    for (const actions of transactions) {
      if (await this.table.transact([lease, ...actions])) continue;
      const current = await this.owner(dataset);
      if (current !== owner) throw leaseLost(dataset, current);
      throw new NamedError("LedgerConflict", `Files of ${dataset} changed while their run was being recorded.`);
    }
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
