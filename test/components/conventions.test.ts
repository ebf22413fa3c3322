import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import * as library from "../../components";
import { record, type Recording } from "../support/harness";

/**
 * What holds for every component: read off its source, and off what the example in its own documentation registers. A new
 * component is held to it by being exported.
 */

const root = resolve(__dirname, "../../components");

interface Component {
  readonly name: string;
  readonly stage: string;
  readonly file: string;
  readonly doc: string;
  readonly example: string;
  readonly fields: readonly { readonly name: string; readonly type: string; readonly readonly: boolean }[];
  /** Exported constants of the file. */
  readonly constants: readonly string[];
}

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && file !== "index.ts")
  .map((file) => join(root, file));

/** The classes that extend the base, as their source says. */
const components: Component[] = files.flatMap((file) => {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const constants = source.statements
    .filter(ts.isVariableStatement)
    .filter((statement) => statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .flatMap((statement) => statement.declarationList.declarations.map((one) => one.name.getText()));
  return source.statements
    .filter(ts.isClassDeclaration)
    .filter((one) => one.heritageClauses?.some((clause) => /\bPlatformComponent\b/.test(clause.getText())))
    .map((one) => {
      const [comment] = ts.getJSDocCommentsAndTags(one).filter(ts.isJSDoc);
      const tag = comment?.tags?.find(({ tagName }) => tagName.text === "example");
      const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
      return {
        name: one.name?.text ?? "",
        stage: relative(root, file).split("/")[0] ?? "",
        file: relative(root, file),
        doc: (ts.getTextOfJSDocComment(comment?.comment) ?? "").trim(),
        example: (ts.getTextOfJSDocComment(tag?.comment) ?? "").trim(),
        fields: one.members
          .filter(ts.isPropertyDeclaration)
          .filter((member) => !member.modifiers?.some(({ kind }) => hidden.includes(kind)))
          .map((member) => ({
            name: member.name.getText(),
            type: member.type?.getText() ?? "",
            readonly: member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) ?? false,
          })),
        constants,
      };
    });
});

const exported = library as unknown as Record<string, unknown>;

/** Runs the example; hands back what it registered and every component it made. */
async function runExample(example: string, preview = false): Promise<Recording<Map<string, pulumi.ComponentResource>>> {
  const { outputText } = ts.transpileModule(example, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS },
  });
  const made = new Map<string, pulumi.ComponentResource>();
  const watched = Object.fromEntries(
    Object.entries(exported).map(([name, value]) => [
      name,
      components.some((one) => one.name === name) ? watch(name, value, made) : value,
    ]),
  );
  return record(
    () => {
      new Function(...Object.keys(watched), outputText)(...Object.values(watched));
      return made;
    },
    { preview },
  );
}

function watch(name: string, value: unknown, made: Map<string, pulumi.ComponentResource>): unknown {
  return new Proxy(value as new (...args: unknown[]) => pulumi.ComponentResource, {
    construct(target, args) {
      const one = new target(...args);
      made.set(name, one);
      return one;
    },
  });
}

describe("every component", () => {
  it("is exported from the library's index, and only components are", () => {
    const inIndex = Object.entries(exported)
      .filter(([, value]) => typeof value === "function" && value.prototype instanceof library.PlatformComponent)
      .map(([name]) => name);
    assert.deepEqual(inIndex.sort(), components.map(({ name }) => name).sort());
    assert.ok(components.length >= 10, "the source was not read");
  });

  for (const component of components) {
    describe(component.name, () => {
      let run: Recording<Map<string, pulumi.ComponentResource>>;
      const token = `dataplatform:${component.stage}:${component.name}`;

      before(async function () {
        // The first run bundles the functions.
        this.timeout(60_000);
        run = await runExample(component.example);
      });

      it("says in its documentation what it is, with an example that runs", () => {
        assert.ok(component.doc.length > 40, `${component.file} lacks a doc comment`);
        assert.match(component.example, new RegExp(`new ${component.name}\\(`), `${component.file} lacks an @example`);
        assert.ok(run.result.has(component.name));
      });

      it("has its own type token, of its stage", () => {
        assert.ok(
          run.all(token).length > 0,
          `expected ${token} among ${run.resources.map(({ type }) => type).join(", ")}`,
        );
      });

      it("is the parent of children called <name>-<role>, without physical names of their own choice", () => {
        for (const parent of run.all(token)) {
          const children = run.resources.filter((resource) => resource.parent === parent.urn);
          assert.ok(children.length > 0, `${parent.name} has no children`);
          for (const child of children) {
            assert.ok(child.name.startsWith(`${parent.name}-`), `${child.name} is a child of ${parent.name}`);
          }
        }
        for (const resource of run.resources.filter(({ custom }) => custom)) {
          assert.notEqual(resource.parent, "", `${resource.type} ${resource.name} has no parent`);
          for (const field of ["bucketPrefix", "namePrefix"]) assert.equal(resource.inputs[field], undefined);
          if (NAMED_BY_THEIR_USERS.has(resource.type)) continue;
          for (const field of PHYSICAL_NAMES[resource.type] ?? ["name"]) {
            assert.equal(
              resource.inputs[field],
              undefined,
              `${resource.type} ${resource.name} has a hard-coded ${field}`,
            );
          }
        }
      });

      it("registers exactly its public outputs, and documents them as read-only", () => {
        const one = run.result.get(component.name) as unknown as Record<string, unknown>;
        const outputs = component.fields.filter(({ name }) => !holdsResources(one[name])).map(({ name }) => name);
        for (const parent of run.all(token)) {
          assert.deepEqual(Object.keys(parent.outputs ?? {}).sort(), outputs.sort());
        }
        for (const field of component.fields)
          assert.ok(field.readonly, `${component.name}.${field.name} can be assigned`);
      });

      it("shows in a preview, when nothing is known yet, every resource it makes", async () => {
        const before = await runExample(component.example, true);
        assert.deepEqual(before.resources.map(({ urn }) => urn).sort(), run.resources.map(({ urn }) => urn).sort());
      });

      it("keeps each role's policy within what IAM takes", () => {
        for (const policy of run.all("iam/rolePolicy:RolePolicy")) {
          // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
          assert.ok(policy.inputs.policy.length <= 10_240, `${policy.name}: ${policy.inputs.policy.length} characters`);
        }
      });

      it("keeps its defaults in one exported constant", () => {
        const constant = `${component.name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}_DEFAULTS`;
        assert.ok(component.constants.includes(constant), `${component.file} does not export ${constant}`);
        assert.ok(constant in exported, `the index does not export ${constant}`);
      });
    });
  }
});

/** Names that are addresses people type, or that only tell entries of one parent resource apart. */
const NAMED_BY_THEIR_USERS = new Set([
  "aws:glue/catalogDatabase:CatalogDatabase",
  "aws:glue/catalogTable:CatalogTable",
  "aws:athena/namedQuery:NamedQuery",
  "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
  "aws:s3/inventory:Inventory",
]);
/** Where a `name` is not the resource's own, and what is. */
const PHYSICAL_NAMES: Readonly<Record<string, readonly string[]>> = {
  "aws:s3/bucket:Bucket": ["bucket"],
};

function holdsResources(value: unknown): boolean {
  if (pulumi.Resource.isInstance(value)) return true;
  if (pulumi.Output.isInstance(value) || value === null || typeof value !== "object") return false;
  const items = Object.values(value);
  return Array.isArray(value) || items.length === 0
    ? items.every((item) => pulumi.Resource.isInstance(item))
    : items.some(holdsResources);
}

describe("the component library's source", () => {
  for (const file of files) {
    const name = relative(root, file);
    it(`${name} reads no configuration and no stack name`, () => {
      assert.doesNotMatch(readFileSync(file, "utf8"), /\bpulumi\.(Config|getStack|getProject)\b/);
    });
  }

  it("grants no whole service and names no partition", () => {
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      assert.doesNotMatch(text, /["'`]arn:aws:/, relative(root, file));
      // `kms:*` is the account's own delegation to IAM; `s3:*` and `sqs:*` stand in statements that deny.
      for (const [, service] of text.matchAll(/actions: \["(\w+):\*"\]/g)) {
        assert.ok(["kms", "sqs"].includes(service ?? ""), `${relative(root, file)} grants ${service}:*`);
      }
    }
  });
});
