/** Writes the expressions of DynamoDB requests, so that no other file spells out placeholders. */

/** Collects the names and the values that an expression refers to. Every name gets a placeholder: many are reserved words. */
class Placeholders {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, unknown> = {};

  name(attribute: string): string {
    this.names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  }

  value(value: unknown): string {
    const placeholder = `:v${Object.keys(this.values).length}`;
    this.values[placeholder] = value;
    return placeholder;
  }
}

/** A condition on an item's attributes, as text that refers to placeholders. */
export type Condition = (use: Placeholders) => string;

const compare =
  (operator: string) =>
  (attribute: string, value: unknown): Condition =>
  (use) =>
    `${use.name(attribute)} ${operator} ${use.value(value)}`;

export const equals = compare("=");
export const differs = compare("<>");
export const isBelow = compare("<");
export const itemExists: Condition = (use) => `attribute_exists(${use.name("pk")})`;
export const itemMissing: Condition = (use) => `attribute_not_exists(${use.name("pk")})`;

const joined =
  (word: string) =>
  (...conditions: readonly Condition[]): Condition =>
  (use) =>
    conditions.map((condition) => condition(use)).join(` ${word} `);

export const all = joined("AND");
export const any =
  (...conditions: readonly Condition[]): Condition =>
  (use) =>
    `(${joined("OR")(...conditions)(use)})`;

/** What an update does to an item, and when it may. */
export interface Change {
  /** New values. An attribute whose value is undefined keeps the value that it has. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Values for attributes that the item does not have yet. */
  readonly setOnce?: Readonly<Record<string, unknown>>;
  /** Amounts that are added to numbers; a number that is missing counts as 0. */
  readonly increase?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
  readonly when?: Condition;
}

interface Placed {
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

const placed = ({ names, values }: Placeholders): Placed => ({
  ExpressionAttributeNames: names,
  ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
});

/** The members of a request that hold a condition. */
export function conditionMembers(when: Condition): { readonly ConditionExpression: string } & Placed {
  const use = new Placeholders();
  return { ConditionExpression: when(use), ...placed(use) };
}

/** The members of a query that hold its key condition. */
export function keyConditionMembers(when: Condition): { readonly KeyConditionExpression: string } & Placed {
  const use = new Placeholders();
  return { KeyConditionExpression: when(use), ...placed(use) };
}

/** The members of an update request that hold its change and its condition. */
export function updateMembers(
  change: Change,
): { readonly UpdateExpression: string; readonly ConditionExpression?: string } & Placed {
  const use = new Placeholders();
  const defined = Object.entries(change.set ?? {}).filter(([, value]) => value !== undefined);
  const sets = [
    ...defined.map(([name, value]) => `${use.name(name)} = ${use.value(value)}`),
    ...Object.entries(change.setOnce ?? {}).map(
      ([name, value]) => `${use.name(name)} = if_not_exists(${use.name(name)}, ${use.value(value)})`,
    ),
    ...Object.entries(change.increase ?? {}).map(
      ([name, amount]) =>
        `${use.name(name)} = if_not_exists(${use.name(name)}, ${use.value(0)}) + ${use.value(amount)}`,
    ),
  ];
  const removes = (change.remove ?? []).map((name) => use.name(name));
  const UpdateExpression = [
    ...(sets.length > 0 ? [`SET ${sets.join(", ")}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(", ")}`] : []),
  ].join(" ");
  return {
    UpdateExpression,
    ...(change.when === undefined ? {} : { ConditionExpression: change.when(use) }),
    ...placed(use),
  };
}
