import type { ServiceModel, Shape } from "../strict/models";
import { standIn } from "./unknown";

/** AWS's names for the status of a resource that is ready for use. */
const READY = /^(active|available|enabled|ready|successful|succeeded|completed|in-?service|associated|deployed)$/i;
/** The members for the rest of a list and for failures. A plan's answers are complete and have no failures. */
const LEFT_OUT = /token|marker|truncated|exclusivestart|^failed|^unprocessed|^errors?$/i;
const DEPTH = 6;

/**
 * Returns an answer of the form that AWS's service model defines for an operation, with stand-ins for the values.
 *
 * @param isThere Whether lists have an entry: what is asked before anything was made finds nothing.
 */
export function answerOf(model: ServiceModel, operation: string, isThere: boolean): unknown {
  const output = model.operations[operation]?.output?.shape;
  return output === undefined ? {} : (made(model, output, operation, isThere, DEPTH) ?? {});
}

function made(model: ServiceModel, name: string, member: string, isThere: boolean, depth: number): unknown {
  const shape = model.shapes[name];
  if (!shape || depth === 0) return undefined;
  switch (shape.type) {
    case "structure":
      return Object.fromEntries(
        Object.entries(shape.members ?? {})
          .filter(([inner]) => !LEFT_OUT.test(inner))
          .map(([inner, { shape: of }]) => [inner, made(model, of, inner, isThere, depth - 1)] as const)
          .filter(([, value]) => value !== undefined),
      );
    case "list": {
      const item = isThere ? made(model, shape.member?.shape ?? "", member, isThere, depth - 1) : undefined;
      return item === undefined ? [] : [item];
    }
    case "map":
      return {};
    case "boolean":
      return false;
    case "timestamp":
      return new Date(0);
    case "blob":
      return new Uint8Array();
    case "string":
    case "character":
      return text(shape, member);
    default:
      return shape.min ?? 1;
  }
}

function text(shape: Shape, member: string): string {
  if (shape.enum) return shape.enum.find((value) => READY.test(value)) ?? shape.enum[0] ?? "";
  return /(status|state)$/i.test(member) ? "available" : standIn(member);
}
