import type { Item } from "../../generic/row";
import type { Props } from "../../handler";

/** The properties with a bucket's notifications, the list of the API, and how each spells what it notifies. */
const NOTIFICATIONS = {
  queues: ["QueueConfigurations", "queueArn", "QueueArn"],
  topics: ["TopicConfigurations", "topicArn", "TopicArn"],
  lambdaFunctions: ["LambdaFunctionConfigurations", "lambdaFunctionArn", "LambdaFunctionArn"],
} as const;

/** Turns the prefix and suffix of each notification into rules of a filter. */
export function withFilters({ eventbridge, ...inputs }: Props): Props {
  const lists = Object.keys(NOTIFICATIONS).flatMap((name) =>
    inputs[name] === undefined ? [] : [[name, (inputs[name] as Props[]).map(withFilter)] as const],
  );
  return { ...inputs, ...Object.fromEntries(lists), ...(eventbridge ? { eventbridge: {} } : {}) };
}

function withFilter({ filterPrefix, filterSuffix, ...notification }: Props): Props {
  const filterRules = Object.entries({ prefix: filterPrefix, suffix: filterSuffix }).flatMap(([name, value]) =>
    value ? [{ name, value }] : [],
  );
  return { ...notification, ...(filterRules.length > 0 ? { filter: { key: { filterRules } } } : {}) };
}

/** The notifications of an answer in the words of the program. */
export function notificationOf(answer: Item, known: Props): Props {
  const lists = Object.entries(NOTIFICATIONS).map(([name, [list, property, member]]) => [
    name,
    answer[list]?.map((held: Item, index: number) => ({
      // AWS makes up an id where the program gives none.
      id: (known[name] as Props[] | undefined)?.[index]?.id ?? (known.bucket ? undefined : held.Id),
      [property]: held[member],
      events: held.Events,
      filterPrefix: valueOf(held, "prefix"),
      filterSuffix: valueOf(held, "suffix"),
    })),
  ]);
  return { eventbridge: answer.EventBridgeConfiguration !== undefined, ...Object.fromEntries(lists) };
}

const valueOf = (held: Item, name: string): unknown =>
  held.Filter?.Key?.FilterRules?.find(({ Name }: Item) => Name?.toLowerCase() === name)?.Value;
