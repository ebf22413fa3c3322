import assert from "node:assert/strict";

import { outcomeOf, type Outcome, type PolicyResource, type Props } from "../../policies/rule";
import { TABLE, type TableRow } from "../../policies/table";
import { stackView } from "../../policies/view";
import { CASES } from "./cases";
import { UNKNOWN, UNSET, type Change, type Fixture, type RuleCases } from "./cases/case";
import { asInPreview } from "./engine";

const urnOf = (environment: string, { type }: Fixture, name: string): string =>
  `urn:pulumi:${environment}::shop::${type}::${name}`;

/** A copy of a value with something in it set or taken away. */
function changed(value: unknown, [step, ...rest]: readonly string[], to: unknown): unknown {
  if (step === undefined) return to;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>;
  assert.ok(copy[step] !== undefined || rest.length === 0, `the fixture has no ${step}`);
  const inner = changed(copy[step], rest, to);
  if (inner === UNSET) delete copy[step];
  else copy[step] = inner;
  return copy;
}

/** The stack with changes, as rules see it; what is unknown behaves as in a preview of the engine. */
function resourcesOf(cases: RuleCases, change: Change = {}, ignored: readonly string[] = []): PolicyResource[] {
  const environment = cases.environment ?? "prod";
  const fixtures: Record<string, Fixture> = { ...cases.stack };
  for (const [path, to] of Object.entries(change)) {
    const [name = "", ...steps] = path.split(".");
    const old = fixtures[name];
    if (to === UNSET && steps.length === 0) delete fixtures[name];
    else if (steps.length === 0) fixtures[name] = to as Fixture;
    else if (steps[0]?.startsWith("@"))
      fixtures[name] = changed(old, [steps[0].slice(1), ...steps.slice(1)], to) as Fixture;
    else fixtures[name] = { ...(old as Fixture), props: changed(old?.props, steps, to) as Props };
  }
  return Object.entries(fixtures).map(([name, fixture]) => ({
    urn: urnOf(environment, fixture, name),
    type: fixture.type,
    name,
    props: asInPreview(fixture.props),
    opts: {
      protect: fixture.protect,
      provider: fixture.provider ?? `urn:pulumi:${environment}::shop::pulumi:providers:aws::aws::id-of-it`,
    },
    propertyDependencies: Object.fromEntries(
      Object.entries(fixture.from ?? {}).flatMap(([property, key]) => {
        const target = fixtures[key];
        return target && !ignored.includes(`${name}.${property}`)
          ? [[property, [urnOf(environment, target, key)]]]
          : [];
      }),
    ),
  }));
}

/** What the rule finds of the stack's first resource. */
function outcome(row: TableRow, cases: RuleCases, change?: Change, ignored?: readonly string[]): Outcome {
  const resources = resourcesOf(cases, change, ignored);
  const [subject] = resources;
  assert.ok(subject, "the stack is empty");
  assert.ok(row.types.includes(subject.type), `the rule does not speak of ${subject.type}`);
  return outcomeOf(row, subject, stackView(resources, cases.environment ?? "prod"));
}

/** What a resource may be called by in another one. */
const IDENTIFIERS = ["arn", "bucket", "clusterIdentifier", "id", "identifier", "name", "url"];

const OFF = [false, 0, ""];
const shown = (value: unknown): string => (value === "" ? "empty" : String(value));

/** A field's own path and those of what holds it: none of them need be known before deployment. */
function holders(path: string): string[] {
  const [resource = "", ...steps] = path.split(".");
  return steps.map((_, index) => [resource, ...steps.slice(0, index + 1)].join("."));
}

for (const row of TABLE) {
  const cases = CASES[row.path];
  if (!cases) continue; // The inventory misses it.

  describe(`${row.id} (${row.path})`, () => {
    const is = (kind: Outcome["kind"], change?: Change, ignored?: readonly string[]): Outcome => {
      const found = outcome(row, cases, change, ignored);
      assert.equal(found.kind, kind, JSON.stringify(found));
      if (found.kind === "violation") {
        assert.ok(found.message.length > 10, "its message says what is wrong");
        assert.doesNotMatch(found.message, /undefined|NaN|\[object/);
      }
      return found;
    };

    it("finds a compliant resource compliant", () => {
      is("compliant");
    });

    for (const [what, change] of Object.entries(cases.compliant ?? {})) {
      it(`finds one compliant that ${what}`, () => {
        is("compliant", change);
      });
    }

    for (const [what, [change, says]] of Object.entries(cases.violating)) {
      it(`finds one violating that ${what}`, () => {
        const found = is("violation", change);
        assert.match(found.kind === "violation" ? found.message : "", says);
      });
    }

    for (const [path, { unset, off, unknown }] of Object.entries(cases.fields)) {
      it(`takes ${path} unset for ${unset?.join(": ") ?? "a violation"}`, () => {
        is(unset?.[0] ?? "violation", { [path]: UNSET });
        is(unset?.[0] ?? "violation", { [path]: null });
      });

      it(`takes ${path} off for ${off?.join(": ") ?? "a violation"}`, () => {
        for (const value of OFF) {
          const found = outcome(row, cases, { [path]: value });
          assert.equal(found.kind, off?.[0] ?? "violation", `${shown(value)}: ${JSON.stringify(found)}`);
        }
      });

      it(`takes ${path} unknown before deployment for ${unknown?.join(": ") ?? "unknown, not for compliant"}`, () => {
        for (const holder of holders(path)) {
          const found = outcome(row, cases, { [holder]: UNKNOWN });
          assert.equal(found.kind, unknown?.[0] ?? "unknown", `${holder}: ${JSON.stringify(found)}`);
          if (found.kind === "unknown") assert.match(found.what, new RegExp(holder.split(".").at(-1) ?? ""));
        }
      });
    }

    for (const [what, change] of Object.entries(cases.unknown ?? {})) {
      it(`finds one unknown that ${what}`, () => {
        is("unknown", change);
      });
    }

    for (const join of cases.joins ?? []) {
      const [name = "", property = ""] = join.split(".");
      const target = cases.stack[name]?.from?.[property] ?? "";
      const identifiers = Object.keys(cases.stack[target]?.props ?? {}).filter((one) => IDENTIFIERS.includes(one));
      const named = (value: (identifier: string) => unknown): Change =>
        Object.fromEntries(identifiers.map((one) => [`${target}.${one}`, value(one)]));

      for (const identifier of identifiers) {
        it(`knows what ${join} refers to by ${identifier} alone, as in a state`, () => {
          is("compliant", { ...named((one) => `the-${one}`), [join]: `the-${identifier}` }, [join]);
        });
      }

      it(`knows what ${join} refers to by dependency alone, as in a preview`, () => {
        is("compliant", { ...named(() => UNKNOWN), [join]: UNKNOWN });
      });

      it(`finds no help in a ${join} that refers to something else`, () => {
        is("violation", { [join]: "something-else" }, [join]);
      });
    }

    for (const [what, change] of Object.entries(cases.notApplicable ?? {})) {
      it(`has nothing to say of one that ${what}`, () => {
        const found = is("not-applicable", change);
        assert.ok(found.kind === "not-applicable" && found.reason.length > 5);
      });
    }
  });
}
