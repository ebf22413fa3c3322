import assert from "node:assert/strict";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { engineEnv } from "../../../local/engine/automation";
import { findEngine } from "../../../local/engine/engine";
import { REPOSITORY } from "../../../local/paths";
import { temporaryHome, type TemporaryHome } from "../../support/home";
import { pulumi, temporaryFolder, type Answer, type Variables } from "../../support/plain";

describe("the language host", function () {
  this.timeout(60_000);
  let home: TemporaryHome;
  let variables: Variables;
  let project: ReturnType<typeof temporaryFolder>;

  before(async () => {
    const engine = await findEngine();
    assert.ok(engine, "no Pulumi CLI: run `npx platform setup` first");
    home = temporaryHome();
    variables = engineEnv(engine);
  });
  after(() => home.remove());
  beforeEach(() => (project = temporaryFolder("program")));
  afterEach(() => project.remove());

  /** Previews a program of these files, with the project's dependencies unless it is to have none. */
  async function preview(files: Readonly<Record<string, string>>, dependencies = true): Promise<Answer> {
    const { folder } = project;
    const base = { "Pulumi.yaml": "name: small\nruntime: nodejs\n", "package.json": '{"name": "small"}' };
    for (const [name, text] of Object.entries({ ...base, ...files })) writeFileSync(join(folder, name), text);
    if (dependencies) symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
    const made = await pulumi(folder, variables, "stack", "init", "organization/small/test");
    assert.equal(made.code, 0, made.output);
    try {
      return await pulumi(folder, variables, "preview", "-s", "test");
    } finally {
      await pulumi(folder, variables, "stack", "rm", "test", "--yes", "--force");
    }
  }

  it("gives a program its configuration, its secrets, its names and whether it is a preview", async () => {
    const { code, output } = await preview({
      "Pulumi.test.yaml": "config:\n  small:colour: blue\n  small:sizes: [1, 2]\n",
      "index.ts": `
        import * as pulumi from "@pulumi/pulumi";
        const config = new pulumi.Config();
        const sizes: number[] = config.requireObject("sizes");
        console.log(JSON.stringify([
          config.require("colour"), sizes, pulumi.getProject(), pulumi.getStack(), pulumi.getOrganization(),
          pulumi.runtime.isDryRun(), process.cwd() === __dirname,
        ]));
      `,
    });
    assert.equal(code, 0, output);
    assert.ok(output.includes('["blue",[1,2],"small","test","organization",true,true]'), output);
  });

  it("reports an error of a program once, as the program's own", async () => {
    const { code, output } = await preview({ "index.ts": 'throw new Error("the sky is falling");' });
    assert.notEqual(code, 0);
    assert.equal(output.match(/Error: the sky is falling/g)?.length, 1, output);
    assert.doesNotMatch(output, /non-zero exit code/);
  });

  it("says with which code a program ended that reported nothing", async () => {
    const { code, output } = await preview({ "index.ts": "process.exit(3);" });
    assert.notEqual(code, 0);
    assert.match(output, /Program exited with non-zero exit code: 3/);
  });

  it("takes its compiler settings from the file that the project names, and says when that is missing", async () => {
    const yaml = "name: small\nruntime: { name: nodejs, options: { tsconfig: other.json } }\n";
    const { code, output } = await preview({ "Pulumi.yaml": yaml, "index.ts": "" });
    assert.notEqual(code, 0);
    assert.match(output, /tsconfig path was set to other\.json but the file was not found/);
  });

  it("says in one sentence what to run where the dependencies are not installed", async () => {
    const { code, output } = await preview({ "index.ts": "" }, false);
    assert.notEqual(code, 0);
    assert.ok(
      output.includes(`The dependencies of the program are not installed. Run \`npm ci\` in ${project.folder}`),
      output,
    );
    assert.doesNotMatch(output, /\n\s+at /);
  });
});
