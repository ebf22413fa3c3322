import assert from "node:assert/strict";
import { evaluate, type Report } from "../../policies/evaluate";
import type { PolicyResource } from "../../policies/rule";
import { TABLE } from "../../policies/table";
import { components, runExample } from "../support/components";
import type { Recording, RecordedResource } from "../support/harness";

/**
 * The pack over every component as its documentation makes it, with prod's levels: a component left at its defaults is
 * compliant. What the environment decides, not the component (tags, region, boundary, provider, protect), is left to the
 * environments' own check.
 */

const OF_THE_COMPONENT = TABLE.filter(
  // Contributor Insights is billed by the event: advice for tables people read, not for the flow's ledger. Events of databases
  // are told to a topic by another component, for all of them.
  ({ id, path }) =>
    !id.startsWith("cross-") && path !== "dynamodb/contributor-insights" && !/^rds\/[a-z-]+-events$/.test(path),
);

const policed = (one: RecordedResource): PolicyResource => ({
  urn: one.urn,
  type: one.type,
  name: one.name,
  props: { ...one.state, ...one.inputs },
  opts: { protect: one.protect, parent: one.parent },
  propertyDependencies: one.propertyDependencies,
});

const check = (recording: Recording<unknown>, change: (one: PolicyResource) => PolicyResource = (one) => one): Report =>
  evaluate(
    recording.resources.filter(({ custom }) => custom).map((one) => change(policed(one))),
    {
      environment: "prod",
      exemptions: [],
      table: OF_THE_COMPONENT,
    },
  );

const told = (report: Report): string[] =>
  [...report.violations, ...report.unknown].map(
    ({ rule, resource, message }) => `${rule.id} ${resource.name}: ${message}`,
  );

describe("the policy pack over every component's defaults", () => {
  for (const component of components) {
    it(`finds nothing in ${component.name}`, async function () {
      this.timeout(60_000);
      const report = check(await runExample(component.example));
      assert.deepEqual(told(report), []);
      assert.ok(report.checks > 0, "no rule looked at anything");
    });
  }

  it("finds a component that is broken on purpose", async () => {
    const bucket = components.find(({ name }) => name === "SecureBucket");
    const report = check(await runExample(bucket?.example ?? ""), (one) =>
      one.type === "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
        ? {
            ...one,
            props: { ...one.props, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
          }
        : one,
    );
    assert.deepEqual([...new Set(report.violations.map(({ rule }) => rule.id))].sort(), ["s3-1", "s3-2"]);
  });
});
