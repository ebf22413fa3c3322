import assert from "node:assert/strict";
import * as protoutil from "@pulumi/policy/protoutil";
import * as server from "@pulumi/policy/server";
import type { StackValidationPolicy } from "@pulumi/policy";
import {
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  type AnalyzeResponse,
  type AnalyzerInfo,
  PolicySeverity,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { policies } from "../../policies/pack";
import type { PolicyResource, StackView } from "../../policies/rule";
import { engineName, TABLE } from "../../policies/table";
import { openQueue, resource } from "./resources";

type Analyze = (
  call: { request: AnalyzeStackRequest },
  callback: (error: Error | null, response: AnalyzeResponse) => void,
) => void;

/** What `@pulumi/policy` does with the engine's requests: exported, but without types. */
const { makeAnalyzeStackRpcFun } = server as unknown as {
  makeAnalyzeStackRpcFun(name: string, version: string, level: string, of: StackValidationPolicy[]): Analyze;
};
const { makeAnalyzerInfo } = protoutil as unknown as {
  makeAnalyzerInfo(
    name: string,
    version: string,
    level: string,
    pack: { policies: StackValidationPolicy[] },
  ): AnalyzerInfo;
};

/** The engine's request for a stack. */
function requestFor(resources: readonly PolicyResource[]): AnalyzeStackRequest {
  const request = new AnalyzeStackRequest();
  request.setResourcesList(
    resources.map(({ urn, type, name, props }) => {
      const message = new AnalyzerResource();
      message.setUrn(urn);
      message.setType(type);
      message.setName(name);
      message.setProperties(Struct.fromJavaScript(props as Record<string, JavaScriptValue>));
      message.setOptions(new AnalyzerResourceOptions());
      return message;
    }),
  );
  return request;
}

/** Sends a request to the pack, through the code that serves it to the engine. */
function analyze(...resources: readonly PolicyResource[]): Promise<AnalyzeResponse> {
  const serve = makeAnalyzeStackRpcFun("dataplatform", "0.1.0", "advisory", policies);
  return new Promise((resolve, reject) =>
    serve({ request: requestFor(resources) }, (error, response) => (error ? reject(error) : resolve(response))),
  );
}

const violations = (response: AnalyzeResponse, policy: string): string[] =>
  response
    .getDiagnosticsList()
    .filter((one) => one.getPolicyname() === policy)
    .map((one) => one.getUrn().split("::").at(-1) ?? "");
const row = (id: string) => TABLE.find((one) => one.id === id) ?? assert.fail(id);

const encrypted = resource("aws:sqs/queue:Queue", "orders", { kmsMasterKeyId: "arn:aws:kms:eu-central-1:1:key/a" });

describe("the pack in the engine", () => {
  it("builds one view for all the policies of a run", async () => {
    const views = new Map<string, Set<StackView>>();
    const checks = TABLE.map(({ check }) => check);
    TABLE.forEach((rule, index) =>
      Object.assign(rule, {
        check(judged: PolicyResource, stack: StackView) {
          views.set(judged.urn, (views.get(judged.urn) ?? new Set()).add(stack));
          return checks[index]?.(judged, stack);
        },
      }),
    );
    try {
      await analyze(openQueue());
    } finally {
      TABLE.forEach((rule, index) => Object.assign(rule, { check: checks[index] }));
    }
    assert.deepEqual(
      [...views].map(([urn, stacks]) => [urn, stacks.size]),
      [[openQueue().urn, 1]],
    );
  });

  it("judges every run by its own resources, one after another and at the same time", async () => {
    const policy = engineName(row("sqs-1"));
    assert.deepEqual(violations(await analyze(openQueue()), policy), ["orders"]);
    assert.deepEqual(violations(await analyze(encrypted), policy), []);
    const [open, closed, again] = await Promise.all([analyze(openQueue()), analyze(encrypted), analyze(openQueue())]);
    assert.deepEqual(
      [open, closed, again].map((one) => violations(one, policy)),
      [["orders"], [], ["orders"]],
    );
  });

  it("says which policies had nothing to judge", async () => {
    const response = await analyze(openQueue());
    const reasons = new Map(
      response.getNotApplicableList().map((one) => [one.getPolicyName(), one.getReason()] as const),
    );
    assert.match(reasons.get(engineName(row("s3-1"))) ?? "", /no resource that s3-1 applies to/);
    for (const id of ["sqs-1", "cross-1"]) assert.equal(reasons.get(engineName(row(id))), undefined, id);
    // A queue without a policy is of a type that the rule judges, but the rule has nothing to say about it.
    assert.ok(reasons.has(engineName(row("sqs-3"))));
  });

  it("hands over severity, framework, remediation and the controls of every rule", () => {
    const info = makeAnalyzerInfo("dataplatform", "0.1.0", "advisory", { policies });
    const byName = new Map(info.getPoliciesList().map((one) => [one.getName(), one]));
    for (const rule of TABLE) {
      const policy = byName.get(engineName(rule)) ?? assert.fail(rule.id);
      const severity = `POLICY_SEVERITY_${rule.severity.toUpperCase()}` as keyof typeof PolicySeverity;
      assert.equal(policy.getSeverity(), PolicySeverity[severity], rule.id);
      assert.equal(policy.getRemediationSteps(), rule.remediation);
      assert.deepEqual(policy.getTagsList(), [rule.kind, ...rule.maps]);
      const control = rule.maps.find((one) => one.startsWith("FSBP "));
      assert.equal(policy.getFramework()?.getReference().split(", ")[0], control?.replace("FSBP ", ""), rule.id);
    }
  });

  it("says once what is wrong, and once how to mend it", async () => {
    const { title, remediation } = row("sqs-1");
    const messages = (await analyze(openQueue()))
      .getDiagnosticsList()
      .filter((one) => one.getPolicyname() === engineName(row("sqs-1")))
      .map((one) => one.getMessage());
    // The description comes first: `@pulumi/policy` puts it there.
    const problem = "kmsMasterKeyId is not set: messages are not encrypted with a customer managed key";
    assert.deepEqual(messages, [`${title}.\nsqs-1: orders: ${problem}. ${remediation}`]);
  });
});
