import type { RecordedResource } from "../../recorded";
import { documentedRows } from "../../lints/service-principals";
import { ACCOUNT } from "../../stand-ins";
import type { Caller } from "../decide";
import type { RequestContext } from "../policy";
import type { ProgramPolicies } from "../program";

/** A request that the deployed platform will make. */
export interface Need {
  readonly caller: Caller;
  readonly action: string;
  /** The ARN of the resource, `*` for actions without one. The wildcard stands for any key, stream or version. */
  readonly resource: string;
  readonly context?: RequestContext;
  /** The resource on whose behalf the request is made, for example the state machine. */
  readonly by: RecordedResource;
  /** A clause that says when the request is made, for example `its task RunLight invokes the function`. */
  readonly why: string;
  /** The page of AWS's documentation that says so. */
  readonly source: string;
}

/** What one resource needs, by a reason that its needs share. */
export type Reason = Pick<Need, "by" | "why" | "source">;

/** Derives what a service does for one resource of a program. */
export type NeedsOf = (resource: RecordedResource, program: ProgramPolicies) => Need[];

/** Makes the needs of a role; none when the program does not define the role, because its owner answers for it then. */
export function roleNeeds(
  program: ProgramPolicies,
  roleArn: string | undefined,
  requests: readonly (readonly [actions: readonly string[], resources: readonly string[]])[],
  reason: Reason,
  context?: RequestContext,
): Need[] {
  const role = program.role(roleArn);
  if (!role) return [];
  const caller: Caller = { kind: "identity", arn: role.arn };
  return requests.flatMap(([actions, resources]) =>
    actions.flatMap((action) =>
      resources.map((resource) => ({ caller, action, resource, ...(context ? { context } : {}), ...reason })),
    ),
  );
}

/** Makes the need that a service may assume a role. */
export function assumption(
  program: ProgramPolicies,
  roleArn: string | undefined,
  service: string,
  reason: Reason,
  sourceArn?: string,
): Need[] {
  const role = program.role(roleArn);
  if (!role) return [];
  return [serviceNeed(service, "sts:AssumeRole", role.arn, reason, sourceArn)];
}

/**
 * Makes the need of a service that calls by itself, on behalf of the resource with an ARN. The request has only those condition keys that
 * AWS documents for the call: EventBridge, for example, sends none to a topic.
 */
export const serviceNeed = (
  service: string,
  action: string,
  resource: string,
  reason: Reason,
  sourceArn = String(reason.by.state.arn),
): Need => ({
  caller: { kind: "service", service },
  action,
  resource,
  context: sent(service, action, reason.by.type, {
    "aws:SourceArn": sourceArn,
    "aws:SourceAccount": accountOf(reason.by),
    // Firehose states the account: https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#firehose-assume-role
    "sts:ExternalId": accountOf(reason.by),
  }),
  ...reason,
});

/** Returns the condition keys that a service sends. A service without a row is a problem of the lint `principals`. */
function sent(
  service: string,
  action: string,
  byType: string,
  source: Readonly<Record<string, string>>,
): RequestContext {
  const rows = documentedRows(service, action, byType);
  return Object.fromEntries(Object.entries(source).filter(([key]) => rows.every(({ keys }) => keys.includes(key))));
}

/** Returns the account of a recorded resource. The ARNs of buckets do not name it. */
export const accountOf = ({ state }: RecordedResource): string => placeOf(String(state.arn)).account || ACCOUNT;

/** Returns the partition, region and account of a resource's ARN. */
export function placeOf(arn: string): {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
} {
  const [, partition = "aws", , region = "", account = ""] = arn.split(":");
  return { partition, region, account };
}

/** Splits `s3://bucket/key` into the ARN of the bucket and the key. */
export function s3Place(
  address: string,
  partition = "aws",
): { readonly bucket: string; readonly key: string } | undefined {
  const [, name, key = ""] = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(address) ?? [];
  return name === undefined ? undefined : { bucket: `arn:${partition}:s3:::${name}`, key };
}

/** What reading objects under a prefix needs. */
export const readObjects = (bucket: string, prefix: string): [string[], string[]][] => [
  [["s3:GetObject"], [`${bucket}/${prefix}*`]],
  [["s3:ListBucket"], [bucket]],
];
