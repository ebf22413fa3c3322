import { isObject } from "../../../../evaluate/wire";
import { nearest } from "../validate";
import { json, part, repeated, type Params, type Rule } from "./rule";

interface Kind {
  /** Whether statements name principals: `forbidden` if the policy is attached to its principal. */
  readonly principal: "required" | "forbidden";
  readonly resource: "required" | "forbidden";
  /** Whether a Sid may have letters and digits only, as in IAM's own policies. */
  readonly sid: RegExp;
  /** The largest size in characters without white space. */
  readonly maximum: number;
}

const IDENTITY: Kind = { principal: "forbidden", resource: "required", sid: /^[A-Za-z0-9]*$/, maximum: 10_240 };
const MANAGED: Kind = { ...IDENTITY, maximum: 6_144 };
const TRUST: Kind = { principal: "required", resource: "forbidden", sid: /^[A-Za-z0-9]*$/, maximum: 2_048 };
const ON_RESOURCE: Kind = { principal: "required", resource: "required", sid: /^[\s\S]*$/, maximum: 20_480 };
const ON_KEY: Kind = { ...ON_RESOURCE, maximum: 32_768 };

const ELEMENTS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];
const PRINCIPALS = ["AWS", "Service", "Federated", "CanonicalUser"];
const OPERATORS = [
  ...[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
  ],
  ...["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"],
  ...[
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
  ],
  ...["DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress"],
  ...["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"],
];

/** Returns the problems of a policy document by IAM's grammar. */
export function policyProblems(text: unknown, path: string, kind: Kind): string[] {
  const { value, problems } = json(text, path);
  if (value === undefined) return [...problems];
  if (!isObject(value)) return [`${path}: must be a JSON object`];
  const found: string[] = [];
  const size = String(text).replace(/\s/g, "").length;
  if (size > kind.maximum)
    found.push(`${path}: has ${size} characters without white space, at most ${kind.maximum} are allowed`);
  for (const name of Object.keys(value)) {
    if (!["Version", "Id", "Statement"].includes(name)) {
      found.push(`${path}.${name}: is not known here${nearest(name, ["Version", "Id", "Statement"])}`);
    }
  }
  if (value.Version !== undefined && value.Version !== "2012-10-17" && value.Version !== "2008-10-17") {
    found.push(`${path}.Version: ${JSON.stringify(value.Version)} is not allowed; allowed: 2012-10-17, 2008-10-17`);
  }
  const statements = Array.isArray(value.Statement)
    ? value.Statement
    : value.Statement === undefined
      ? []
      : [value.Statement];
  if (statements.length === 0) found.push(`${path}.Statement: is required, with one statement at least`);
  statements.forEach((statement, index) =>
    found.push(...statementProblems(statement, `${path}.Statement[${index}]`, kind)),
  );
  const sids = statements.flatMap((statement) => {
    const { Sid } = part(statement);
    return typeof Sid === "string" && Sid !== "" ? [Sid] : [];
  });
  for (const sid of repeated(sids)) found.push(`${path}.Statement: the Sid ${JSON.stringify(sid)} is used twice`);
  return found;
}

function statementProblems(value: unknown, path: string, kind: Kind): string[] {
  if (!isObject(value)) return [`${path}: must be a JSON object`];
  const problems = Object.keys(value)
    .filter((name) => !ELEMENTS.includes(name))
    .map((name) => `${path}.${name}: is not known here${nearest(name, ELEMENTS)}`);
  const { Sid, Effect } = value;
  if (typeof Sid === "string" && !kind.sid.test(Sid))
    problems.push(`${path}.Sid: ${JSON.stringify(Sid)} may have letters and digits only`);
  if (Effect !== "Allow" && Effect !== "Deny") {
    problems.push(`${path}.Effect: must be Allow or Deny, is ${JSON.stringify(Effect) ?? "not set"}`);
  }
  problems.push(...pair(value, path, "Action", "required"), ...pair(value, path, "Resource", kind.resource));
  problems.push(...pair(value, path, "Principal", kind.principal));
  for (const name of ["Action", "NotAction"]) {
    for (const action of texts(value[name])) {
      if (action !== "*" && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)) {
        problems.push(`${path}.${name}: ${JSON.stringify(action)} must be <service>:<action> or *`);
      }
    }
  }
  for (const name of ["Resource", "NotResource"]) {
    for (const resource of texts(value[name])) {
      if (!/^(\*|arn:[^:]*:[^:]+:[^:]*:[^:]*:.+|\$\{.*)$/s.test(resource)) {
        problems.push(`${path}.${name}: ${JSON.stringify(resource)} must be an ARN or *`);
      }
    }
  }
  for (const name of ["Principal", "NotPrincipal"]) problems.push(...principalProblems(value[name], `${path}.${name}`));
  problems.push(...conditionProblems(value.Condition, `${path}.Condition`));
  return problems;
}

/** Checks that a statement has exactly one of `X` and `NotX`, or neither if both are forbidden. */
function pair(statement: Params, path: string, name: string, presence: Kind["principal"]): string[] {
  const given = [name, `Not${name}`].filter((one) => statement[one] !== undefined);
  if (presence === "forbidden") return given.map((one) => `${path}.${one}: is not allowed in this kind of policy`);
  if (given.length === 0) return [`${path}.${name}: is required (or Not${name})`];
  if (given.length === 2) return [`${path}: has both ${name} and Not${name}`];
  return texts(statement[given[0] as string]).length === 0 && !isObject(statement[given[0] as string])
    ? [`${path}.${given[0]}: is empty`]
    : [];
}

function principalProblems(value: unknown, path: string): string[] {
  if (value === undefined || value === "*") return [];
  if (!isObject(value)) return [`${path}: must be "*" or an object of ${PRINCIPALS.join(", ")}`];
  return Object.entries(value).flatMap(([type, who]) => {
    if (!PRINCIPALS.includes(type)) return [`${path}.${type}: is not known here${nearest(type, PRINCIPALS)}`];
    const names = texts(who);
    if (names.length === 0) return [`${path}.${type}: is empty`];
    const wrong = type === "Service" ? names.filter((name) => !/^[a-z0-9.*-]+\.amazonaws\.com(\.cn)?$/.test(name)) : [];
    const account = /^(\d{12}|\*|arn:[^:]*:(iam|sts):[^:]*:[^:]*:.+|[A-Z0-9]{16,})$/;
    if (type === "AWS") wrong.push(...names.filter((name) => !account.test(name)));
    return wrong.map((name) => `${path}.${type}: ${JSON.stringify(name)} is not such a principal`);
  });
}

function conditionProblems(value: unknown, path: string): string[] {
  if (value === undefined) return [];
  if (!isObject(value)) return [`${path}: must be a JSON object`];
  return Object.entries(value).flatMap(([operator, keys]) => {
    const plain = operator.replace(/^(ForAllValues|ForAnyValue):/, "").replace(/IfExists$/, "");
    if (!OPERATORS.includes(plain))
      return [`${path}.${operator}: is not a condition operator${nearest(plain, OPERATORS)}`];
    return isObject(keys) && Object.keys(keys).length > 0 ? [] : [`${path}.${operator}: must name a condition key`];
  });
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === "string");
}

const GRAMMAR = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";
const QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

const documents = (
  service: string,
  operations: readonly string[],
  name: string,
  kind: Kind,
  source = GRAMMAR,
): Rule => ({
  service,
  operations,
  source,
  check: (params) => policyProblems(params[name], name, kind),
});

/** Checks a policy among the attributes of a queue or topic. */
const attribute = (service: string, operations: readonly string[]): Rule => ({
  service,
  operations,
  source: GRAMMAR,
  check: (params) => {
    const { Policy } = part(params.Attributes);
    const given = params.AttributeName === "Policy" ? params.AttributeValue : Policy;
    return given === "" ? [] : policyProblems(given, "Policy", ON_RESOURCE);
  },
});

export const POLICY_RULES: readonly Rule[] = [
  documents("IAM", ["CreateRole"], "AssumeRolePolicyDocument", TRUST, QUOTAS),
  documents("IAM", ["UpdateAssumeRolePolicy"], "PolicyDocument", TRUST, QUOTAS),
  documents("IAM", ["PutRolePolicy", "PutUserPolicy", "PutGroupPolicy"], "PolicyDocument", IDENTITY, QUOTAS),
  documents("IAM", ["CreatePolicy", "CreatePolicyVersion"], "PolicyDocument", MANAGED, QUOTAS),
  documents("S3", ["PutBucketPolicy"], "Policy", ON_RESOURCE),
  documents("KMS", ["CreateKey", "PutKeyPolicy"], "Policy", ON_KEY),
  documents("CloudWatchLogs", ["PutResourcePolicy"], "policyDocument", { ...ON_RESOURCE, maximum: 5_120 }),
  attribute("SNS", ["CreateTopic", "SetTopicAttributes"]),
  attribute("SQS", ["CreateQueue", "SetQueueAttributes"]),
];
