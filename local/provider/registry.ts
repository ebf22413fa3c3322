import { PURE, type Answer } from "../../evaluate/invokes";
import didYouMean, { ReturnTypeEnums, ThresholdTypeEnums } from "didyoumean2";
import { handlerOfRow } from "./generic/handler";
import type { Handler, Invoke } from "./handler";
import { TABLE } from "./table";
import { table } from "./types/dynamodb/table";
import { defaultSecurityGroup, getRouteTable } from "./types/ec2";
import { target } from "./types/events/target";
import { job } from "./types/glue/jobs";
import { lambdaFunction } from "./types/lambda/function";
import { instance as rdsInstance } from "./types/rds/instance";
import { bucket } from "./types/s3/bucket";
import { bucketObjectv2 } from "./types/s3/object";
import { getSecretVersion } from "./types/secretsmanager";
import { stateMachine } from "./types/sfn/state-machine";

/** The types whose behaviour differs too much for a row of the table. */
const BY_HAND: readonly Handler[] = [
  job,
  table,
  target,
  defaultSecurityGroup,
  lambdaFunction,
  rdsInstance,
  bucket,
  bucketObjectv2,
  stateMachine,
];

/** All resource types of the local cloud, sorted by type. */
export const HANDLERS: readonly Handler[] = [...BY_HAND, ...TABLE.map(handlerOfRow)].sort((a, b) =>
  a.type < b.type ? -1 : 1,
);

const pure = ([token, answer]: [string, Answer]): Invoke => ({
  token,
  invoke: ({ accountId, region, partition }, args) =>
    Promise.resolve(answer(args, { account: accountId, region, partition })),
});

/** All data sources that the local cloud answers. */
export const INVOKES: readonly Invoke[] = [...Object.entries(PURE).map(pure), getRouteTable, getSecretVersion].sort(
  (a, b) => (a.token < b.token ? -1 : 1),
);

const handlers = new Map(HANDLERS.map((handler) => [handler.type, handler]));
const invokes = new Map(INVOKES.map((invoke) => [invoke.token, invoke]));

/**
 * Returns the handler of a resource type.
 * @throws {Error} If the type is not supported; the message names the nearest type that is.
 */
export function handlerOf(type: string): Handler {
  return handlers.get(type) ?? unsupported(`resource type ${type}`, type, [...handlers.keys()]);
}

/**
 * Returns the answer to a data source.
 * @throws {Error} If the data source is not supported; the message names the nearest one that is.
 */
export function invokeOf(token: string): Invoke {
  return invokes.get(token) ?? unsupported(`function ${token}`, token, [...invokes.keys()]);
}

function unsupported(what: string, wanted: string, known: readonly string[]): never {
  const nearest = didYouMean(wanted, known, {
    returnType: ReturnTypeEnums.FIRST_CLOSEST_MATCH,
    thresholdType: ThresholdTypeEnums.SIMILARITY,
    threshold: 0.1,
  });
  throw new Error(`the local cloud has no ${what}${nearest ? `; the nearest it has is ${nearest}` : ""}`);
}
