import { scheduleProblems } from "../../../../contracts/schedule";
import { isObject } from "../../../../evaluate/wire";
import { nearest } from "../validate";
import { isSet, json, part, parts, type Params, type Rule } from "./rule";

const MATCHERS = ["prefix", "suffix", "anything-but", "numeric", "exists", "cidr", "equals-ignore-case", "wildcard"];
const COMPARISONS = ["<", "<=", "=", ">", ">="];

/** Returns the problems for which EventBridge refuses an event pattern. */
export function patternProblems(text: unknown): string[] {
  const { value, problems } = json(text, "EventPattern");
  if (value === undefined) return [...problems];
  if (!isObject(value)) return ["EventPattern: must be a JSON object"];
  if (Object.keys(value).length === 0) return ["EventPattern: must name a field"];
  return fields(value, "EventPattern");
}

function fields(pattern: Params, path: string): string[] {
  return Object.entries(pattern).flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    if (name === "$or") {
      if (!Array.isArray(value) || value.length < 2) return [`${at}: must be a list of two patterns or more`];
      return value.flatMap((item, index) => fields(part(item), `${at}[${index}]`));
    }
    if (isObject(value)) return Object.keys(value).length > 0 ? fields(value, at) : [`${at}: must name a field`];
    if (!Array.isArray(value)) return [`${at}: ${JSON.stringify(value)} must be in a list`];
    if (value.length === 0) return [`${at}: an empty list matches nothing`];
    return value.flatMap((item, index) => matcher(item, `${at}[${index}]`));
  });
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function matcher(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return [`${path}: a list within a list is not allowed`];
  if (!isObject(value)) return [];
  const [name = "", ...more] = Object.keys(value);
  if (more.length > 0) return [`${path}: must have one comparison, and has ${Object.keys(value).join(", ")}`];
  const given = value[name];
  const at = `${path}.${name}`;
  switch (name) {
    case "prefix":
    case "suffix":
      return isText(given) || (isObject(given) && isText(given["equals-ignore-case"])) ? [] : [`${at}: must be text`];
    case "equals-ignore-case":
      return isText(given) ? [] : [`${at}: must be text`];
    case "wildcard":
      return isText(given) && !given.includes("**") ? [] : [`${at}: must be text without two stars in a row`];
    case "exists":
      return typeof given === "boolean" ? [] : [`${at}: must be true or false`];
    case "cidr":
      return isText(given) && /^[0-9a-fA-F.:]+\/\d+$/.test(given) ? [] : [`${at}: must be a range such as 10.0.0.0/8`];
    case "numeric":
      return numeric(given, at);
    case "anything-but":
      return anythingBut(given, at);
    default:
      return [`${path}: ${name} is not a comparison${nearest(name, MATCHERS)}; allowed: ${MATCHERS.join(", ")}`];
  }
}

function numeric(given: unknown, path: string): string[] {
  const valid =
    Array.isArray(given) &&
    (given.length === 2 || given.length === 4) &&
    given.every((item, index) => (index % 2 === 0 ? COMPARISONS.includes(String(item)) : typeof item === "number"));
  return valid ? [] : [`${path}: must be [comparison, number] or two of them, comparisons ${COMPARISONS.join(" ")}`];
}

function anythingBut(given: unknown, path: string): string[] {
  if (isObject(given)) {
    const [name = "", ...more] = Object.keys(given);
    const texts = Array.isArray(given[name]) ? given[name] : [given[name]];
    const allowed = ["prefix", "suffix", "wildcard", "equals-ignore-case"];
    return more.length === 0 && allowed.includes(name) && texts.every(isText)
      ? []
      : [`${path}: must be values, or one of ${allowed.join(", ")} of text`];
  }
  const values: unknown[] = Array.isArray(given) ? given : [given];
  return values.length > 0 && values.every((item) => typeof item === "string" || typeof item === "number")
    ? []
    : [`${path}: must be text or numbers`];
}

/** Returns the problems of a schedule's expression at a path of a request. */
export const scheduleProblemsAt = (expression: unknown, path: string): string[] =>
  typeof expression !== "string" || expression === ""
    ? []
    : scheduleProblems(expression).map((problem) => `${path}: ${problem}`);

const NEEDS_ROLE =
  /^arn:[^:]+:(states:[^:]*:[^:]*:stateMachine|kinesis|batch|ecs|ssm|codebuild|codepipeline|firehose|events:[^:]*:[^:]*:event-bus|glue|redshift|sagemaker)/;

function targets({ Targets }: Params): string[] {
  const given = parts(Targets);
  const problems = given.length > 5 ? [`Targets: a rule may have 5 targets at most, and has ${given.length}`] : [];
  given.forEach((target, index) => {
    const path = `Targets[${index}]`;
    const inputs = ["Input", "InputPath", "InputTransformer"].filter((name) => isSet(target[name]));
    if (inputs.length > 1) problems.push(`${path}: has ${inputs.join(" and ")}; only one is allowed`);
    if (isSet(target.Input)) problems.push(...json(target.Input, `${path}.Input`).problems);
    if (NEEDS_ROLE.test(String(target.Arn)) && !isSet(target.RoleArn))
      problems.push(`${path}.RoleArn: is required for ${String(target.Arn)}`);
    const { InputPathsMap, InputTemplate } = part(target.InputTransformer);
    const known = new Set(Object.keys(part(InputPathsMap)));
    for (const [, name = ""] of String(InputTemplate ?? "").matchAll(/<([A-Za-z0-9_-]+)>/g)) {
      if (!known.has(name))
        problems.push(`${path}.InputTransformer.InputTemplate: <${name}> is not among InputPathsMap`);
    }
  });
  return problems;
}

export const EVENT_RULES: readonly Rule[] = [
  {
    service: "EventBridge",
    operations: ["PutRule"],
    source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html",
    check: ({ EventPattern, ScheduleExpression, EventBusName }) => {
      const problems = [
        ...patternProblems(EventPattern),
        ...scheduleProblemsAt(ScheduleExpression, "ScheduleExpression"),
      ];
      if (!isSet(EventPattern) && !isSet(ScheduleExpression)) problems.push("needs EventPattern or ScheduleExpression");
      if (isSet(ScheduleExpression) && isSet(EventBusName) && !/(^|\/)default$/.test(String(EventBusName))) {
        problems.push(`ScheduleExpression: is for the default bus only, not ${String(EventBusName)}`);
      }
      return problems;
    },
  },
  {
    service: "EventBridge",
    operations: ["PutTargets"],
    source: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html",
    check: targets,
  },
  {
    service: "DataSync",
    operations: ["CreateTask", "UpdateTask"],
    source: "https://docs.aws.amazon.com/datasync/latest/userguide/task-scheduling.html",
    check: ({ Schedule }) => scheduleProblemsAt(part(Schedule).ScheduleExpression, "Schedule.ScheduleExpression"),
  },
];
