import { isObject } from "../../../../evaluate/wire";
import { nearest } from "../validate";
import { json, list, part, parts, type Params } from "./rule";

type Language = "JSONata" | "JSONPath";
type Report = (path: string, problem: string) => void;

/** The part of `asl-validator` that is used here; the package has no types. */
type Validator = (
  definition: unknown,
  options: { readonly checkArn: boolean; readonly checkPaths: boolean },
) => { readonly errors: readonly { readonly Message: string }[] };

const COMMON = ["Type", "Comment", "QueryLanguage"];
const FLOW = ["Next", "End"];
const PATHS = ["InputPath", "OutputPath"];
const RESULT = ["ResultPath", "ResultSelector"];
const ERRORS = ["Retry", "Catch"];

/** The fields of each type of state: those of both query languages, of JSONPath, and of JSONata. */
const FIELDS: Readonly<Record<string, readonly [readonly string[], readonly string[], readonly string[]]>> = {
  Task: [
    [...FLOW, ...ERRORS, "Resource", "TimeoutSeconds", "HeartbeatSeconds", "Credentials", "Assign"],
    [...PATHS, ...RESULT, "Parameters", "TimeoutSecondsPath", "HeartbeatSecondsPath"],
    ["Arguments", "Output"],
  ],
  Pass: [[...FLOW, "Assign"], [...PATHS, "ResultPath", "Result", "Parameters"], ["Output"]],
  Choice: [["Choices", "Default", "Assign"], PATHS, ["Output"]],
  Wait: [[...FLOW, "Seconds", "Timestamp", "Assign"], [...PATHS, "SecondsPath", "TimestampPath"], ["Output"]],
  Succeed: [[], PATHS, ["Output"]],
  Fail: [["Error", "Cause"], ["ErrorPath", "CausePath"], []],
  Parallel: [
    [...FLOW, ...ERRORS, "Branches", "Assign"],
    [...PATHS, ...RESULT, "Parameters"],
    ["Arguments", "Output"],
  ],
  Map: [
    [
      ...[
        ...FLOW,
        ...ERRORS,
        "ItemProcessor",
        "ItemReader",
        "ItemSelector",
        "ItemBatcher",
        "ResultWriter",
        "MaxConcurrency",
      ],
      ...["Label", "ToleratedFailurePercentage", "ToleratedFailureCount", "Assign"],
    ],
    [
      ...[...PATHS, ...RESULT, "Iterator", "ItemsPath", "Parameters", "MaxConcurrencyPath"],
      ...["ToleratedFailurePercentagePath", "ToleratedFailureCountPath"],
    ],
    ["Items", "Output"],
  ],
};
/**
 * Finds the problems for which Step Functions would refuse a definition in the Amazon States Language. The library `asl-validator` knows the
 * language: structure, transitions, names. The checks here come first, because they name the field and what is allowed, and find
 * what the library lacks: retriers and catchers, heartbeats, express machines and JSONata expressions.
 */
export function definitionProblems(text: unknown, express: boolean): string[] {
  const { value, problems } = json(text, "definition");
  if (value === undefined) return [...problems];
  if (!isObject(value)) return ["definition: must be a JSON object"];
  const found: string[] = [];
  machine(value, "definition.", language(value.QueryLanguage, "JSONPath"), express, (path, problem) =>
    found.push(`${path}: ${problem}`),
  );
  return found.length > 0 ? found : libraryProblems(value);
}

function libraryProblems(definition: Params): string[] {
  // The library takes a while to load, and only programs with state machines need it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const validate = require("asl-validator") as Validator;
  // The library writes the query language into its argument, and accepts neither empty texts nor texts with several lines.
  const copy: unknown = JSON.parse(JSON.stringify(definition), (_name, value: unknown) =>
    typeof value === "string" ? value.replaceAll("\n", " ") || "-" : value,
  );
  const { errors } = validate(copy, { checkArn: true, checkPaths: true });
  return errors.map(({ Message }) => `definition: ${Message}`);
}

const language = (value: unknown, inherited: Language): Language =>
  value === "JSONata" || value === "JSONPath" ? value : inherited;

function machine(value: Params, prefix: string, inherited: Language, express: boolean, report: Report): void {
  for (const [name, item] of Object.entries(part(value.States))) {
    const path = `${prefix}States.${name}`;
    if ([...name].length > 80) report(path, "the name of a state has at most 80 characters");
    state(part(item), path, inherited, express, report);
  }
}

function state(value: Params, path: string, inherited: Language, express: boolean, report: Report): void {
  const own = language(value.QueryLanguage, inherited);
  const fields = FIELDS[String(value.Type)];
  if (!fields) {
    const types = Object.keys(FIELDS);
    const given = JSON.stringify(value.Type) ?? "not set";
    return report(`${path}.Type`, `${given} is not allowed; allowed: ${types.join(", ")}`);
  }
  const [both, jsonpath, jsonata] = fields;
  const allowed = [...COMMON, ...both, ...(own === "JSONata" ? jsonata : jsonpath)];
  for (const name of Object.keys(value)) {
    if (allowed.includes(name)) continue;
    const foreign = (own === "JSONata" ? jsonpath : jsonata).includes(name);
    const why = foreign
      ? `is for ${own === "JSONata" ? "JSONPath" : "JSONata"}; the state is in ${own}`
      : `is not a field of ${String(value.Type)}`;
    report(`${path}.${name}`, why + (foreign ? "" : nearest(name, allowed)));
  }
  if (value.Retry !== undefined) retriers(list(value.Retry), `${path}.Retry`, report);
  list(value.Catch)
    .map(part)
    .forEach((catcher, index, all) => errors(catcher, `${path}.Catch[${index}]`, index === all.length - 1, report));
  if (value.Type === "Task") task(value, path, express, report);
  if (own === "JSONata") expressions(value, path, report);
  const machines = [...parts(value.Branches), part(value.ItemProcessor), part(value.Iterator)];
  for (const inside of machines) machine(inside, `${path}.`, own, express, report);
}

function task(
  { Resource, TimeoutSeconds, HeartbeatSeconds }: Params,
  path: string,
  express: boolean,
  report: Report,
): void {
  if (express && typeof Resource === "string" && /\.(sync(:2)?|waitForTaskToken)$/.test(Resource)) {
    report(`${path}.Resource`, "an EXPRESS machine cannot wait for a job or a token");
  }
  if (
    typeof TimeoutSeconds === "number" &&
    typeof HeartbeatSeconds === "number" &&
    HeartbeatSeconds >= TimeoutSeconds
  ) {
    report(
      `${path}.HeartbeatSeconds`,
      `is ${HeartbeatSeconds}, which must be less than TimeoutSeconds, ${TimeoutSeconds}`,
    );
  }
}

/** Checks the errors of a retrier or catcher: only the last one may have `States.ALL`, and no other error with it. */
function errors(value: Params, path: string, last: boolean, report: Report): void {
  const names = list(value.ErrorEquals);
  if (names.length === 0) report(`${path}.ErrorEquals`, "is required, with at least one error");
  if (!names.includes("States.ALL")) return;
  if (names.length > 1) report(`${path}.ErrorEquals`, "States.ALL must be the only error of its list");
  if (!last) report(path, "only the last retrier or catcher may have States.ALL");
}

const NUMBERS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  IntervalSeconds: [1, 99_999_999],
  MaxAttempts: [0, 99_999_999],
  BackoffRate: [1, Number.POSITIVE_INFINITY],
  MaxDelaySeconds: [1, 31_622_400],
};

function retriers(values: readonly unknown[], path: string, report: Report): void {
  values.map(part).forEach((retrier, index) => {
    const at = `${path}[${index}]`;
    errors(retrier, at, index === values.length - 1, report);
    for (const [name, [least, most]] of Object.entries(NUMBERS)) {
      const value = retrier[name];
      if (value === undefined) continue;
      if (typeof value !== "number" || value < least || value > most) {
        report(
          `${at}.${name}`,
          `must be a number from ${least}${Number.isFinite(most) ? ` to ${most}` : ""}, is ${JSON.stringify(value)}`,
        );
      }
    }
    const { JitterStrategy, MaxDelaySeconds, IntervalSeconds = 1 } = retrier;
    if (JitterStrategy !== undefined && JitterStrategy !== "FULL" && JitterStrategy !== "NONE") {
      report(`${at}.JitterStrategy`, `${JSON.stringify(JitterStrategy)} is not allowed; allowed: FULL, NONE`);
    }
    if (typeof MaxDelaySeconds === "number" && MaxDelaySeconds <= Number(IntervalSeconds)) {
      report(
        `${at}.MaxDelaySeconds`,
        `is ${MaxDelaySeconds}, which must be more than IntervalSeconds, ${String(IntervalSeconds)}`,
      );
    }
    const known = ["ErrorEquals", "JitterStrategy", "Comment", ...Object.keys(NUMBERS)];
    for (const name of Object.keys(retrier)) {
      if (!known.includes(name)) report(`${at}.${name}`, `is not known here${nearest(name, known)}`);
    }
  });
}

/** Checks that a JSONata expression is the whole text, from `{%` to `%}`. */
function expressions(value: unknown, path: string, report: Report): void {
  if (typeof value === "string") {
    const text = value.trim();
    if (text.startsWith("{%") !== text.endsWith("%}")) {
      report(path, `an expression begins with {% and ends with %}: ${value.slice(0, 60)}`);
    }
  } else if (Array.isArray(value)) value.forEach((item, index) => expressions(item, `${path}[${index}]`, report));
  else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      if (!["ItemProcessor", "Branches", "Comment"].includes(name)) expressions(item, `${path}.${name}`, report);
    }
  }
}
