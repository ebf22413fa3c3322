import didYouMean, { ReturnTypeEnums, ThresholdTypeEnums } from "didyoumean2";
import type { Handler, Invoke } from "./handler";

/** Every resource type the local cloud keeps, sorted by type. */
export const HANDLERS: readonly Handler[] = [];

/** Every data source the local cloud answers, sorted by token. */
export const INVOKES: readonly Invoke[] = [];

const handlers = new Map(HANDLERS.map((handler) => [handler.type, handler]));
const invokes = new Map(INVOKES.map((invoke) => [invoke.token, invoke]));

/** @throws naming the nearest type that is supported. */
export function handlerOf(type: string): Handler {
  return handlers.get(type) ?? unsupported(`resource type ${type}`, type, [...handlers.keys()]);
}

/** @throws naming the nearest data source that is supported. */
export function invokeOf(token: string): Invoke {
  return invokes.get(token) ?? unsupported(`function ${token}`, token, [...invokes.keys()]);
}

function unsupported(what: string, wanted: string, known: readonly string[]): never {
  const nearest = didYouMean(wanted, known, {
    returnType: ReturnTypeEnums.FIRST_CLOSEST_MATCH,
    thresholdType: ThresholdTypeEnums.SIMILARITY,
    threshold: 0.1,
  });
  throw new Error(`the local cloud has no ${what}${nearest ? `; the nearest it has is ${nearest}` : ""}`);
}
