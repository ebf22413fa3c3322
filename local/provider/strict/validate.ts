import didYouMean from "didyoumean2";
import type { ServiceModel, Shape } from "./models";
import { toRegExp } from "./pattern";

const SHOWN = 80;

/**
 * Checks a request against AWS's service model: required and unknown members, types, enumerations, patterns, lengths, ranges and sizes. It
 * returns all problems, each with its path.
 */
export function validate(model: ServiceModel, operation: string, params: unknown): string[] {
  const known = model.operations[operation];
  if (!known) return [`there is no such operation${nearest(operation, Object.keys(model.operations))}`];
  const problems: string[] = [];
  const report = (path: string, problem: string): void => void problems.push(`${path}: ${problem}`);
  const input = known.input?.shape;
  if (input !== undefined) check(model, input, params ?? {}, operation, report);
  else if (isRecord(params) && Object.keys(params).length > 0) report(operation, "takes no parameters");
  return problems;
}

type Report = (path: string, problem: string) => void;

function check(model: ServiceModel, name: string, value: unknown, path: string, report: Report): void {
  const shape = model.shapes[name];
  if (!shape || shape.document) return;
  switch (shape.type) {
    case "structure":
      return structure(model, shape, value, path, report);
    case "list": {
      if (!Array.isArray(value)) return wrongType("a list", value, path, report);
      size(shape, value.length, "entries", path, report);
      const { member } = shape;
      if (member) value.forEach((item, index) => check(model, member.shape, item, `${path}[${index}]`, report));
      return;
    }
    case "map": {
      if (!isRecord(value)) return wrongType("an object", value, path, report);
      const entries = Object.entries(value).filter(([, item]) => item !== undefined);
      size(shape, entries.length, "entries", path, report);
      for (const [key, item] of entries) {
        if (shape.key) check(model, shape.key.shape, key, `${path} (key ${JSON.stringify(key)})`, report);
        if (shape.value) check(model, shape.value.shape, item, `${path}.${key}`, report);
      }
      return;
    }
    case "string":
      return text(shape, value, path, report);
    case "character":
      if (typeof value !== "string" || [...value].length !== 1) wrongType("one character", value, path, report);
      return;
    case "boolean":
      if (typeof value !== "boolean") wrongType("true or false", value, path, report);
      return;
    case "byte":
    case "short":
    case "integer":
    case "long":
      if (typeof value === "bigint") return;
      if (typeof value !== "number" || !Number.isInteger(value))
        return wrongType("a whole number", value, path, report);
      return range(shape, value, path, report);
    case "float":
    case "double":
      if (typeof value !== "number") return wrongType("a number", value, path, report);
      return range(shape, value, path, report);
    case "blob":
      if (value instanceof Uint8Array || typeof value === "string") {
        size(shape, value instanceof Uint8Array ? value.byteLength : Buffer.byteLength(value), "bytes", path, report);
      }
      return;
    case "timestamp":
      if (!(value instanceof Date) || Number.isNaN(value.getTime())) wrongType("a date", value, path, report);
      return;
  }
}

function structure(model: ServiceModel, shape: Shape, value: unknown, path: string, report: Report): void {
  if (!isRecord(value)) return wrongType("an object", value, path, report);
  const members = shape.members ?? {};
  const given = Object.entries(value).filter(([, item]) => item !== undefined);
  const names = new Set(given.map(([name]) => name));
  for (const name of shape.required ?? []) {
    if (!names.has(name) && !members[name]?.idempotencyToken) report(`${path}.${name}`, "is required");
  }
  if (shape.union && given.length !== 1) {
    report(
      path,
      `must have exactly one of ${Object.keys(members).join(", ")}; it has ${[...names].join(", ") || "none"}`,
    );
  }
  for (const [name, item] of given) {
    const member = members[name];
    if (member) check(model, member.shape, item, `${path}.${name}`, report);
    else report(`${path}.${name}`, `is not known here${nearest(name, Object.keys(members))}`);
  }
}

function text(shape: Shape, value: unknown, path: string, report: Report): void {
  // S3's `Expires` is text in the model, and a date in the SDK.
  if (value instanceof Date) return;
  if (typeof value !== "string") return wrongType("text", value, path, report);
  if (shape.enum && !shape.enum.includes(value)) {
    const allowed =
      shape.enum.length <= 20 ? `allowed: ${shape.enum.join(", ")}` : `${shape.enum.length} values are allowed`;
    report(path, `${shown(value)} is not allowed${nearest(value, shape.enum)}; ${allowed}`);
    return;
  }
  size(shape, [...value].length, "characters", path, report);
  const expression = shape.pattern === undefined ? undefined : toRegExp(shape.pattern);
  if (expression && !expression.test(value)) report(path, `${shown(value)} must match ${shape.pattern}`);
}

function size({ min, max }: Shape, length: number, unit: string, path: string, report: Report): void {
  if (min !== undefined && length < min) report(path, `has ${length} ${unit}, at least ${min} are needed`);
  else if (max !== undefined && length > max) report(path, `has ${length} ${unit}, at most ${max} are allowed`);
}

function range({ min, max }: Shape, value: number, path: string, report: Report): void {
  if (min !== undefined && value < min) report(path, `is ${value}, the least allowed is ${min}`);
  else if (max !== undefined && value > max) report(path, `is ${value}, the most allowed is ${max}`);
}

function wrongType(expected: string, value: unknown, path: string, report: Report): void {
  report(path, `must be ${expected}, is ${shown(value)}`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !(value instanceof Uint8Array);

function shown(value: unknown): string {
  const whole = JSON.stringify(value) ?? String(value);
  return whole.length > SHOWN ? `${whole.slice(0, SHOWN)}…` : whole;
}

export function nearest(wanted: string, known: readonly string[]): string {
  const found = didYouMean(wanted, known);
  return typeof found === "string" ? `; did you mean ${found}?` : "";
}
