/** Checks what a schema cannot: rules between the keys of a contract, and between contracts. */

import { renderDqdl } from "./dqdl";
import { figure, PARAMETER, RULESET, textProblems } from "./limits";
import { columnType, partitionKeys, tableColumnType } from "./plan";
import type { Contract, ProjectionRange, QualityRule } from "./schema";
import { escapePathName } from "./partition-path";
import type { LogicalType } from "./types";
import { isNumeric, measureType, typeName } from "./types";

export type Path = readonly (string | number)[];

export interface Issue {
  readonly path: Path;
  readonly message: string;
  /** The name that was not found, and those that exist. */
  readonly unknown?: { readonly name: string; readonly known: readonly string[] };
  /** Whether the problem is about the key, not about its value. */
  readonly aboutKey?: true;
  /** The columns that the problem is about. */
  readonly columns?: readonly string[];
}

/** Names that no table of a dataset may have: the table of rejected rows, and the folder of the processed zone in which Spark stages its runs. */
export const RESERVED_TABLES: readonly string[] = ["rejected_rows", "runs"];

const PARTITION_TYPES: ReadonlySet<string> = new Set(["string", "int", "bigint", "date"]);

/** Lists all that is wrong within one contract whose shape is right. */
export function checkContract(contract: Contract): readonly Issue[] {
  return [
    ...checkColumns(contract),
    ...checkPartitioning(contract),
    ...checkAggregates(contract),
    ...contract.quality.flatMap((rule, i) => checkQuality(contract, rule, ["quality", i])),
    ...checkEngine(contract),
    ...checkLimits(contract),
  ];
}

/** Lists what follows from the contract and is longer than Glue accepts. */
function checkLimits(contract: Contract): Issue[] {
  const ruleset = renderDqdl(contract)?.length ?? 0;
  const { maxCharacters, source } = RULESET;
  const tooLong = `have ${figure(ruleset)} characters as a ruleset, and Glue accepts at most ${figure(maxCharacters)} (${source})`;
  return [
    ...(ruleset > maxCharacters ? [{ path: ["quality"], message: `the rules ${tooLong}` }] : []),
    ...Object.entries(contract.partitioning?.projection ?? {}).flatMap(([key, { values = [] }]) =>
      textProblems(values.join(","), PARAMETER).map((message) => ({
        path: ["partitioning", "projection", key, "values"],
        message: `the list ${message}`,
      })),
    ),
  ];
}

function checkColumns(contract: Contract): Issue[] {
  const fold = (name: string) => (contract.source.header.case === "insensitive" ? name.toLowerCase() : name);
  return [
    ...repeated(contract.columns.map((column) => column.name)).map(([name, i]) => ({
      path: ["columns", i, "name"],
      message: `two columns are called "${name}"`,
    })),
    ...repeated(contract.columns.map((column) => fold(column.source ?? column.name))).map(([name, i]) => ({
      path: ["columns", i, contract.columns[i]?.source === undefined ? "name" : "source"],
      message: `two columns are read from the header "${name}"`,
    })),
    ...contract.columns.flatMap((column, i): Issue[] =>
      column.optional && !column.nullable
        ? [
            {
              path: ["columns", i, "optional"],
              message: `"${column.name}" may be missing from a file (optional) but not be missing from a row (nullable: false)`,
            },
          ]
        : [],
    ),
    ...contract.columns.flatMap((column, i): Issue[] =>
      column.source !== undefined && column.source.trim() !== column.source
        ? [{ path: ["columns", i, "source"], message: "must not begin or end with a blank: header names are trimmed" }]
        : [],
    ),
  ];
}

function repeated(names: readonly string[]): [string, number][] {
  return names.flatMap((name, i): [string, number][] => (names.indexOf(name) === i ? [] : [[name, i]]));
}

function unknownColumn(path: Path, name: string, known: readonly string[]): Issue {
  return { path, message: `"${name}" is not a column`, unknown: { name, known } };
}

function checkPartitioning(contract: Contract): Issue[] {
  const { partitioning } = contract;
  if (partitioning === undefined) return [];
  const names = contract.columns.map((column) => column.name);
  const issues: Issue[] = [];
  const keyNames = partitioning.keys.map((key) => (typeof key === "string" ? key : key.name));
  for (const [i, key] of partitioning.keys.entries()) {
    const path: Path = ["partitioning", "keys", i];
    const of = typeof key === "string" ? key : key.column;
    const at: Path = typeof key === "string" ? path : [...path, "column"];
    const column = contract.columns.find((candidate) => candidate.name === of);
    if (keyNames.indexOf(keyNames[i] ?? "") !== i) issues.push({ path, message: `"${keyNames[i]}" is a key twice` });
    if (typeof key !== "string" && names.includes(key.name)) {
      issues.push({ path: [...path, "name"], message: `"${key.name}" is already a column; name the key differently` });
    }
    if (column === undefined) {
      issues.push(unknownColumn(at, of, names));
      continue;
    }
    if (column.nullable || column.optional) {
      const message = `partition column "${of}" must have nullable: false${column.optional ? " and not be optional" : ""}: a row without it would have no place`;
      issues.push({ path: at, message, columns: [of] });
    }
    const type = columnType(column);
    if (typeof key === "string") {
      if (!PARTITION_TYPES.has(type.kind)) {
        const message = `"${of}" is ${column.type}; partition columns are ${[...PARTITION_TYPES].join(", ")}, or taken from a date or timestamp by a transform`;
        issues.push({ path: at, message, columns: [of] });
      }
    } else if (type.kind !== "date" && type.kind !== "timestamp") {
      const message = `the ${key.transform} can be taken from a date or timestamp only; "${of}" is ${column.type}`;
      issues.push({ path: at, message, columns: [of] });
    } else if (key.transform === "date" && type.kind === "date") {
      issues.push({ path, message: `"${of}" is a date already: name the column itself`, columns: [of] });
    }
  }
  if (names.every((name) => keyNames.includes(name))) {
    issues.push({ path: ["partitioning", "keys"], message: "at least one column must not be a partition key" });
  }
  if (issues.some((issue) => issue.unknown !== undefined)) return issues;
  return [...issues, ...checkProjection(contract, keyNames)];
}

function checkProjection(contract: Contract, keyNames: readonly string[]): Issue[] {
  const { layout, projection } = contract.partitioning ?? {};
  const path: Path = ["partitioning", "projection"];
  if (layout !== "projection") {
    return projection === undefined
      ? []
      : [{ path, message: `only layout projection has ranges; the layout is ${layout}` }];
  }
  const ranges = projection ?? {};
  return [
    ...keyNames
      .filter((key) => ranges[key] === undefined)
      .map((key) => ({
        path: projection === undefined ? ["partitioning"] : path,
        message: `layout projection needs to know what "${key}" ranges over: projection.${key}.values or .range`,
        columns: [key],
      })),
    ...Object.keys(ranges)
      .filter((key) => !keyNames.includes(key))
      .map((key) => ({
        path: [...path, key],
        message: `"${key}" is not a partition key`,
        aboutKey: true as const,
        unknown: { name: key, known: keyNames },
      })),
    ...partitionKeys(contract).flatMap((key) => {
      const range = ranges[key.name];
      return range === undefined
        ? []
        : checkRange(range, key.type).map((message) => ({ path: [...path, key.name], message, columns: [key.column] }));
    }),
  ];
}

const RELATIVE_DATE = /^NOW([+-]\d+DAYS?)?$/;

function checkRange({ values, range }: ProjectionRange, type: LogicalType): string[] {
  if (values !== undefined) {
    const odd = values.find((value) => escapePathName(value) !== value || value.includes(","));
    if (odd !== undefined) return [`the value "${odd}" holds characters that Athena cannot project`];
    const misfit = isNumeric(type) ? values.find((value) => !/^-?(0|[1-9]\d*)$/.test(value)) : undefined;
    return [
      ...(misfit === undefined ? [] : [`"${misfit}" is not a whole number, as the key is`]),
      ...(type.kind === "date" && values.some((value) => !isDate(value))
        ? ["values of a date key are dates: 2013-01-31"]
        : []),
    ];
  }
  const [first, last] = range ?? [];
  if (isNumeric(type)) {
    if (typeof first !== "number" || typeof last !== "number") return ["the range of a number is two numbers"];
    return first > last ? [`the range begins at ${first}, after its end ${last}`] : [];
  }
  if (type.kind === "date") {
    const wrong = [first, last].find((bound) => !RELATIVE_DATE.test(String(bound)) && !isDate(String(bound)));
    if (wrong !== undefined) return [`"${wrong}" is neither a date (2013-01-31) nor NOW, NOW-3DAYS or the like`];
    if (isDate(String(first)) && isDate(String(last)) && String(first) > String(last)) {
      return [`the range begins at ${first}, after its end ${last}`];
    }
    return [];
  }
  return ["a text has no range: list its values"];
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function checkAggregates(contract: Contract): Issue[] {
  if (contract.partitioning !== undefined && checkPartitioning(contract).some((issue) => issue.unknown !== undefined)) {
    return [];
  }
  const known = [
    ...contract.columns.map((column) => column.name),
    ...partitionKeys(contract)
      .filter((key) => key.transform !== undefined)
      .map((key) => key.name),
  ];
  const issues: Issue[] = repeated(contract.aggregates.map((a) => a.name)).map(([name, i]) => ({
    path: ["aggregates", i, "name"],
    message: `two aggregates are called "${name}"`,
  }));
  for (const [i, aggregate] of contract.aggregates.entries()) {
    const path: Path = ["aggregates", i];
    for (const [k, name] of aggregate.groupBy.entries()) {
      if (!known.includes(name)) issues.push(unknownColumn([...path, "groupBy", k], name, known));
      if (aggregate.groupBy.indexOf(name) !== k) {
        issues.push({ path: [...path, "groupBy", k], message: `"${name}" is there twice` });
      }
    }
    const outputs = [...aggregate.groupBy, ...aggregate.measures.map((measure) => measure.name)];
    for (const [k, measure] of aggregate.measures.entries()) {
      const at: Path = [...path, "measures", k];
      if (outputs.indexOf(measure.name) !== aggregate.groupBy.length + k) {
        issues.push({ path: [...at, "name"], message: `"${measure.name}" is already a column of the aggregate` });
      }
      if (measure.column === undefined) {
        if (measure.function !== "count") issues.push({ path: at, message: `${measure.function} needs a column` });
        continue;
      }
      const type = tableColumnType(contract, measure.column);
      if (type === undefined) {
        issues.push(unknownColumn([...at, "column"], measure.column, known));
      } else if (measureType(measure.function, type) === undefined) {
        const message = `${measure.function} needs a number; "${measure.column}" is ${typeName(type)}`;
        issues.push({ path: [...at, "function"], message, columns: [measure.column] });
      }
    }
  }
  return issues;
}

function checkQuality(contract: Contract, rule: QualityRule, path: Path): Issue[] {
  if (!("column" in rule)) return [];
  const column = contract.columns.find((candidate) => candidate.name === rule.column);
  if (column === undefined) {
    return [
      unknownColumn(
        [...path, "column"],
        rule.column,
        contract.columns.map((candidate) => candidate.name),
      ),
    ];
  }
  const type = columnType(column);
  const misfit = (at: string, message: string): Issue[] => [{ path: [...path, at], message, columns: [rule.column] }];
  switch (rule.rule) {
    case "values": {
      if (type.kind === "string") {
        return rule.in.some((value) => typeof value !== "string")
          ? misfit("in", `"${rule.column}" is a string: put numbers into quotes`)
          : [];
      }
      if (!isNumeric(type))
        return misfit("rule", `values can be listed for strings and numbers; "${rule.column}" is ${column.type}`);
      return rule.in.some((value) => typeof value !== "number")
        ? misfit("in", `"${rule.column}" is ${column.type}: all values must be numbers`)
        : [];
    }
    case "range":
      return isNumeric(type) ? [] : misfit("rule", `only numbers have a range; "${rule.column}" is ${column.type}`);
    case "pattern": {
      if (type.kind !== "string")
        return misfit("rule", `only strings have a pattern; "${rule.column}" is ${column.type}`);
      const fault = patternFault(rule.pattern);
      return fault === undefined ? [] : misfit("pattern", fault);
    }
    default:
      return [];
  }
}

/** Checks that both engines read the pattern alike: DuckDB with RE2, Spark with Java. */
function patternFault(pattern: string): string | undefined {
  try {
    new RegExp(pattern, "u");
  } catch (error) {
    return `is not a regular expression: ${(error as Error).message.replace(/^Invalid regular expression: /, "")}`;
  }
  const odd = /\(\?(?!:)[^)]{0,2}|\\[^dDwWsStnr\W]|[*+?}]\+|\[[^\]]*(?:\[|&&)/.exec(pattern);
  return odd === null
    ? undefined
    : `"${odd[0]}" is not understood alike by both engines; keep to plain groups, classes, \\d \\w \\s and * + ? {n,m}`;
}

function checkEngine(contract: Contract): Issue[] {
  if (contract.trigger === "event" || contract.engine !== "light") return [];
  return [{ path: ["engine"], message: "a scheduled dataset runs on spark: job bookmarks are a matter of Glue" }];
}

/** A contract with the tables and the prefix that it claims. */
export interface Claim<T> {
  readonly contract: Contract;
  readonly origin: T;
}

/** Lists what is wrong between contracts. */
export function checkTogether<T>(claims: readonly Claim<T>[]): readonly (Issue & { readonly origin: T })[] {
  const issues: (Issue & { readonly origin: T })[] = [];
  const tables = new Map<string, string>(RESERVED_TABLES.map((name) => [name, "the platform itself"]));
  for (const { contract, origin } of claims) {
    const claim = (table: string, path: Path) => {
      const owner = tables.get(table);
      if (owner !== undefined)
        issues.push({ origin, path, message: `the table "${table}" is already taken by ${owner}` });
      else tables.set(table, `dataset "${contract.name}"`);
    };
    claim(contract.name, ["name"]);
    for (const [i, aggregate] of contract.aggregates.entries()) {
      claim(`${contract.name}_${aggregate.name}`, ["aggregates", i, "name"]);
    }
  }
  const prefixes = new Map<string, string>();
  for (const { contract, origin } of claims) {
    const prefix = contract.source.prefix ?? `${contract.name}/`;
    for (const [other, owner] of prefixes) {
      if (!other.startsWith(prefix) && !prefix.startsWith(other)) continue;
      const message =
        other === prefix
          ? `the prefix "${prefix}" is already taken by dataset "${owner}"`
          : `the prefix "${prefix}" and dataset "${owner}"'s "${other}" lie inside one another`;
      issues.push({ origin, path: contract.source.prefix === undefined ? ["name"] : ["source", "prefix"], message });
    }
    prefixes.set(prefix, contract.name);
  }
  return issues;
}
