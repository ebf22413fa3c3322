import type { Item, Row } from "../generic/row";
import { withShortId } from "../generic/wrap";
import type { Props } from "../handler";

const NOT_LOCAL = "the local cloud has no such event source: streams, tables and queues only";

/** The statement of a function's policy that a permission stands for. */
const statementOf = ({ Policy }: Item, sid: string | undefined): Item =>
  (JSON.parse(Policy ?? `{"Statement":[]}`) as { Statement: Item[] }).Statement.find(({ Sid }) => Sid === sid);

/** What a statement says, as the properties of its permission. */
function permissionOf({ Action, Principal, Condition = {} }: Item): Props {
  const principal = Principal.Service ?? Principal.AWS ?? Principal;
  const condition = (operator: string, key: string): unknown =>
    Object.entries<Props>(Condition)
      .filter(([name]) => name.startsWith(operator))
      .flatMap(([, keys]) => Object.entries(keys))
      .find(([name]) => name.toLowerCase() === key)?.[1];
  return {
    action: [Action].flat()[0],
    // For an account AWS writes the ARN of its root.
    principal: /^arn:[^:]*:iam::(\d{12}):root$/.exec(principal)?.[1] ?? principal,
    sourceArn: condition("Arn", "aws:sourcearn"),
    sourceAccount: condition("String", "aws:sourceaccount"),
  };
}

export const LAMBDA: readonly Row[] = [
  {
    type: "aws:lambda/eventSourceMapping:EventSourceMapping",
    service: "Lambda",
    create: "CreateEventSourceMapping",
    id: "UUID",
    names: { "destinationConfig.onFailure.destinationArn": "Destination" },
    read: { operation: "GetEventSourceMapping", item: "." },
    update: ["UpdateEventSourceMapping"],
    delete: "DeleteEventSourceMapping",
    computed: ({ ctx, id, item, known }) => ({
      arn: item.EventSourceMappingArn ?? ctx.arn("lambda", `event-source-mapping:${id}`),
      // The program may name the function by its name or its ARN.
      functionName: known.functionName === item.FunctionArn?.split(":")[6] ? known.functionName : item.FunctionArn,
      tumblingWindowInSeconds: item.TumblingWindowInSeconds || undefined,
      enabled: !/^Disabl/.test(item.State ?? ""),
      ...(item.FilterCriteria?.Filters?.length ? {} : { filterCriteria: undefined }),
      ...(item.DestinationConfig?.OnFailure?.Destination ? {} : { destinationConfig: undefined }),
      ...(item.ScalingConfig?.MaximumConcurrency ? {} : { scalingConfig: undefined }),
    }),
    sends: { enabled: true },
    changing: ["functionArn", "lastModified", "state", "stateTransitionReason"],
    replaceOn: ["eventSourceArn", "startingPosition", "startingPositionTimestamp"],
    defaults: { enabled: true },
    keeps: [
      "batchSize",
      "maximumBatchingWindowInSeconds",
      "maximumRecordAgeInSeconds",
      "maximumRetryAttempts",
      "parallelizationFactor",
    ],
    unordered: ["filterCriteria.filters", "functionResponseTypes"],
    settings: ["useResourceTimeoutForPropagation"],
    refuses: {
      amazonManagedKafkaEventSourceConfig: NOT_LOCAL,
      documentDbEventSourceConfig: NOT_LOCAL,
      selfManagedEventSource: NOT_LOCAL,
      selfManagedKafkaEventSourceConfig: NOT_LOCAL,
      sourceAccessConfigurations: NOT_LOCAL,
      queues: NOT_LOCAL,
      topics: NOT_LOCAL,
      provisionedPollerConfig: NOT_LOCAL,
    },
  },
  {
    type: "aws:lambda/permission:Permission",
    service: "Lambda",
    create: "AddPermission",
    id: "{function}/{statementId}",
    names: { function: "FunctionName" },
    read: { operation: "GetPolicy", item: ".", with: ({ qualifier }) => ({ Qualifier: qualifier }) },
    gone: (item, id) => !statementOf(item, id.split("/")[1]),
    computed: ({ item, id }) => permissionOf(statementOf(item, id.split("/")[1])),
    delete: "RemovePermission",
    replaceOn: "all",
    keeps: ["statementId"],
    autoname: { property: "statementId", prefix: "statementIdPrefix", maxLength: 100 },
    // AWS's provider takes the statement for the id; an import names its function too.
    wrap: withShortId(
      (id) => id.split("/")[1] ?? "",
      (id, { function: name }) => (id.includes("/") ? id : `${String(name)}/${id}`),
    ),
  },
];
