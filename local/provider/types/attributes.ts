import type { Props } from "../handler";

type Kind = "text" | "number" | "flag";

/** Input property → the attribute of the API, whose values are all text, and what the text stands for. */
export type Attributes = Readonly<Record<string, readonly [attribute: string, kind: Kind]>>;

/** The inputs that are set, as attributes. */
export function toAttributes(table: Attributes, inputs: Props): Record<string, string> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, [attribute]]) => {
      const value = inputs[name];
      return value === undefined || value === "" ? [] : [[attribute, String(value)]];
    }),
  );
}

/** The changed inputs as attributes; what is no longer set goes back to its default, or to nothing. */
export function changedAttributes(
  table: Attributes,
  inputs: Props,
  defaults: Props,
  changed: ReadonlySet<string>,
): [string, string][] {
  return Object.entries(table)
    .filter(([name]) => changed.has(name))
    .map(([name, [attribute, kind]]) => [
      attribute,
      String(inputs[name] ?? defaults[name] ?? (kind === "flag" ? false : "")),
    ]);
}

/** All inputs of the table; those without an attribute as not set. */
export function fromAttributes(table: Attributes, attributes: Readonly<Record<string, string>> | undefined): Props {
  const meaning: Readonly<Record<Kind, (text: string) => unknown>> = {
    text: (text) => text,
    number: Number,
    flag: (text) => text.toLowerCase() === "true",
  };
  return Object.fromEntries(
    Object.entries(table).map(([name, [attribute, kind]]) => {
      const text = attributes?.[attribute];
      return [name, text === undefined || text === "" ? undefined : meaning[kind](text)];
    }),
  );
}
