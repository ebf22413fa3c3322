import assert from "node:assert/strict";
import { z } from "zod";
import * as library from "../../components";
import { environmentSchema } from "../../infra/schema";

/** A setting with a default of its own. */
interface Defaulted {
  /** The environment's schema, or the settings of a component. */
  readonly root: string;
  readonly path: string;
  readonly node: z.ZodType;
}

/** Names that mean different things in different settings, and so have different defaults. */
const HOMONYMS: readonly string[] = [
  // Headers that a browser may send to a bucket, and headers that identify a client of a WebSocket API.
  "headers",
  // The text that a resource of each component shows.
  "description",
  // The usual port of each kind of server, and of a database.
  "port",
  // Storage and thresholds of a database, and of the instance that migrates one.
  "storageGiB",
  "cpuPercent",
  "freeStoragePercent",
  // A key of KMS and a password are changed at intervals of their own.
  "rotationDays",
  // The type of a key, of disks, and what a migration takes.
  "type",
];

function defaults(root: string, node: z.ZodType, path: readonly string[] = []): Defaulted[] {
  // A default for a group of settings says nothing of its members: they have their own.
  if (node instanceof z.ZodDefault) {
    const members = defaults(root, node.unwrap() as z.ZodType, path);
    return members.length > 0 ? members : [{ root, path: path.join("."), node }];
  }
  if (node instanceof z.ZodPrefault || node instanceof z.ZodOptional || node instanceof z.ZodNullable)
    return defaults(root, node.unwrap() as z.ZodType, path);
  if (node instanceof z.ZodObject)
    return Object.entries(node.shape as Record<string, z.ZodType>).flatMap(([name, member]) =>
      defaults(root, member, [...path, name]),
    );
  if (node instanceof z.ZodRecord) return defaults(root, node.valueType as z.ZodType, path);
  if (node instanceof z.ZodArray) return defaults(root, node.element as z.ZodType, path);
  if (node instanceof z.ZodTuple)
    return [...node.def.items, node.def.rest].flatMap((item) => (item ? defaults(root, item as z.ZodType, path) : []));
  if (node instanceof z.ZodUnion) return node.options.flatMap((option) => defaults(root, option as z.ZodType, path));
  return [];
}

/** Settings of one name that have a default each, in different places. The same zod object in two places is one default. */
function disagreements(roots: Readonly<Record<string, z.ZodType>>): string[] {
  const all = Object.entries(roots).flatMap(([root, schema]) => defaults(root, schema));
  const byName = new Map<string, Defaulted[]>();
  for (const one of all) {
    const name = one.path.split(".").at(-1) ?? "";
    byName.set(name, [...(byName.get(name) ?? []), one]);
  }
  return [...byName]
    .filter(([name]) => !HOMONYMS.includes(name))
    .flatMap(([, found]) => {
      const rivals = found.filter((one) => found.some(({ root, node }) => root !== one.root && node !== one.node));
      const own = rivals.filter(({ node, root }) => !found.some((other) => other.root !== root && other.node === node));
      return own.map(({ root, path, node }) => `${root}: ${path} = ${JSON.stringify(node.parse(undefined))}`);
    });
}

const settings = Object.fromEntries(
  Object.entries(library as Readonly<Record<string, unknown>>).flatMap(([name, value]) =>
    name.endsWith("Settings") && value instanceof z.ZodObject ? [[name, value]] : [],
  ),
);

describe("a setting", () => {
  it("has one default, whether an environment sets it or a component's argument", () => {
    assert.ok(Object.keys(settings).length >= 5, "the components' settings were not read");
    assert.deepEqual(disagreements({ environment: environmentSchema, ...settings }), []);
  });

  it("is found when an environment repeats it with a default of its own", () => {
    const endpoints = z.array(z.enum(library.INTERFACE_ENDPOINTS)).default(["kms", "secretsmanager", "logs", "sts"]);
    const environment = z.strictObject({ network: z.strictObject({ interfaceEndpoints: endpoints }).optional() });
    assert.deepEqual(disagreements({ environment, networkSettings: library.networkSettings }), [
      'environment: network.interfaceEndpoints = ["kms","secretsmanager","logs","sts"]',
      'networkSettings: interfaceEndpoints = ["glue","kms","secretsmanager","logs","sts"]',
    ]);
  });

  it("is found when two components repeat it, even with the same default", () => {
    const days = (): z.ZodType => z.int().default(30);
    assert.deepEqual(
      disagreements({ one: z.strictObject({ days: days() }), other: z.strictObject({ days: days() }) }),
      ["one: days = 30", "other: days = 30"],
    );
  });
});
