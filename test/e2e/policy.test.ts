import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { explained, POLICY_PACK, policyConfig, runningCloud } from "../../cli/deploy";
import { checkEnvironment } from "../../cli/evaluate";
import { planEnvironment } from "../../cli/plan";
import { EncryptionKey, SecureBucket } from "../../components";
import { pulumiEnv } from "../../local/cloud";
import { inlineStack } from "../../local/engine/automation";
import { findOrInstallEngine } from "../../local/engine/engine";
import { deployedPlatform } from "./platform";

const ENVIRONMENT = "local";
/** Not the platform's own: the bucket is all this one holds. Its policies are those of ENVIRONMENT. */
const STACK = "dev";
const RULE = "s3-1";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";

/** Takes the customer managed key away from one bucket, past the component, which would not do it. */
const withoutKey: pulumi.ResourceTransformation = ({ type, name, props, opts }) =>
  type === ENCRYPTION && name === "reports-encryption"
    ? { props: { ...props, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] }, opts }
    : undefined;

/** A bucket for reports, as the components make it or with its encryption off. */
const reports =
  (transformations: pulumi.ResourceTransformation[]): PulumiFn =>
  () => {
    const tags = { environment: ENVIRONMENT, owner: "reports@example.org", "cost-center": "4711" };
    const provider = new aws.Provider("aws", { region: "eu-central-1", defaultTags: { tags } });
    const key = new EncryptionKey("reports", { description: "Reports" }, { providers: [provider] });
    new SecureBucket("reports", { key }, { providers: [provider], transformations });
    return Promise.resolve({});
  };
const whole = reports([]);
const broken = reports([withoutKey]);

const quiet = (): void => undefined;

describe("a bucket without its encryption", function () {
  this.timeout(120_000);
  let stack: Stack | undefined;

  before(async () => {
    await deployedPlatform();
  });

  after(async () => {
    await stack?.destroy({ color: "never" });
    await stack?.workspace.removeStack(stack.name);
  });

  const mandatory = async (program: PulumiFn): Promise<string[]> => {
    const { report } = await checkEnvironment(ENVIRONMENT, undefined, program);
    return report.violations.filter(({ level }) => level === "mandatory").map(({ rule }) => rule.id);
  };

  it("is refused by check, and by that rule alone", async () => {
    assert.deepEqual(await mandatory(whole), []);
    assert.deepEqual(await mandatory(broken), [RULE]);
  });

  it("is refused by plan, and by that rule alone", async () => {
    const fine = await planEnvironment(ENVIRONMENT, quiet, { program: whole });
    assert.equal(fine.refusal, undefined);
    const { refusal, policies } = await planEnvironment(ENVIRONMENT, quiet, { program: broken });
    assert.match(refusal ?? "", new RegExp(RULE));
    const refused = policies.filter(({ level }) => level === "mandatory");
    assert.equal(refused.length, 1, JSON.stringify(refused));
    assert.match(refused[0]?.message ?? "", /reports-bucket/);
  });

  it("is refused by up, which takes the bucket once it is encrypted", async () => {
    const options = { engine: await findOrInstallEngine(), env: pulumiEnv(await runningCloud()), purpose: "reports" };
    const policed = {
      policyPacks: [POLICY_PACK],
      policyPackConfigs: [policyConfig(ENVIRONMENT)],
      color: "never" as const,
    };
    stack = await inlineStack(STACK, { ...options, program: broken });
    await assert.rejects(
      stack.up(policed).catch((error: Error) => Promise.reject(explained(error))),
      new RegExp(`${RULE}: reports-bucket`),
    );
    stack = await inlineStack(STACK, { ...options, program: whole });
    const { summary } = await stack.up(policed);
    assert.equal(summary.result, "succeeded");
  });
});
