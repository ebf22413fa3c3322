import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { z } from "zod";
import { NotificationTopic, type EncryptionKey } from "../../components";
import { contractOf } from "../functions/cloud";
import { components, exported, files, root, runExample, type Component } from "../support/components";
import { unread } from "../support/settings";

/**
 * An argument that a component accepts and does not read deceives its caller. Each setting gets other values, and what the example
 * registers must change; the members of the interfaces of arguments must be read somewhere.
 */

type Arguments = Readonly<Record<string, unknown>>;

/** Further arguments under which settings have an effect that they do not have in the component's example. */
const VARIANTS: Readonly<Record<string, readonly ((args: Arguments) => Arguments)[]>> = {
  RelationalDatabase: [
    // An instance with alarms, and a cluster with alarms and a reader.
    (args) => ({ ...args, alerts: alertsOf(args) }),
    (args) => ({
      key: args.key,
      network: args.network,
      databaseName: args.databaseName,
      engine: "aurora-postgresql",
      instanceClass: "db.r6g.large",
      aurora: { readers: 1 },
      alerts: alertsOf(args),
    }),
  ],
  IngestionPipeline: [
    (args) => ({
      ...args,
      contracts: [contractOf("orders", { trigger: { kind: "schedule", schedule: "cron(0 3 * * ? *)" } })],
    }),
  ],
};

const alertsOf = ({ key }: Arguments): NotificationTopic =>
  new NotificationTopic("alerts", { key: key as EncryptionKey });

const settingsOf = (component: string): z.ZodObject | undefined =>
  exported[`${component.charAt(0).toLowerCase()}${component.slice(1)}Settings`] as z.ZodObject | undefined;

/** Returns what an example registers, as text, if its first component of the kind gets other arguments; undefined if it is refused. */
async function registered(
  { name, example }: Component,
  change: (args: unknown) => unknown,
): Promise<string | undefined> {
  let isFirst = true;
  try {
    const { resources } = await runExample(example, false, (component, args) => {
      if (component !== name || !isFirst) return args;
      isFirst = false;
      return change(args);
    });
    return JSON.stringify(resources.map(({ propertyDependencies: _, state: __, ...rest }) => rest));
  } catch {
    return undefined;
  }
}

describe("the settings of a component", function () {
  this.timeout(180_000);

  for (const component of components) {
    const schema = settingsOf(component.name);
    if (!schema) continue;
    it(`have an effect each in ${component.name}`, async () => {
      let paths = await unread(schema, (change) => registered(component, change));
      for (const vary of VARIANTS[component.name] ?? []) {
        const found = await unread(
          schema,
          (change) => registered(component, (args) => change(vary(args as Arguments))),
          paths,
        );
        paths = paths.filter((path) => found.includes(path));
      }
      assert.deepEqual(paths, []);
    });
  }

  it("are found where nothing reads them", async () => {
    const schema = z.strictObject({
      logRetentionDays: z.int().min(1).default(90),
      workers: z.int().min(1).max(99).default(2),
      network: z.strictObject({ zones: z.int().min(1), name: z.string() }).optional(),
      only: z.literal("one").default("one"),
    });
    const program = (args: unknown): Promise<string | undefined> => {
      const { success, data } = schema.safeParse(args);
      return Promise.resolve(success ? `${data.workers} ${data.network?.zones ?? ""}` : undefined);
    };
    const run = (change: (args: unknown) => unknown): Promise<string | undefined> => program(change({}));
    assert.deepEqual(await unread(schema, run), ["logRetentionDays", "network.name"]);
  });
});

describe("the members of an interface of arguments", () => {
  /** The names that the code of a folder, or of a single file, reads from objects. */
  const reads = new Map<string, ReadonlySet<string>>();

  const readIn = (folder: string): ReadonlySet<string> => {
    const known = reads.get(folder);
    if (known) return known;
    const names = new Set<string>();
    const visit = (node: ts.Node): void => {
      if (ts.isPropertyAccessExpression(node)) names.add(node.name.text);
      if (ts.isBindingElement(node)) names.add((node.propertyName ?? node.name).getText());
      if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression))
        names.add(node.argumentExpression.text);
      ts.forEachChild(node, visit);
    };
    for (const file of readdirSync(folder).filter((entry) => entry.endsWith(".ts")))
      visit(sourceOf(join(folder, file)));
    reads.set(folder, names);
    return names;
  };

  const sourceOf = (file: string): ts.SourceFile =>
    ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);

  for (const file of files) {
    for (const statement of sourceOf(file).statements.filter(ts.isInterfaceDeclaration)) {
      if (!statement.name.text.endsWith("Args")) continue;
      it(`${statement.name.text} of ${relative(root, file)} are read`, () => {
        const members = statement.members.filter(ts.isPropertySignature).map(({ name }) => name.getText());
        const read = readIn(dirname(file));
        assert.deepEqual(
          members.filter((name) => !read.has(name)),
          [],
        );
      });
    }
  }
});
