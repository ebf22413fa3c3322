/** Problems in a file that an author wrote: their place, what is allowed, and the nearest choice. */

import didYouMean from "didyoumean2";
import type { Document, Node } from "yaml";
import { isMap, isScalar } from "yaml";
import type { z } from "zod";
import type { Issue, Path } from "./check";

export interface Problem {
  readonly file: string;
  /** The line, counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The path, for example `columns[2].type`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  /** The nearest value that is allowed. */
  readonly suggestion?: string;
}

/** Writes a problem in one line: `datasets/x.yaml:3:9 columns[0].type: … (did you mean "int"?)`. */
export function formatProblem(problem: Problem): string {
  const path = problem.path === "" ? "" : ` ${problem.path}:`;
  const hint = problem.suggestion === undefined ? "" : ` (did you mean "${problem.suggestion}"?)`;
  return `${problem.file}:${problem.line}:${problem.column}${path} ${problem.message}${hint}`;
}

/** Finds a path in the text: the key for a mapping's member, the item for a list's, and the parent of what is missing. */
export function offsetOf(document: Document, path: Path, aboutKey: boolean): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true);
    const last = path[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(last));
      const node = depth === path.length && !aboutKey ? (pair?.value ?? pair?.key) : pair?.key;
      const range = (node as Node | undefined)?.range ?? (pair?.key as Node | undefined)?.range;
      if (range) return range[0];
    } else {
      const node = document.getIn(path.slice(0, depth), true) as Node | undefined;
      if (node?.range) return node.range[0];
    }
  }
  return document.contents?.range?.[0] ?? 0;
}

export function pathText(path: Path): string {
  return path.map((part, i) => (typeof part === "number" ? `[${part}]` : `${i === 0 ? "" : "."}${part}`)).join("");
}

export function nearest(name: string, known: readonly string[]): { suggestion?: string } {
  // Two letters swapped count as two edits there, which is too far for a short word.
  const letters = (word: string) => [...word.toLowerCase()].sort().join("");
  const swapped = known.find((candidate) => letters(candidate) === letters(name));
  const match = swapped ?? didYouMean(name, [...known], { threshold: 0.5 });
  return match === null ? {} : { suggestion: match };
}

type ZodIssue = z.core.$ZodIssue;

/** Looks up the keys that a schema knows below a path. */
export type KnownKeys = (path: Path) => readonly string[];

/** Words a schema's problem, with what is allowed. */
export function explain(issue: ZodIssue, data: unknown, knownKeys: KnownKeys, base: Path = []): Issue[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  const value = valueAt(data, path);
  const shownValue = typeof value === "string" ? value : JSON.stringify(value);
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = knownKeys(path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `"${key}" is not known; allowed: ${known.join(", ")}`,
        unknown: { name: key, known },
        aboutKey: true,
      }));
    }
    case "invalid_value": {
      const known = issue.values.map(String);
      if (value === undefined) return [{ path, message: `is required: one of ${known.map(shown).join(", ")}` }];
      return [
        {
          path,
          message: `"${shownValue}" is not allowed; allowed: ${known.map(shown).join(", ")}`,
          unknown: { name: shownValue, known },
        },
      ];
    }
    case "invalid_type":
      return [
        {
          path,
          message:
            value === undefined
              ? `is required (${a(issue.expected)})`
              : `must be ${a(issue.expected)}, not ${shownValue}`,
        },
      ];
    case "invalid_union": {
      const options = (issue as { options?: readonly unknown[] }).options?.map(String);
      if (options !== undefined) {
        if (value === undefined) return [{ path, message: `is required: one of ${options.join(", ")}` }];
        return [
          {
            path,
            message: `"${shownValue}" is not allowed; allowed: ${options.join(", ")}`,
            unknown: { name: shownValue, known: options },
          },
        ];
      }
      // The branch that was meant is the one that takes a value of this kind.
      const meant = issue.errors.find(
        (errors) =>
          !errors.some((one) => one.path.length === 0 && one.code !== "unrecognized_keys" && one.code !== "custom"),
      );
      if (meant !== undefined) return meant.flatMap((one) => explain(one as ZodIssue, data, knownKeys, path));
      const first = issue.errors.flat();
      return [
        {
          path,
          message: `${shownValue} does not fit: ${first.map((one) => explain(one as ZodIssue, data, knownKeys, path)[0]?.message ?? "").join("; or ")}`,
        },
      ];
    }
    case "custom": {
      const { wrong, known } = (issue.params ?? {}) as { wrong?: string; known?: readonly string[] };
      const unknown = wrong === undefined || known === undefined ? {} : { unknown: { name: wrong, known } };
      return [{ path, message: issue.message, ...unknown }];
    }
    case "invalid_format":
      return [{ path, message: `"${shownValue}" ${issue.message}` }];
    default:
      return [{ path, message: issue.message }];
  }
}

function shown(text: string): string {
  return text === "\t" ? '"\\t"' : `"${text}"`;
}

function a(type: string): string {
  const words: Readonly<Record<string, string>> = {
    array: "a list",
    object: "a mapping",
    record: "a mapping",
    int: "a whole number",
  };
  return words[type] ?? `a ${type}`;
}

export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const part of path)
    value = typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[part] : undefined;
  return value;
}
