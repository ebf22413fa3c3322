import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as library from "../../components";
import { ACCOUNT_ROLE_NAMES } from "../../components";
import { components, exported, files, root, runExample } from "../support/components";
import type { Recording } from "../support/harness";

/**
 * What holds for every component: read off its source, and off what the example in its own documentation registers. A new
 * component is held to it by being exported.
 */

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
          if (NAMED_BY_THEIR_USERS.has(resource.type) || ACCOUNT_ROLE_NAMES.includes(resource.inputs.name)) continue;
          for (const field of PHYSICAL_NAMES[resource.type] ?? ["name"]) {
            // A name that is made from another resource's is as unique as that one.
            if ((resource.propertyDependencies[field] ?? []).length > 0) continue;
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

      it("says each default once, in the settings it exports", () => {
        const text = readFileSync(join(root, component.file), "utf8");
        const settings = `${component.name[0]?.toLowerCase()}${component.name.slice(1)}Settings`;
        if (text.includes(`Settings<typeof ${settings}>`))
          assert.ok(settings in exported, `the index lacks ${settings}`);
        for (const [, name = ""] of text.matchAll(/Settings<typeof (\w+)>/g)) assert.ok(name in exported, name);
        assert.doesNotMatch(text, /_DEFAULTS\b/);
      });
    });
  }
});

/** Beside the names a service prescribes (`ACCOUNT_ROLE_NAMES`): names that are addresses people type, or that only tell entries of one parent resource apart. */
const NAMED_BY_THEIR_USERS = new Set([
  "aws:glue/catalogDatabase:CatalogDatabase",
  "aws:glue/catalogTable:CatalogTable",
  "aws:athena/namedQuery:NamedQuery",
  "aws:apigatewayv2/stage:Stage",
  "aws:appsync/dataSource:DataSource",
  "aws:appsync/function:Function",
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
      // What the documentation shows as an example is nobody's code.
      const text = readFileSync(file, "utf8").replace(/\/\*\*[\s\S]*?\*\//g, "");
      assert.doesNotMatch(text, /["'`]arn:aws:/, relative(root, file));
      // `kms:*` is the account's own delegation to IAM; `s3:*` and `sqs:*` stand in statements that deny.
      for (const [, service] of text.matchAll(/actions: \["(\w+):\*"\]/g)) {
        assert.ok(["kms", "sqs"].includes(service ?? ""), `${relative(root, file)} grants ${service}:*`);
      }
    }
  });
});
