import type { Handler, Invoke } from "./handler";

/** Every resource type the local cloud keeps, sorted by type. */
export const HANDLERS: readonly Handler[] = [];

/** Every data source the local cloud answers, sorted by token. */
export const INVOKES: readonly Invoke[] = [];
