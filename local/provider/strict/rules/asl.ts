import { isObject } from "../../../../evaluate/wire";
import { nearest } from "../validate";
import { json, list, part, parts, type Params } from "./rule";

type Language = "JSONata" | "JSONPath";
type Report = (path: string, problem: string) => void;

const COMMON = ["Type", "Comment", "QueryLanguage"];
const FLOW = ["Next", "End"];
const PATHS = ["InputPath", "OutputPath"];
const RESULT = ["ResultPath", "ResultSelector"];
const ERRORS = ["Retry", "Catch"];

/** Fields of a state's type: of both languages, of JSONPath, of JSONata. */
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
const ENDLESS = ["Choice", "Succeed", "Fail"];

/** What Step Functions says against a definition in the Amazon States Language. */
export function definitionProblems(text: unknown, express: boolean): string[] {
  const { value, problems } = json(text, "definition");
  if (value === undefined) return [...problems];
  if (!isObject(value)) return ["definition: must be a JSON object"];
  const found: string[] = [];
  const report: Report = (path, problem) => void found.push(`definition.${path}: ${problem}`);
  const language = queryLanguage(value.QueryLanguage, "JSONPath", "QueryLanguage", report);
  machine(value, "", language, express, report);
  const names = stateNames(value);
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
    report("States", `the name ${JSON.stringify(name)} is used twice in the machine`);
  }
  return found;
}

/** A state's name is unique in the whole machine. */
function stateNames(machine: Params): string[] {
  return Object.entries(part(machine.States)).flatMap(([name, state]) => [
    name,
    ...inner(part(state)).flatMap(([, machine]) => stateNames(machine)),
  ]);
}

function inner(state: Params): [string, Params][] {
  const branches = parts(state.Branches).map((branch, index): [string, Params] => [`Branches[${index}]`, branch]);
  const processors = ["ItemProcessor", "Iterator"].flatMap((name): [string, Params][] =>
    state[name] === undefined ? [] : [[name, part(state[name])]],
  );
  return [...branches, ...processors];
}

function queryLanguage(value: unknown, otherwise: Language, path: string, report: Report): Language {
  if (value === undefined) return otherwise;
  if (value === "JSONata") return value;
  if (value !== "JSONPath") report(path, `${JSON.stringify(value)} is not allowed; allowed: JSONPath, JSONata`);
  else if (otherwise === "JSONata") report(path, "a machine in JSONata has no states in JSONPath");
  return "JSONPath";
}

function machine(value: Params, prefix: string, language: Language, express: boolean, report: Report): void {
  const states = part(value.States);
  const names = Object.keys(states);
  if (names.length === 0) return report(`${prefix}States`, "is required, with one state at least");
  const refer = (target: unknown, path: string): void => {
    if (typeof target !== "string") report(path, "must name a state");
    else if (!(target in states)) report(path, `there is no state ${JSON.stringify(target)}${nearest(target, names)}`);
  };
  refer(value.StartAt, `${prefix}StartAt`);
  for (const [name, item] of Object.entries(states)) {
    const path = `${prefix}States.${name}`;
    if ([...name].length > 80) report(path, "a state's name has 80 characters at most");
    if (isObject(item)) state(item, path, language, express, refer, report);
    else report(path, "must be a JSON object");
  }
  const reached = new Set<string>();
  const visit = (name: unknown): void => {
    if (typeof name !== "string" || reached.has(name) || !(name in states)) return;
    reached.add(name);
    targets(part(states[name])).forEach(visit);
  };
  visit(value.StartAt);
  for (const name of names) if (!reached.has(name)) report(`${prefix}States.${name}`, "no state leads here");
}

function targets(state: Params): unknown[] {
  return [state.Next, state.Default, ...[...parts(state.Choices), ...parts(state.Catch)].map(({ Next }) => Next)];
}

function state(
  value: Params,
  path: string,
  outer: Language,
  express: boolean,
  refer: (target: unknown, path: string) => void,
  report: Report,
): void {
  const language = queryLanguage(value.QueryLanguage, outer, `${path}.QueryLanguage`, report);
  const type = String(value.Type);
  const fields = FIELDS[type];
  if (!fields) {
    const types = Object.keys(FIELDS);
    return report(
      `${path}.Type`,
      `${JSON.stringify(value.Type) ?? "not set"} is not allowed; allowed: ${types.join(", ")}`,
    );
  }
  const [both, jsonpath, jsonata] = fields;
  const allowed = [...COMMON, ...both, ...(language === "JSONata" ? jsonata : jsonpath)];
  for (const name of Object.keys(value)) {
    if (allowed.includes(name)) continue;
    const foreign = (language === "JSONata" ? jsonpath : jsonata).includes(name);
    const why = foreign
      ? `is for ${language === "JSONata" ? "JSONPath" : "JSONata"}; the state is in ${language}`
      : "is not known here";
    report(`${path}.${name}`, why + (foreign ? "" : nearest(name, allowed)));
  }
  if (!ENDLESS.includes(type)) {
    if ((value.Next === undefined) === (value.End !== true)) report(path, "needs either Next or End: true");
    if (value.Next !== undefined) refer(value.Next, `${path}.Next`);
  }
  if (value.Retry !== undefined) retriers(list(value.Retry), `${path}.Retry`, report);
  catchers(list(value.Catch), `${path}.Catch`, refer, report);
  if (type === "Task") task(value, path, express, report);
  if (type === "Choice") choice(value, path, language, refer, report);
  if (type === "Wait") {
    const given = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"].filter((name) => value[name] !== undefined);
    if (given.length !== 1)
      report(path, `needs exactly one of Seconds and Timestamp, has ${given.join(", ") || "none"}`);
  }
  if (type === "Map" && value.ItemProcessor === undefined && value.Iterator === undefined)
    report(`${path}.ItemProcessor`, "is required");
  if (type === "Parallel" && list(value.Branches).length === 0)
    report(`${path}.Branches`, "is required, with one branch at least");
  if (language === "JSONata") expressions(value, path, report);
  for (const [name, machineInside] of inner(value))
    machine(machineInside, `${path}.${name}.`, language, express, report);
}

function task(
  { Resource, TimeoutSeconds, HeartbeatSeconds }: Params,
  path: string,
  express: boolean,
  report: Report,
): void {
  if (typeof Resource !== "string" || !/^(arn:|\$)/.test(Resource)) {
    return report(`${path}.Resource`, `must be an ARN, is ${JSON.stringify(Resource) ?? "not set"}`);
  }
  if (express && /\.(sync(:2)?|waitForTaskToken)$/.test(Resource)) {
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

function choice(
  { Choices, Default }: Params,
  path: string,
  language: Language,
  refer: (target: unknown, path: string) => void,
  report: Report,
): void {
  const rules = parts(Choices);
  if (rules.length === 0) report(`${path}.Choices`, "is required, with one rule at least");
  if (Default !== undefined) refer(Default, `${path}.Default`);
  rules.forEach((rule, index) => {
    const at = `${path}.Choices[${index}]`;
    refer(rule.Next, `${at}.Next`);
    if (language === "JSONata" && rule.Condition === undefined) report(`${at}.Condition`, "is required in JSONata");
    if (language === "JSONPath" && !["Variable", "And", "Or", "Not"].some((name) => rule[name] !== undefined)) {
      report(at, "needs Variable and a comparison, or And, Or, Not");
    }
  });
}

/** The errors a retrier or catcher is for: `States.ALL` stands alone, in the last one. */
function errors(value: Params, path: string, last: boolean, report: Report): void {
  const names = list(value.ErrorEquals);
  if (names.length === 0) report(`${path}.ErrorEquals`, "is required, with one error at least");
  if (!names.includes("States.ALL")) return;
  if (names.length > 1) report(`${path}.ErrorEquals`, "States.ALL stands alone");
  if (!last) report(path, "States.ALL belongs to the last one");
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

function catchers(
  values: readonly unknown[],
  path: string,
  refer: (target: unknown, path: string) => void,
  report: Report,
): void {
  values.map(part).forEach((catcher, index) => {
    errors(catcher, `${path}[${index}]`, index === values.length - 1, report);
    refer(catcher.Next, `${path}[${index}].Next`);
  });
}

/** A JSONata expression is the whole text, from `{%` to `%}`. */
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
