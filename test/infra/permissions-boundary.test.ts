import assert from "node:assert/strict";
import { evaluateEnvironment } from "../../cli/evaluate";

describe("the permissions boundary of an environment", () => {
  const bounded = (resources: Awaited<ReturnType<typeof evaluateEnvironment>>): unknown[] =>
    resources
      .filter(({ type }) => ["aws:iam/role:Role", "aws:iam/user:User"].includes(type))
      .map(({ inputs }) => inputs.permissionsBoundary);

  it("bounds every role and user of the program", async () => {
    const boundaries = bounded(await evaluateEnvironment("prod"));
    assert.ok(boundaries.length > 20, "no roles were recorded");
    assert.deepEqual(new Set(boundaries), new Set(["arn:aws:iam::222222222222:policy/data-platform-boundary"]));
  });

  it("is absent where the environment has none", async () => {
    assert.deepEqual(new Set(bounded(await evaluateEnvironment("dev"))), new Set([undefined]));
  });
});
