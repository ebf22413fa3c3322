import { typeInfo } from "./type-facts";
import type { Props } from "./wire";

/** The account and the region that a recorded program sees. */
export const ACCOUNT = "123456789012";
export const REGION = "eu-central-1";

/** The stand-in for the text of a secret, in the form that RDS and the platform use for credentials. */
export const SECRET = JSON.stringify({ username: "username-of-secret", password: "password-of-secret" });

/** Returns the inputs of a resource with the properties that AWS would add, as far as other resources refer to them. */
export function stateOf(type: string, name: string, inputs: Props): Props {
  const [, service = "", kind = ""] = /^aws:([^/]+)\/[^:]+:(.+)$/.exec(type) ?? [];
  const physical = String(inputs.name ?? inputs.bucket ?? inputs.namePrefix ?? `${name}-1a2b3c4`);
  const place = service === "s3" ? ":" : service === "iam" ? `:${ACCOUNT}` : `${REGION}:${ACCOUNT}`;
  const arn = `arn:aws:${service}:${place}`;
  const state: Record<string, unknown> = { name: physical };
  for (const output of referredTo(type)) {
    state[output] = output.endsWith("Arn") ? `${arn}:${physical}/${output}` : `${output}-of-${physical}`;
  }
  state.arn =
    arnOf(type, physical, inputs) ?? `${arn}:${kind === "Bucket" ? physical : `${kind.toLowerCase()}/${physical}`}`;
  if (kind === "Bucket") state.bucket = physical;
  if (kind === "Key") state.keyId = `key-of-${name}`;
  if (kind === "Queue") state.url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${physical}`;
  if (inputs.manageMasterUserPassword) {
    state.masterUserSecrets = [{ secretArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds!${physical}` }];
  }
  return { ...state, ...inputs };
}

/** The service and the resource part of ARNs that do not follow from a type's name. Policies are compared with these ARNs. */
const ARNS: Readonly<Record<string, (physical: string, inputs: Props) => string>> = {
  "aws:cloudwatch/logGroup:LogGroup": (physical) => `logs|log-group:${physical}`,
  "aws:cloudwatch/eventBus:EventBus": (physical) => `events|event-bus/${physical}`,
  "aws:cloudwatch/eventRule:EventRule": (physical, { eventBusName }) =>
    `events|rule/${typeof eventBusName === "string" ? `${eventBusName}/` : ""}${physical}`,
  "aws:dms/eventSubscription:EventSubscription": (physical) => `dms|es:${physical}`,
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (physical) => `firehose|deliverystream/${physical}`,
  "aws:lambda/function:Function": (physical) => `lambda|function:${physical}`,
  "aws:sfn/stateMachine:StateMachine": (physical) => `states|stateMachine:${physical}`,
  "aws:sns/topic:Topic": (physical) => `sns|${physical}`,
  "aws:sqs/queue:Queue": (physical) => `sqs|${physical}`,
};

function arnOf(type: string, physical: string, inputs: Props): string | undefined {
  const [service, rest] = ARNS[type]?.(physical, inputs).split("|") ?? [];
  return rest === undefined ? undefined : `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
}

const known = new Map<string, readonly string[]>();

/** Returns the outputs that other resources use as text: names, ids, ARNs and addresses. */
function referredTo(type: string): readonly string[] {
  let names = known.get(type);
  if (!names) {
    const text = /^(endpoint|address|id)$|(Arn|Id|Endpoint|Address|Url|Name)$/;
    known.set(type, (names = typeInfo(type).outputs.filter((output) => text.test(output))));
  }
  return names;
}

/** Returns the id of a resource with this state. */
export const idOf = (state: Props): string => String(state.url ?? state.bucket ?? state.name);
