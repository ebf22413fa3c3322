import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { execa } from "execa";
import pMap from "p-map";
import { LOCAL_REGION } from "../../local/cloud";
import { REPOSITORY } from "../../local/paths";
import { pulumi, temporaryFolder, type Answer, type Variables } from "../support/plain";
import { deployedPlatform } from "./platform";

/**
 * Plain `pulumi`, as a person uses it who cloned the repository and ran `npm ci`: the real CLI and a real language host in
 * processes of their own, in a copy of the sources, with the variables that `platform local env` prints.
 */

const EXAMPLES = readdirSync(join(REPOSITORY, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
/** What a clone does not hold; installed and built things are those of the repository. */
const NOT_CLONED = ["node_modules", "dist", ".platform", ".git"];

/** What `platform local env` sets, and nothing else. */
async function localEnvironment(): Promise<Variables> {
  const { stdout } = await execa(process.execPath, [join(REPOSITORY, "cli", "bin", "platform.js"), "local", "env"]);
  return Object.fromEntries([...stdout.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]));
}

describe("plain pulumi, with what `platform local env` prints", function () {
  this.timeout(300_000);
  let clone: ReturnType<typeof temporaryFolder>;
  let platform: Variables;
  /** The same cloud, with a state of the examples' own. */
  let examples: Variables;

  before(async () => {
    await deployedPlatform();
    clone = temporaryFolder("clone");
    cpSync(REPOSITORY, clone.folder, {
      recursive: true,
      preserveTimestamps: true,
      filter: (source) => !NOT_CLONED.includes(relative(REPOSITORY, source)),
    });
    for (const shared of ["node_modules", "dist"]) symlinkSync(join(REPOSITORY, shared), join(clone.folder, shared));
    const state = join(clone.folder, "state-of-examples");
    mkdirSync(state);
    platform = await localEnvironment();
    examples = { ...platform, PULUMI_BACKEND_URL: `file://${state}` };
    await giveSecret("on-premises-files", /account\("secretsmanager", .*\)/);
  });
  after(() => clone?.remove());

  /** An example that names a secret of its reader's account gets one that exists. */
  async function giveSecret(example: string, placeholder: RegExp): Promise<void> {
    const client = new SecretsManagerClient({
      endpoint: platform.AWS_ENDPOINT_URL ?? "",
      region: LOCAL_REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const { ARN = "" } = await client.send(new CreateSecretCommand({ Name: "recipes", SecretString: "{}" }));
    const program = join(clone.folder, "examples", example, "index.ts");
    const text = readFileSync(program, "utf8");
    assert.match(text, placeholder);
    writeFileSync(program, text.replace(placeholder, JSON.stringify(ARN)));
  }

  const previewPlatform = (...more: readonly string[]): Promise<Answer> =>
    pulumi(clone.folder, platform, "preview", "-s", "local", ...more);

  const region = ["--config", `aws:region=${LOCAL_REGION}`];

  async function onExample(name: string, command: string, ...more: readonly string[]): Promise<Answer> {
    return pulumi(join(clone.folder, "examples", name), examples, command, "-s", "test", ...more);
  }

  const initialised = (name: string): Promise<Answer> =>
    pulumi(join(clone.folder, "examples", name), examples, "stack", "init", "test");

  it("sees no change of the deployed platform, under the policy pack", async () => {
    const config = join("policies", "config.local.json");
    const { code, output } = await previewPlatform(
      ...["--expect-no-changes", "--policy-pack", "policies", "--policy-pack-config", config],
    );
    assert.equal(code, 0, output);
    assert.match(output, /Resources:\n {4}\d{3} unchanged\n/);
    assert.match(output, /dataplatform@v[\d.]+ \(local: policies\)/);
  });

  it("previews every example", async () => {
    const failed = await pMap(
      EXAMPLES,
      async (name) => {
        await initialised(name);
        const { code, output } = await onExample(name, "preview", ...region);
        return code === 0 && /\+ \d+ to create/.test(output) ? [] : [`${name}: ${output}`];
      },
      { concurrency: 2 },
    );
    assert.deepEqual(failed.flat(), []);
  });

  it("deploys, refreshes and destroys an example", async () => {
    const up = await onExample("replicated-bucket", "up", "--yes", "--skip-preview", ...region);
    assert.equal(up.code, 0, up.output);
    const refresh = await onExample("replicated-bucket", "refresh", "--yes", "--skip-preview", "--expect-no-changes");
    assert.equal(refresh.code, 0, refresh.output);
    const again = await onExample("replicated-bucket", "preview", "--expect-no-changes");
    assert.equal(again.code, 0, again.output);
    const destroy = await onExample("replicated-bucket", "destroy", "--yes", "--skip-preview");
    assert.equal(destroy.code, 0, destroy.output);
    assert.match(destroy.output, /- \d+ deleted/);
  });

  it("would show that the settings of the compiler are missing", async () => {
    const settings = join(clone.folder, "infra", "tsconfig.json");
    const text = readFileSync(settings, "utf8");
    rmSync(settings);
    try {
      const { code, output } = await previewPlatform();
      assert.notEqual(code, 0);
      assert.match(output, /TSError: .*Unable to compile TypeScript/);
    } finally {
      writeFileSync(settings, text);
    }
  });
});
