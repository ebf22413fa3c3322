import assert from "node:assert/strict";
import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { z } from "zod";
import { evaluate, type Report } from "../../policies/evaluate";
import type { Exemption } from "../../policies/exemptions";
import { jsonReport, junitReport, sarifReport, type DeploymentProblem } from "../../policies/report";
import { TABLE } from "../../policies/table";
import { asInPreview, UNKNOWN } from "./engine";
import { openQueue, resource } from "./resources";

const NOW = new Date("2026-11-23T00:00:00Z");

const exemption = (more: Partial<Exemption> = {}): Exemption => ({
  rule: "sqs-1",
  resource: "aws:sqs/queue:Queue::returns",
  reason: "The partner's account cannot use our key",
  owner: "data@example.com",
  expires: "2026-12-31",
  ...more,
});

/** One mandatory violation of `sqs-1`, one that is excused, one unknown, an advisory one of `ddb-9`, an expired exemption. */
const report = (name = "orders"): Report =>
  evaluate(
    [
      openQueue(name),
      openQueue("returns"),
      resource("aws:sqs/queue:Queue", "later", asInPreview({ kmsMasterKeyId: UNKNOWN })),
      resource("aws:dynamodb/table:Table", "ledger"),
    ],
    {
      environment: "prod",
      now: NOW,
      exemptions: [exemption(), exemption({ resource: "aws:sqs/queue:Queue::old", expires: "2025-12-31" })],
      table: TABLE.filter(({ id }) => ["sqs-1", "ddb-9"].includes(id)),
    },
  );

/** Fine: nothing to report. */
const clean = evaluate([], { environment: "dev", exemptions: [] });

describe("the report as JSON", () => {
  it("has every finding with its rule, its resource and what mends it", () => {
    const read = JSON.parse(jsonReport(report())) as { readonly refused: boolean } & Readonly<
      Record<"violations" | "unknown" | "exempted" | "exemptionProblems", readonly unknown[]>
    >;
    assert.deepEqual(Object.keys(read), [
      "environment",
      "refused",
      "resources",
      "checks",
      "violations",
      "unknown",
      "exempted",
      "exemptionProblems",
      "problems",
    ]);
    assert.equal(read.refused, true);
    assert.deepEqual(read.violations[1], {
      rule: "sqs-1",
      title: "Queues are encrypted with a customer managed key",
      severity: "medium",
      level: "mandatory",
      maps: ["FSBP SQS.1", "CKV_AWS_27"],
      resource: {
        urn: "urn:pulumi:prod::shop::aws:sqs/queue:Queue::orders",
        type: "aws:sqs/queue:Queue",
        name: "orders",
      },
      message: "kmsMasterKeyId is not set: messages are not encrypted with a customer managed key",
      remediation: "Set kmsMasterKeyId to a customer managed key.",
    });
    const names = (part: "violations" | "unknown" | "exempted"): string[] =>
      (read[part] as { resource: { name: string } }[]).map((one) => one.resource.name);
    assert.deepEqual(
      [names("violations"), names("unknown"), names("exempted")],
      [["ledger", "orders"], ["later"], ["returns"]],
    );
    assert.equal((read.exempted[0] as { exemption: Exemption }).exemption.owner, "data@example.com");
    assert.match((read.exemptionProblems[0] as { problem: string }).problem, /expired/);
  });
});

/** What SARIF 2.1.0 asks for, and what code hosts read of it: https://docs.oasis-open.org/sarif/sarif/v2.1.0/. */
const text = z.strictObject({ text: z.string().min(1) });
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string().min(1),
          rules: z.array(
            z.strictObject({
              id: z.string().min(1),
              name: z.string().min(1),
              shortDescription: text,
              help: text.optional(),
              properties: z
                .strictObject({
                  tags: z.array(z.string()),
                  "security-severity": z.string().refine((value) => Number(value) > 0 && Number(value) <= 10),
                })
                .optional(),
            }),
          ),
        }),
      }),
      artifacts: z.array(z.strictObject({ sourceLanguage: z.string(), location: z.strictObject({ uri: z.string() }) })),
      automationDetails: z.strictObject({ id: z.string().endsWith("/") }),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.number().int().min(0),
          level: z.enum(["none", "note", "warning", "error"]),
          message: text,
          locations: z
            .array(
              z.strictObject({
                physicalLocation: z.strictObject({
                  artifactLocation: z.strictObject({
                    uri: z.string().regex(/^[\w./-]+$/),
                    index: z.number().int().min(0),
                  }),
                  region: z.strictObject({ startLine: z.number().int().min(1) }),
                }),
                logicalLocations: z
                  .array(z.strictObject({ name: z.string(), fullyQualifiedName: z.string(), kind: z.string() }))
                  .optional(),
              }),
            )
            .min(1),
          partialFingerprints: z.record(z.string(), z.string()),
          suppressions: z
            .array(z.strictObject({ kind: z.enum(["inSource", "external"]), justification: z.string() }))
            .optional(),
        }),
      ),
    }),
  ]),
});
const run = (of: Report, problems: readonly DeploymentProblem[] = []): z.infer<typeof sarif>["runs"][0] =>
  sarif.parse(JSON.parse(sarifReport(of, problems))).runs[0];

describe("the report as SARIF", () => {
  it("has the shape that the format asks for, with findings and without", () => {
    assert.equal(run(report()).results.length, 5);
    assert.deepEqual(run(clean).results, []);
  });

  it("describes every rule once, and names no other in its results", () => {
    const { tool, results } = run(report());
    const ids = tool.driver.rules.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(ids, [...TABLE.map(({ id }) => id), "exemptions"]);
    for (const { ruleId, ruleIndex } of results) assert.equal(ids[ruleIndex], ruleId);
  });

  it("calls what refuses an error, what is advised or unknown a warning, and what is excused suppressed", () => {
    const found = run(report()).results.map(({ ruleId, level, message, suppressions }) => [
      ruleId,
      level,
      message.text.split(":")[0],
      suppressions?.[0]?.justification,
    ]);
    assert.deepEqual(found, [
      ["ddb-9", "warning", "ledger", undefined],
      ["sqs-1", "error", "orders", undefined],
      ["sqs-1", "warning", "later", undefined],
      ["sqs-1", "error", "returns", "The partner's account cannot use our key (data@example.com, until 2026-12-31)"],
      ["exemptions", "error", "exemption of aws", undefined],
    ]);
  });

  it("points at files that exist", () => {
    const { artifacts, results } = run(report());
    for (const { locations } of results) {
      for (const { artifactLocation } of locations.map(({ physicalLocation }) => physicalLocation)) {
        assert.ok(["infra/index.ts", "policies/exemptions.ts"].includes(artifactLocation.uri));
        assert.equal(artifacts[artifactLocation.index]?.location.uri, artifactLocation.uri);
      }
    }
  });

  it("recognises a finding again, and tells it from the same one of another resource", () => {
    const prints = (of: Report): string[] => run(of).results.map((one) => one.partialFingerprints.resource ?? "");
    assert.deepEqual(prints(report()), prints(report()));
    assert.equal(new Set(prints(report())).size, 5);
  });

  it("keeps environments apart", () => {
    assert.notEqual(run(report()).automationDetails.id, run(clean).automationDetails.id);
  });

  it("gives every severity the number its name stands for where code hosts sort by it", () => {
    const bands = { low: [0.1, 3.9], medium: [4, 6.9], high: [7, 8.9], critical: [9, 10] } as const;
    const { rules } = run(clean).tool.driver;
    for (const { id, severity } of TABLE) {
      const number = Number(rules.find((one) => one.id === id)?.properties?.["security-severity"]);
      const [least, most] = bands[severity];
      assert.ok(number >= least && number <= most, `${id}: ${number}`);
    }
  });
});

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly failure?: { readonly message: string; readonly "#text": string };
  readonly skipped?: unknown;
  readonly "system-out"?: string;
}
interface Suite {
  readonly name: string;
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
  readonly testcase: readonly Case[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseAttributeValue: false,
  parseTagValue: false,
  isArray: (name) => name === "testcase",
});

function suite(of: Report, problems: readonly DeploymentProblem[] = []): Suite {
  const xml = junitReport(of, problems);
  assert.equal(XMLValidator.validate(xml), true);
  const read = parser.parse(xml) as {
    testsuites: { testsuite: Suite & { tests: string; failures: string; skipped: string } };
  };
  const { testsuite } = read.testsuites;
  return {
    ...testsuite,
    tests: Number(testsuite.tests),
    failures: Number(testsuite.failures),
    skipped: Number(testsuite.skipped),
  };
}

const problemOf = (lint: string, name: string): DeploymentProblem => ({
  lint,
  resource: { urn: `urn:pulumi:prod::shop::aws:iam/role:Role::${name}`, type: "aws:iam/role:Role", name },
  message: "the generated name has 65 characters, and at most 64 are allowed",
  remedy: "Shorten the resource's name.",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
});

describe("problems that AWS would show only after a deployment", () => {
  const problems = [problemOf("quotas", "long"), problemOf("principals", "alerts"), problemOf("quotas", "longer")];

  it("read as sentences, whether a lint ends its message with a full stop or not", () => {
    const problem = problemOf("undelivered", "queue");
    const ends = [problem, { ...problem, message: `${problem.message}.` }];
    for (const { message } of run(clean, ends).results) assert.match(message.text, /are allowed\. Shorten/);
    assert.doesNotMatch(junitReport(clean, ends), /\.\. /);
  });

  it("are in the report as JSON, and refuse an environment that violates no rule", () => {
    const read = JSON.parse(jsonReport(clean, problems)) as { refused: boolean; problems: unknown };
    assert.equal(read.refused, true);
    assert.deepEqual(read.problems, problems);
    assert.equal((JSON.parse(jsonReport(clean)) as { refused: boolean }).refused, false);
  });

  it("are errors in SARIF, of a rule for each kind, with the page that they are based on", () => {
    const { tool, results } = run(clean, problems);
    const ids = tool.driver.rules.map(({ id }) => id);
    assert.deepEqual(ids.slice(-2), ["lint-principals", "lint-quotas"]);
    assert.deepEqual(
      results.map(({ ruleId, level, locations }) => [ruleId, level, locations[0]?.logicalLocations?.[0]?.name]),
      [
        ["lint-quotas", "error", "long"],
        ["lint-principals", "error", "alerts"],
        ["lint-quotas", "error", "longer"],
      ],
    );
    for (const { ruleId, ruleIndex, message } of results) {
      assert.equal(ids[ruleIndex], ruleId);
      assert.match(message.text, /at most 64 are allowed\. Shorten the resource's name\. https:/);
    }
    assert.equal(new Set(results.map((one) => one.partialFingerprints.resource)).size, 3);
  });

  it("fail a test case for each kind in JUnit XML", () => {
    const { testcase, failures } = suite(clean, problems);
    assert.equal(failures, 2);
    const failed = testcase.filter(({ failure }) => failure !== undefined);
    assert.deepEqual(
      failed.map(({ classname, failure }) => [classname, failure?.message]),
      [
        ["lints.principals", "1 violation"],
        ["lints.quotas", "2 violations"],
      ],
    );
    assert.match(failed[1]?.failure?.["#text"] ?? "", /aws:iam\/role:Role::longer: the generated name/);
  });
});

/** An exemption that is in nobody's way. */
const idle = evaluate([], { environment: "prod", now: NOW, exemptions: [exemption()] });

describe("the report as JUnit XML", () => {
  it("does not fail over an exemption that excuses nothing any more, which SARIF warns of", () => {
    assert.equal(suite(idle).failures, 0);
    assert.deepEqual(
      run(idle).results.map(({ ruleId, level }) => [ruleId, level]),
      [["exemptions", "warning"]],
    );
  });

  it("has a test case for every rule and one for the exemptions, and counts them", () => {
    for (const one of [report(), clean]) {
      const { tests, testcase, failures, skipped } = suite(one);
      assert.equal(tests, TABLE.length + 1);
      assert.equal(testcase.length, tests);
      assert.equal(testcase.filter(({ failure }) => failure).length, failures);
      assert.equal(testcase.filter((rule) => rule.skipped !== undefined).length, skipped);
    }
  });

  it("fails the rules that refuse, naming the resources, and no others", () => {
    const failed = suite(report()).testcase.filter(({ failure }) => failure);
    assert.deepEqual(
      failed.map(({ name, classname }) => [name, classname]),
      [
        ["sqs-1 Queues are encrypted with a customer managed key", "policies.sqs.encryption"],
        ["Exemptions are complete, in force and needed", "policies.exemptions"],
      ],
    );
    assert.equal(failed[0]?.failure?.message, "1 violation");
    assert.match(failed[0]?.failure?.["#text"] ?? "", /^sqs-1 aws:sqs\/queue:Queue::orders: kmsMasterKeyId is not set/);
    assert.match(failed[1]?.failure?.["#text"] ?? "", /expired on 2025-12-31/);
  });

  it("skips what it can neither pass nor fail, and says why", () => {
    const of = (what: Report, id: string): Case =>
      suite(what).testcase.find(({ name }) => name.startsWith(`${id} `)) ?? assert.fail(id);
    const unknown = evaluate([resource("aws:sqs/queue:Queue", "later", asInPreview({ kmsMasterKeyId: UNKNOWN }))], {
      environment: "dev",
      exemptions: [],
    });
    for (const [what, id, why] of [
      [unknown, "sqs-1", /^not known before deployment:\nsqs-1 aws:sqs\/queue:Queue::later: .*kmsMasterKeyId/],
      [unknown, "s3-1", /^the rule applies to none of the resources$/],
      [unknown, "ddb-9", /^the rule is disabled in dev$/],
    ] as const) {
      const { failure, skipped, "system-out": reason } = of(what, id);
      assert.equal(failure, undefined, id);
      assert.notEqual(skipped, undefined, id);
      assert.match(reason ?? "", why);
    }
    // A violation counts for more than what is unknown besides, and a compliant resource passes.
    assert.ok(of(report(), "sqs-1").failure);
    const encrypted = evaluate(
      [resource("aws:sqs/queue:Queue", "orders", { kmsMasterKeyId: "arn:aws:kms:eu-west-1:1:key/a" })],
      { environment: "dev", exemptions: [] },
    );
    const { failure, skipped } = of(encrypted, "sqs-1");
    assert.deepEqual([failure, skipped], [undefined, undefined]);
  });

  it("passes when nothing refuses, though something is advised", () => {
    const advised = evaluate([openQueue()], { environment: "dev", exemptions: [] });
    assert.ok(advised.violations.length > 0);
    assert.equal(suite(advised).failures, 0);
    assert.equal(suite(advised).name, "policies dev");
  });

  it("stays XML whatever a resource is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const [failed] = suite(report(name)).testcase.filter(({ failure }) => failure);
        assert.ok(failed?.failure);
      }),
      { numRuns: 50 },
    );
    const [failed] = suite(report(`a<b>&"c"\u0000`)).testcase.filter(({ failure }) => failure);
    assert.match(failed?.failure?.["#text"] ?? "", /^sqs-1 aws:sqs\/queue:Queue::a<b>&"c"\ufffd: /);
    const [section] = suite(report("a]]>b]]>c")).testcase.filter(({ failure }) => failure);
    assert.match(section?.failure?.["#text"] ?? "", /::a\]\] >b\]\] >c: /);
  });
});
