/** Reads contracts and reports all that is wrong with them at once: file, line, what is allowed, the nearest choice. */

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import didYouMean from "didyoumean2";
import type { Document, Node } from "yaml";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import type { Issue, Path } from "./check";
import { checkContract, checkTogether } from "./check";
import { knownKeys } from "./json-schema";
import type { Contract } from "./schema";
import { contractSchema } from "./schema";
import { SIMPLE_TYPES } from "./types";

export interface ContractProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `columns[2].type`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  /** The nearest thing that would have been right. */
  readonly suggestion?: string;
}

export interface ParsedContract {
  /** Only when there is no problem. */
  readonly contract?: Contract;
  readonly problems: readonly ContractProblem[];
}

export interface LoadedContracts {
  /** By name. Those without problems; use them only when there are no problems at all. */
  readonly contracts: readonly Contract[];
  readonly problems: readonly ContractProblem[];
}

/** One line for a person: `datasets/x.yaml:3:9 columns[0].type: … (did you mean "int"?)`. */
export function formatProblem(problem: ContractProblem): string {
  const path = problem.path === "" ? "" : ` ${problem.path}:`;
  const hint = problem.suggestion === undefined ? "" : ` (did you mean "${problem.suggestion}"?)`;
  return `${problem.file}:${problem.line}:${problem.column}${path} ${problem.message}${hint}`;
}

/** Parses and checks the text of one contract. */
export function parseContract(text: string, fileName: string): ParsedContract {
  return parseSource(text, fileName).parsed;
}

/**
 * Reads every `*.yaml` of a folder and checks the contracts each and together.
 *
 * @param include names of the datasets wanted; all by default. The others are not even looked at
 */
export function loadContracts(folder: string, include?: readonly string[]): LoadedContracts {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
  } catch {
    return {
      contracts: [],
      problems: [{ ...START, file: folder, message: "the folder of the datasets cannot be read" }],
    };
  }
  const stems = names.map((name) => name.replace(/\.ya?ml$/, ""));
  const problems: ContractProblem[] = (include ?? [])
    .filter((name) => !stems.includes(name))
    .map((name) => ({
      ...START,
      file: join(folder, `${name}.yaml`),
      message: "there is no such file",
      ...nearest(name, stems),
    }));
  const sources = names
    .filter((_, i) => include === undefined || include.includes(stems[i] ?? ""))
    .map((name) => parseSource(readFileSync(join(folder, name), "utf8"), join(folder, name)));
  for (const { file, parsed, locate } of sources) {
    problems.push(...parsed.problems);
    const stem = basename(file).replace(/\.ya?ml$/, "");
    if (parsed.contract !== undefined && parsed.contract.name !== stem) {
      const message = `dataset "${parsed.contract.name}" must be in a file of that name: ${parsed.contract.name}.yaml`;
      problems.push(locate({ path: ["name"], message }));
    }
  }
  const claims = sources.flatMap(({ parsed, locate }) =>
    parsed.contract === undefined ? [] : [{ contract: parsed.contract, origin: locate }],
  );
  problems.push(...checkTogether(claims).map((issue) => issue.origin(issue)));
  return { contracts: claims.map(({ contract }) => contract).sort((a, b) => (a.name < b.name ? -1 : 1)), problems };
}

const START = { line: 1, column: 1, path: "" };

interface Source {
  readonly file: string;
  readonly parsed: ParsedContract;
  readonly locate: (issue: Issue) => ContractProblem;
}

function parseSource(text: string, file: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const locate = (issue: Issue): ContractProblem => ({
    file,
    ...at(offsetOf(document, issue.path, issue.aboutKey === true)),
    path: pathText(issue.path),
    message: issue.message,
    ...(issue.unknown === undefined ? {} : nearest(issue.unknown.name, issue.unknown.known)),
  });
  const failed = (problems: readonly ContractProblem[]): Source => ({ file, locate, parsed: { problems } });
  if (document.errors.length > 0) {
    const messages = document.errors.map((error) => ({ file, ...at(error.pos[0]), path: "", message: error.message }));
    return failed(messages);
  }
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return failed([{ file, ...START, message: (error as Error).message }]);
  }
  if (data === null || data === undefined) return failed([{ file, ...START, message: "the file is empty" }]);
  const result = contractSchema.safeParse(data);
  if (result.success) {
    const problems = checkContract(result.data).map(locate);
    return { file, locate, parsed: problems.length === 0 ? { contract: result.data, problems } : { problems } };
  }
  const issues = result.error.issues.flatMap((issue) => explain(issue, data));
  return failed([...issues, ...checkRepaired(data, issues)].map(locate));
}

/** Where a path is in the text: the key for a mapping's member, the item for a list's; what is missing is its parent. */
function offsetOf(document: Document, path: Path, aboutKey: boolean): number {
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

function pathText(path: Path): string {
  return path.map((part, i) => (typeof part === "number" ? `[${part}]` : `${i === 0 ? "" : "."}${part}`)).join("");
}

function nearest(name: string, known: readonly string[]): { suggestion?: string } {
  const match = didYouMean(name, [...known], { threshold: 0.33 });
  return match === null ? {} : { suggestion: match };
}

type ZodIssue = z.core.$ZodIssue;

/** A schema complaint in the contract's words. */
function explain(issue: ZodIssue, data: unknown, base: Path = []): Issue[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  const value = valueAt(data, path);
  const said = typeof value === "string" ? value : JSON.stringify(value);
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
          message: `"${said}" is not allowed; allowed: ${known.map(shown).join(", ")}`,
          unknown: { name: said, known },
        },
      ];
    }
    case "invalid_type":
      return [
        {
          path,
          message:
            value === undefined ? `is required (${a(issue.expected)})` : `must be ${a(issue.expected)}, not ${said}`,
        },
      ];
    case "invalid_union": {
      const options = (issue as { options?: readonly unknown[] }).options?.map(String);
      if (options !== undefined) {
        if (value === undefined) return [{ path, message: `is required: one of ${options.join(", ")}` }];
        return [
          {
            path,
            message: `"${said}" is not allowed; allowed: ${options.join(", ")}`,
            unknown: { name: said, known: options },
          },
        ];
      }
      // The branch that was meant is the one that takes a value of this kind.
      const meant = issue.errors.find(
        (errors) =>
          !errors.some((one) => one.path.length === 0 && one.code !== "unrecognized_keys" && one.code !== "custom"),
      );
      if (meant !== undefined) return meant.flatMap((one) => explain(one as ZodIssue, data, path));
      const first = issue.errors.flat();
      return [
        {
          path,
          message: `${said} does not fit: ${first.map((one) => explain(one as ZodIssue, data, path)[0]?.message ?? "").join("; or ")}`,
        },
      ];
    }
    case "custom": {
      const type = (issue.params as { logicalType?: string } | undefined)?.logicalType;
      const unknown = type === undefined ? {} : { unknown: { name: type, known: [...SIMPLE_TYPES, "decimal(10,2)"] } };
      return [{ path, message: issue.message, ...unknown }];
    }
    case "invalid_format":
      return [{ path, message: `"${said}" ${issue.message}` }];
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

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const part of path)
    value = typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[part] : undefined;
  return value;
}

/**
 * Mends a contract of the wrong shape as far as needed to hold its parts against one another, so that nobody has to mend a
 * file in two rounds. What was mended is not complained about again.
 */
function checkRepaired(data: unknown, issues: readonly Issue[]): Issue[] {
  const copy: unknown = structuredClone(data);
  const doubtful = new Set<string>();
  for (const { path, unknown, aboutKey } of issues) {
    const parent = valueAt(copy, path.slice(0, -1));
    const key = path.at(-1);
    if (key === undefined || typeof parent !== "object" || parent === null || Array.isArray(parent)) return [];
    const record = parent as Record<string, unknown>;
    const column = path[0] === "columns" ? String(record["name"]) : undefined;
    if (column !== undefined) doubtful.add(column);
    const choice =
      unknown === undefined || aboutKey
        ? undefined
        : (nearest(unknown.name, unknown.known).suggestion ?? unknown.known[0]);
    const stopgap =
      column !== undefined && key === "type" ? "string" : (choice ?? STOPGAPS[path.length === 1 ? String(key) : ""]);
    if (stopgap === undefined) Reflect.deleteProperty(record, key);
    else record[key] = stopgap;
  }
  const mended = contractSchema.safeParse(copy);
  if (!mended.success) return [];
  const touched = new Set(issues.map((issue) => pathText(issue.path)));
  return checkContract(mended.data).filter(
    (issue) => !touched.has(pathText(issue.path)) && !(issue.columns ?? []).some((name) => doubtful.has(name)),
  );
}

const STOPGAPS: Readonly<Record<string, string>> = {
  name: "unnamed",
  description: "-",
  owner: "nobody@example.org",
};
