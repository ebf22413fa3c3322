import type { Props } from "../../evaluate/wire";

/**
 * The resources that no emulator stores, as far as this process knows them. Only the stack's state has them permanently. Handlers learn here
 * about other resources, for example that a name is in use or that a running task uses an endpoint. A refresh fills it again.
 */
export class Records {
  private readonly held = new Map<string, Map<string, Props>>();

  /**
   * Adds a new resource.
   * @throws {Error} If a resource has this id already, because AWS would refuse a second one.
   */
  add(type: string, id: string, props: Props): void {
    if (this.of(type).has(id)) throw new Error(`ResourceAlreadyExistsFault: a ${type} ${id} exists already`);
    this.set(type, id, props);
  }

  set(type: string, id: string, props: Props): void {
    const all = this.held.get(type) ?? new Map<string, Props>();
    this.held.set(type, all.set(id, props));
  }

  /** Returns the properties of a resource: those in the stack's state, or, for an import, those that this process knows. */
  learn(type: string, id: string, known: Props): Props {
    if (Object.keys(known).length === 0) return this.of(type).get(id) ?? known;
    this.set(type, id, known);
    return known;
  }

  delete(type: string, id: string): void {
    this.held.get(type)?.delete(id);
  }

  of(type: string): ReadonlyMap<string, Props> {
    return this.held.get(type) ?? new Map();
  }
}
