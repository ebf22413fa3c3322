import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { connected, engineEnv, inlineStack, stackFileOf } from "../../../local/engine/automation";
import { findEngine, type Engine } from "../../../local/engine/engine";
import type { UserError } from "../../../local/errors";
import { NODE_BIN, REPOSITORY } from "../../../local/paths";
import { temporaryHome, withVariables, type TemporaryHome } from "../../support/home";

const PACK = `
const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("pack", {
  policies: [{
    name: "no-crooked-things",
    description: "things are straight",
    enforcementLevel: "mandatory",
    validateStack: (args, report) => {
      for (const one of args.resources) if (one.name === "crooked") report(one.name + " is not straight", one.urn);
    },
  }],
});
`;

class Thing extends pulumi.ComponentResource {
  constructor(name: string) {
    super("test:index:Thing", name);
    this.registerOutputs({});
  }
}

describe("the engine, from this program", function () {
  this.timeout(120_000);
  let home: TemporaryHome;
  let engine: Engine;

  before(async () => {
    const found = await findEngine();
    assert.ok(found, "no Pulumi CLI: run `npx platform setup` first");
    engine = found;
  });
  beforeEach(() => (home = temporaryHome()));
  afterEach(() => home.remove());

  it("keeps its state in the local folder and needs no login", () => {
    const env = engineEnv(engine);
    assert.equal(env.PULUMI_BACKEND_URL, `file://${join(home.folder, "backend")}`);
    assert.ok(env.PULUMI_CONFIG_PASSPHRASE_FILE?.startsWith(home.folder));
    assert.ok(env.PATH?.split(delimiter).includes(NODE_BIN));
  });

  it("says which environments' file is missing, as bad input", async () => {
    await assert.rejects(
      inlineStack("nowhere", { engine, program: async () => {}, env: {}, purpose: "test" }),
      (error: UserError) => error.exitCode === 2 && /no environment "nowhere"/.test(error.message),
    );
  });

  it("runs an inline program with the stack file's settings under a policy pack", async () => {
    const pack = join(home.folder, "pack");
    mkdirSync(pack);
    symlinkSync(join(REPOSITORY, "node_modules"), join(pack, "node_modules"));
    writeFileSync(join(pack, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.js\n");
    writeFileSync(join(pack, "package.json"), '{"name": "pack", "version": "1.0.0"}');
    writeFileSync(join(pack, "index.js"), PACK);
    const before = readFileSync(stackFileOf("local"), "utf8");
    // A passphrase for other projects must not become this one's.
    const variables = withVariables({ PULUMI_CONFIG_PASSPHRASE: "of another project" });
    try {
      let name = "crooked";
      const program = async (): Promise<Record<string, unknown>> => {
        new Thing(name);
        return { posture: new pulumi.Config("dataplatform").require("posture") };
      };
      const open = (): ReturnType<typeof inlineStack> =>
        inlineStack("local", { engine, program, env: {}, purpose: "test" });
      const stack = await open();
      await assert.rejects(stack.up({ policyPacks: [pack], color: "never" }), /crooked is not straight/);
      name = "straight";
      const result = await (await open()).up({ policyPacks: [pack], color: "never" });
      assert.deepEqual(result.outputs.posture?.value, "disposable");
      variables.restore();
      const again = await (await open()).preview({ policyPacks: [pack] });
      assert.deepEqual(Object.keys(again.changeSummary), ["same"]);
    } finally {
      variables.restore();
    }
    assert.equal(readFileSync(stackFileOf("local"), "utf8"), before);
  });

  it("gives the outputs and the last update of a stack as the CLI does, secrets included", async () => {
    let outputs: Record<string, unknown> = { sizes: [1, { two: 2 }] };
    const program = async (): Promise<Record<string, unknown>> => {
      new Thing("straight");
      return outputs;
    };
    const stack = await inlineStack("local", { engine, program, env: {}, purpose: "test" });
    const first = await stack.up({ color: "never" });
    assert.deepEqual(first.outputs, { sizes: { value: [1, { two: 2 }], secret: false } });
    assert.deepEqual(first.summary.resourceChanges, { create: 2 });
    outputs = { ...outputs, key: pulumi.secret("hidden") };
    const second = await stack.up({ color: "never" });
    assert.deepEqual(second.outputs.key, { value: "hidden", secret: true });
    assert.deepEqual(second.outputs.sizes, first.outputs.sizes);
    const [recorded] = await stack.history(1);
    const { config: _secret, ...update } = recorded ?? assert.fail("the engine has recorded no update");
    assert.deepEqual({ ...second.summary, config: undefined }, { ...update, config: undefined });
    assert.deepEqual([update.resourceChanges, update.result], [{ same: 2 }, "succeeded"]);
  });

  it("takes a CLI from a folder that is not called bin", async () => {
    const elsewhere = join(home.folder, "tools");
    mkdirSync(elsewhere);
    symlinkSync(engine.binary, join(elsewhere, "pulumi"));
    const stack = await inlineStack("local", {
      engine: { ...engine, binary: join(elsewhere, "pulumi") },
      program: async () => {},
      env: {},
      purpose: "test",
    });
    assert.equal(await stack.info(), undefined);
  });
});

describe("an engine whose program did not reach it", () => {
  const unreachable =
    "error: One or more errors occurred: 14 UNAVAILABLE: No connection established. Last error: null.";

  it("is run again, as nothing was done", async () => {
    let runs = 0;
    const result = await connected(async () => {
      if (++runs < 3) throw new Error(unreachable);
      return "done";
    });
    assert.deepEqual([result, runs], ["done", 3]);
  });

  it("is not run for ever, nor after any other failure", async () => {
    for (const [message, expected] of [
      [unreachable, 3],
      ["error: Duplicate resource URN", 1],
    ] as const) {
      let runs = 0;
      const failing = connected(() => Promise.reject(new Error(`${message} ${++runs}`)));
      await assert.rejects(failing, new RegExp(`${expected}$`));
    }
  });
});
