/** Reads contracts and reports all that is wrong with them at once, with file, line, what is allowed and the nearest choice. */

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type { Issue } from "./check";
import { checkContract, checkTogether } from "./check";
import { knownKeys } from "./json-schema";
import { explain, nearest, offsetOf, pathText, valueAt, type Problem } from "./problems";
import type { Contract } from "./schema";
import { contractSchema } from "./schema";

export interface ParsedContract {
  /** The contract, only when there is no problem. */
  readonly contract?: Contract;
  readonly problems: readonly Problem[];
}

export interface LoadedContracts {
  /** The contracts without problems, by name. Use them only when there are no problems at all. */
  readonly contracts: readonly Contract[];
  readonly problems: readonly Problem[];
}

/** Parses and checks the text of one contract. */
export function parseContract(text: string, fileName: string): ParsedContract {
  return parseSource(text, fileName).parsed;
}

/**
 * Reads every `*.yaml` of a folder and checks each contract, and all of them together.
 *
 * @param include Names the datasets wanted; all by default. The others are not read.
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
  const problems: Problem[] = (include ?? [])
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
  readonly locate: (issue: Issue) => Problem;
}

function parseSource(text: string, file: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const locate = (issue: Issue): Problem => ({
    file,
    ...at(offsetOf(document, issue.path, issue.aboutKey === true)),
    path: pathText(issue.path),
    message: issue.message,
    ...(issue.unknown === undefined ? {} : nearest(issue.unknown.name, issue.unknown.known)),
  });
  const failed = (problems: readonly Problem[]): Source => ({ file, locate, parsed: { problems } });
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
  const issues = result.error.issues.flatMap((issue) => explain(issue, data, knownKeys));
  return failed([...issues, ...checkRepaired(data, issues)].map(locate));
}

/**
 * Completes a contract of the wrong shape as far as needed to compare its parts with one another, so that an author sees all
 * problems in one round. What was completed is not reported again.
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
  const completed = contractSchema.safeParse(copy);
  if (!completed.success) return [];
  const completedPaths = issues.map((issue) => pathText(issue.path));
  const touched = (path: string) => completedPaths.some((one) => one === path || one.startsWith(`${path}.`));
  return checkContract(completed.data).filter(
    (issue) => !touched(pathText(issue.path)) && !(issue.columns ?? []).some((name) => doubtful.has(name)),
  );
}

const STOPGAPS: Readonly<Record<string, string>> = {
  name: "unnamed",
  description: "-",
  owner: "nobody@example.org",
};
