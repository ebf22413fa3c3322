import type { Row } from "../../generic/row";
import { clientOf, commandOf } from "../../generic/services";
import type { Context, Handler, Props } from "../../handler";

interface Parameter {
  readonly name: string;
  readonly value?: string;
  readonly applyMethod?: string;
}

interface Held {
  readonly ParameterName?: string;
  readonly ParameterValue?: string;
  readonly ApplyMethod?: string;
}

/** AWS takes twenty parameters a request. */
const AT_ONCE = 20;

function batches<T>(list: readonly T[]): T[][] {
  const starts = Array.from({ length: Math.ceil(list.length / AT_ONCE) }, (_, index) => index * AT_ONCE);
  return starts.map((start) => list.slice(start, start + AT_ONCE));
}

const listOf = (props: Props): readonly Parameter[] => (props.parameters ?? []) as Parameter[];

const asked = (parameters: readonly Parameter[]): Required<Held>[] =>
  parameters.map(({ name, value = "", applyMethod = "immediate" }) => ({
    ParameterName: name,
    ParameterValue: value,
    ApplyMethod: applyMethod,
  }));

/** In the program's order, with the method only where the program says one. */
function told(held: readonly Held[], known: readonly Parameter[]): Parameter[] {
  const order = new Map(known.map((one, index) => [one.name, { one, index }]));
  const place = (name: string): number => order.get(name)?.index ?? order.size;
  return held
    .map(({ ParameterName = "", ParameterValue = "", ApplyMethod }) => {
      const said = order.get(ParameterName)?.one;
      const silent = said !== undefined && said.applyMethod === undefined;
      return {
        name: ParameterName,
        value: ParameterValue,
        ...(silent || ApplyMethod === undefined ? {} : { applyMethod: ApplyMethod }),
      };
    })
    .sort((one, other) => place(one.name) - place(other.name));
}

/** The parameters of a group are set and reset by requests of their own, some at a time. */
function withParameters(noun: string, group: Handler): Handler {
  const parameters = noun.replace(/Group$/, "s");
  const send = (ctx: Context, operation: string, params: object): Promise<Record<string, unknown>> =>
    ctx.client(clientOf("RDS")).send(commandOf("RDS", operation, params));
  async function each(ctx: Context, verb: string, name: string, list: readonly Parameter[]): Promise<void> {
    for (const Parameters of batches(asked(list))) {
      await send(ctx, `${verb}${noun}`, { [`${noun}Name`]: name, Parameters });
    }
  }
  return {
    ...group,
    async create(ctx, inputs, exists) {
      const made = await group.create(ctx, inputs, exists);
      await each(ctx, "Modify", String(inputs.name), listOf(inputs));
      return made;
    },
    async read(ctx, name, known) {
      const held = await group.read(ctx, name, known);
      if (!held) return undefined;
      const { Parameters = [] } = await send(ctx, `Describe${parameters}`, { [`${noun}Name`]: name, Source: "user" });
      return { ...held, parameters: told(Parameters as Held[], listOf(known)) };
    },
    async update(ctx, name, olds, news, changed) {
      const names = new Set(listOf(news).map((one) => one.name));
      const dropped = listOf(olds).filter((one) => !names.has(one.name));
      await each(ctx, "Reset", name, dropped);
      await each(ctx, "Modify", name, listOf(news));
      await group.update?.(ctx, name, olds, news, changed);
    },
  };
}

/** A group of parameters of instances or of clusters: they differ in the names of their requests. */
export function parameterGroup(type: string, noun: "DBParameterGroup" | "DBClusterParameterGroup"): Row {
  return {
    type,
    service: "RDS",
    create: `Create${noun}`,
    id: "{name}",
    names: { family: "DBParameterGroupFamily" },
    read: `Describe${noun}s`,
    delete: `Delete${noun}`,
    unsent: ["parameters"],
    forgotten: ["parameters"],
    wrap: (handler) => withParameters(noun, handler),
    sends: { description: "Managed by Pulumi" },
    replaceOn: ["name", "namePrefix", "family", "description"],
    keeps: ["name"],
    defaults: { description: "Managed by Pulumi" },
    unordered: ["parameters"],
    settings: noun === "DBParameterGroup" ? ["skipDestroy"] : [],
    autoname: { property: "name", prefix: "namePrefix", maxLength: 255, transform: (name) => name.toLowerCase() },
  };
}
