import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate, isRefused, type Report } from "../../policies/evaluate";
import { defectOf, EXEMPTIONS, matches, type Exemption } from "../../policies/exemptions";
import type { PolicyResource } from "../../policies/rule";
import { TABLE } from "../../policies/table";
import { doomedBucket, openQueue } from "./resources";

const LAST_DAY = "2026-11-30";

const exemption = (more: Partial<Exemption> = {}): Exemption => ({
  rule: "sqs-1",
  resource: "aws:sqs/queue:Queue::orders",
  reason: "The partner's account cannot use our key (TICKET-7)",
  owner: "data@example.com",
  expires: LAST_DAY,
  ...more,
});

/** The encryption of queues and the emptying of buckets alone, on a day. */
const judge = (
  exemptions: readonly Exemption[],
  { resources = [openQueue()], environment = "prod", now = `${LAST_DAY}T23:59:59Z` } = {} as {
    resources?: readonly PolicyResource[];
    environment?: string;
    now?: string;
  },
): Report =>
  evaluate(resources, {
    environment,
    exemptions,
    now: new Date(now),
    table: TABLE.filter(({ id }) => ["sqs-1", "s3-10"].includes(id)),
  });

const problems = (report: Report): string[] => report.exemptionProblems.map(({ problem }) => problem);
const names = (all: readonly { readonly resource: PolicyResource }[]): string[] =>
  all.map(({ resource }) => resource.name);

describe("an exemption", () => {
  it("is needed: without one the violation refuses", () => {
    const report = judge([]);
    assert.deepEqual(names(report.violations), ["orders"]);
    assert.ok(isRefused(report));
  });

  it("excuses its resource from its rule, to the end of its last day, and is listed with who answers for it", () => {
    const report = judge([exemption()]);
    assert.deepEqual(report.violations, []);
    assert.deepEqual(names(report.exempted), ["orders"]);
    assert.equal(report.exempted[0]?.exemption.owner, "data@example.com");
    assert.deepEqual(problems(report), []);
    assert.ok(!isRefused(report));
  });

  it("excuses nothing from the day after on, and forbids the deployment itself", () => {
    const report = judge([exemption()], { now: "2026-12-01T00:00:00Z" });
    assert.deepEqual(names(report.violations), ["orders"]);
    assert.deepEqual(report.exempted, []);
    assert.deepEqual(problems(report), ["it expired on 2026-11-30"]);
    assert.ok(isRefused(report));
  });

  it("forbids the deployment when it has expired even where nothing violates any more", () => {
    const report = judge([exemption()], { resources: [], now: "2027-01-01T00:00:00Z" });
    assert.deepEqual(report.violations, []);
    assert.ok(isRefused(report));
  });

  it("that has expired does not stand in the way of one that replaces it", () => {
    const renewed = exemption({ expires: "2027-05-31" });
    const report = judge([exemption(), renewed], { now: "2027-01-01T00:00:00Z" });
    assert.deepEqual(report.violations, []);
    assert.equal(report.exempted[0]?.exemption, renewed);
    assert.deepEqual(problems(report), ["it expired on 2026-11-30"]);
  });

  it("excuses no other resource and from no other rule", () => {
    const report = judge([exemption()], { resources: [openQueue(), openQueue("returns"), doomedBucket()] });
    assert.deepEqual(names(report.violations).sort(), ["raw", "returns"]);
  });

  it("from another rule does not excuse, though it names the resource", () => {
    const report = judge([exemption({ rule: "sqs-2" })]);
    assert.deepEqual(names(report.violations), ["orders"]);
  });

  it("excuses all resources its pattern means", () => {
    const report = judge([exemption({ resource: "aws:sqs/queue:Queue::ord*" })], {
      resources: [openQueue("orders"), openQueue("orders-eu"), openQueue("reorders")],
    });
    assert.deepEqual(names(report.exempted), ["orders", "orders-eu"]);
    assert.deepEqual(names(report.violations), ["reorders"]);
  });

  it("is refused for a rule that allows none, and does not excuse", () => {
    const report = judge([exemption({ rule: "s3-10", resource: "aws:s3/bucket:Bucket::raw" })], {
      resources: [doomedBucket()],
    });
    assert.deepEqual(names(report.violations), ["raw"]);
    assert.deepEqual(problems(report), ["s3-10 allows no exemptions"]);
    assert.ok(isRefused(report));
  });

  it("is refused for a rule that does not exist", () => {
    const report = judge([exemption({ rule: "sqs-99" })]);
    assert.deepEqual(problems(report), ["there is no rule sqs-99"]);
    assert.ok(isRefused(report));
  });

  it("that excuses nothing any more is told, and refuses nothing", () => {
    const report = judge([exemption({ resource: "aws:sqs/queue:Queue::gone" })], { resources: [] });
    assert.deepEqual(problems(report), ["no resource needs it any more"]);
    assert.ok(!isRefused(report));
  });

  it("holds in the environments it names, and in all without", () => {
    const inDev = [exemption({ environments: ["dev"] })];
    assert.deepEqual(names(judge(inDev, { environment: "dev" }).exempted), ["orders"]);
    assert.deepEqual(names(judge(inDev).violations), ["orders"]);
    assert.deepEqual(problems(judge(inDev)), []);
    assert.deepEqual(names(judge([exemption()], { environment: "dev" }).exempted), ["orders"]);
  });

  for (const [what, more, problem] of [
    ["a reason", { reason: "  " }, /gives no reason/],
    ["an owner", { owner: "" }, /owner is "": it must be an e-mail address/],
    ["an owner who can be written to", { owner: "the data team" }, /owner is "the data team"/],
    ["a last day", { expires: "" }, /expires is "": it must be a day, as YYYY-MM-DD/],
    ["a last day as the calendar has it", { expires: "2027-02-31" }, /expires is "2027-02-31"/],
    ["a last day in digits that sort", { expires: "2027-3-1" }, /expires is "2027-3-1"/],
    ["a last day at all", { expires: "never" }, /expires is "never"/],
    ["a type of resource", { resource: "*" }, /resource is "\*": it must be <type>::<name>/],
  ] as const) {
    it(`excuses nothing without ${what}`, () => {
      const report = judge([exemption(more)]);
      assert.deepEqual(names(report.violations), ["orders"]);
      assert.match(problems(report).join(), problem);
      assert.ok(isRefused(report));
    });
  }

  it("does not count what it excuses as compliant", () => {
    const report = judge([exemption()]);
    assert.equal(report.checks, 1);
    assert.equal(report.exempted[0]?.rule.id, "sqs-1");
    assert.match(report.exempted[0]?.message ?? "", /kmsMasterKeyId is not set/);
  });
});

describe("the pattern of an exemption", () => {
  const queue = (name: string): { type: string; name: string } => ({ type: "aws:sqs/queue:Queue", name });

  it("means what it says, letter by letter", () => {
    assert.ok(matches("aws:sqs/queue:Queue::a.b", queue("a.b")));
    assert.ok(!matches("aws:sqs/queue:Queue::a.b", queue("axb")));
    assert.ok(!matches("aws:sqs/queue:Queue::a", queue("ab")));
    assert.ok(!matches("aws:sqs/queue:Queue::b", queue("ab")));
    assert.ok(!matches("aws:sns/topic:Topic::a", queue("a")));
  });

  it("means a resource by its own type and name, whatever they hold", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        fc.pre(!/[*\n\r\u2028\u2029]/.test(name));
        assert.ok(matches(`aws:sqs/queue:Queue::${name}`, queue(name)));
        assert.ok(!matches(`aws:sqs/queue:Queue::${name}`, queue(`${name}x`)));
        assert.ok(matches(`aws:sqs/queue:Queue::${name}*`, queue(`${name}x`)));
      }),
    );
  });
});

describe("the exemptions of this platform", () => {
  it("are complete, of rules that allow them", () => {
    for (const one of EXEMPTIONS) {
      assert.equal(defectOf(one), undefined, JSON.stringify(one));
      assert.ok(TABLE.find(({ id }) => id === one.rule)?.suppressible, one.rule);
    }
  });
});
