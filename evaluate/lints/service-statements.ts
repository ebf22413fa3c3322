import type { RecordedResource } from "../recorded";
import { isObject } from "../wire";

/** What a policy protects: the kind of the resource that a service calls. */
export type Target = "role" | "topic" | "queue" | "key" | "function" | "bucket" | "log group" | "secret" | "event bus";

/** One condition of a statement. A value of several conditions is a list. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A statement that lets an AWS service call a resource. */
export interface ServiceStatement {
  readonly resource: RecordedResource;
  /** Undefined for a type of resource that the table of targets does not have. */
  readonly target: Target | undefined;
  /** The principal, with `REGION` in place of a region. */
  readonly service: string;
  readonly actions: readonly string[];
  readonly conditions: readonly Condition[];
}

/** What the policies of a type of resource protect. */
const TARGETS: Readonly<Record<string, Target>> = {
  "aws:iam/role:Role": "role",
  "aws:sns/topic:Topic": "topic",
  "aws:sns/topicPolicy:TopicPolicy": "topic",
  "aws:sqs/queue:Queue": "queue",
  "aws:sqs/queuePolicy:QueuePolicy": "queue",
  "aws:kms/key:Key": "key",
  "aws:kms/keyPolicy:KeyPolicy": "key",
  "aws:s3/bucket:Bucket": "bucket",
  "aws:s3/bucketPolicy:BucketPolicy": "bucket",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "log group",
  "aws:secretsmanager/secret:Secret": "secret",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "secret",
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "event bus",
};

/** The arguments of a Lambda permission that are conditions, and the condition keys that Lambda makes of them. */
const PERMISSION_CONDITIONS: Readonly<Record<string, string>> = {
  sourceArn: "aws:SourceArn",
  sourceAccount: "aws:SourceAccount",
  principalOrgId: "aws:PrincipalOrgID",
  eventSourceToken: "lambda:EventSourceToken",
};

const SERVICE = /\.amazonaws\.com(\.cn)?$/;

/** Returns every statement of a program's policies that allows a service something. Policies that are not known yet have none. */
export function serviceStatements(resources: readonly RecordedResource[]): readonly ServiceStatement[] {
  return resources.flatMap((resource) =>
    resource.type === "aws:lambda/permission:Permission"
      ? permission(resource)
      : Object.values(resource.inputs as Readonly<Record<string, unknown>>).flatMap((value) =>
          documentStatements(value).flatMap((statement) => allowed(resource, statement)),
        ),
  );
}

function permission(resource: RecordedResource): readonly ServiceStatement[] {
  const { principal, action } = resource.inputs as { readonly principal?: unknown; readonly action?: unknown };
  if (!isService(principal)) return [];
  const conditions = Object.entries(PERMISSION_CONDITIONS).flatMap(([argument, key]) => {
    const value: unknown = resource.inputs[argument];
    return typeof value === "string" ? [{ operator: "ArnLike", key, values: [value] }] : [];
  });
  return [{ resource, target: "function", service: withoutRegion(principal), actions: strings(action), conditions }];
}

/** Returns the statements of a value that is a policy document, as JSON text or as an object. */
export function documentStatements(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const document = typeof value === "string" ? parsed(value) : value;
  return isObject(document) ? list(document.Statement).filter(isObject) : [];
}

function parsed(text: string): unknown {
  if (!text.includes('"Statement"')) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function allowed(resource: RecordedResource, statement: Readonly<Record<string, unknown>>): ServiceStatement[] {
  const { Effect, Principal, Action, Condition: condition } = statement;
  if (Effect !== "Allow" || !isObject(Principal)) return [];
  const conditions = Object.entries(isObject(condition) ? condition : {}).flatMap(([operator, keys]) =>
    Object.entries(isObject(keys) ? keys : {}).map(([key, values]) => ({ operator, key, values: strings(values) })),
  );
  return list(Principal.Service)
    .filter(isService)
    .map((service) => ({
      resource,
      target: TARGETS[resource.type],
      service: withoutRegion(service),
      actions: strings(Action),
      conditions,
    }));
}

const isService = (value: unknown): value is string => typeof value === "string" && SERVICE.test(value);

/** Returns a principal as the table writes it: `logs.REGION.amazonaws.com`. */
export const withoutRegion = (principal: string): string =>
  principal.replace(SERVICE, ".amazonaws.com").replace(/\.[a-z]{2}(-[a-z]+)+-\d\./, ".REGION.");

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value == null ? [] : [value]);
const strings = (value: unknown): readonly string[] => list(value).map(String);
