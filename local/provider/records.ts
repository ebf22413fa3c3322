import type { Props } from "../../evaluate/wire";

/**
 * The resources that no emulator keeps, as this process has seen them. The stack's state is their only lasting record; this one tells a
 * resource of others: that a name is taken, that a task runs which uses an endpoint. A refresh fills it again.
 */
export class Records {
  private readonly held = new Map<string, Map<string, Props>>();

  /**
   * Keeps a new resource.
   * @throws {Error} When there is one of this id: AWS would refuse a second one.
   */
  add(type: string, id: string, props: Props): void {
    if (this.of(type).has(id)) throw new Error(`ResourceAlreadyExistsFault: there is a ${type} ${id} already`);
    this.set(type, id, props);
  }

  set(type: string, id: string, props: Props): void {
    const all = this.held.get(type) ?? new Map<string, Props>();
    this.held.set(type, all.set(id, props));
  }

  /** What is known of a resource: what the stack's state says, or, for an import, what was seen. */
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
