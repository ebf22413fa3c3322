import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { explained } from "../../cli/deploy";
import { REPOSITORY } from "../../local/paths";

/** Runs steps in a process of their own, whose output is no terminal, and shows what a failure leaves. */
function shown(steps: string): Promise<string> {
  const script = `
    const { runSteps } = require(${JSON.stringify(join(REPOSITORY, "cli", "ui", "tasks.ts"))});
    const { UserError } = require(${JSON.stringify(join(REPOSITORY, "local", "errors.ts"))});
    runSteps(${steps}).then(() => console.log("all done"), (error) => console.log("FAILURE", error.message, error.hint));`;
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      ["-r", "ts-node/register", "-e", script],
      { cwd: REPOSITORY, env: { ...process.env, NO_COLOR: "1" } },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    ),
  );
}

describe("steps", () => {
  it("print their work and their results without a terminal", async () => {
    const text = await shown(`[
      [{ title: "one", run: async (say) => { say("halfway"); say("halfway"); return "5 things"; } }, { title: "two", run: async () => {} }],
      { title: "three", run: async () => "3 more" },
    ]`);
    assert.equal(text.match(/halfway/g)?.length, 1);
    for (const part of [/✔ one: 5 things/, /✔ two/, /✔ three: 3 more/, /all done/]) assert.match(text, part);
  });

  it("stop at the first failure, and pass on its whole error", async () => {
    const text = await shown(`[
      { title: "one", run: async () => { throw new UserError("it broke:\\n  a long story", "mend it"); } },
      { title: "two", run: async () => "never" },
    ]`);
    assert.match(text, /one.*it broke/);
    assert.match(text, /FAILURE it broke:\n  a long story mend it/);
    assert.equal(text.match(/a long story/g)?.length, 1);
    assert.doesNotMatch(text, /never/);
  });
});

describe("an error of the engine", () => {
  const message = [
    "code: 255",
    " stdout: Updating (local):",
    " +  aws:s3:Bucket raw creating (0s)",
    "",
    "Diagnostics:",
    "  aws:s3:Bucket (raw):",
    "    error: the name is taken",
    "  pulumi:pulumi:Stack (dataplatform-local):",
    "    warning: using pulumi-language-nodejs from $PATH at /somewhere",
    "",
    "Policies:",
    "    dataplatform@v1.0.0 (local)",
    "        - [mandatory]  s3-1  aws:s3:Bucket (raw): public access is not blocked",
    "",
    "Resources:",
    "    + 3 created",
    "",
    " stderr: ",
    " err?: ",
  ].join("\n");

  it("is shown as its diagnostics and the policies that were violated, and nothing else", () => {
    const text = explained(new Error(message)).message;
    assert.match(text, /error: the name is taken/);
    assert.match(text, /\[mandatory\] {2}s3-1/);
    assert.doesNotMatch(text, /pulumi-language|created|creating|stdout/);
  });

  it("is shown unchanged when the engine gave no diagnostics", () => {
    assert.match(
      explained(new Error("code: 1\n stdout: \n stderr: error: no such stack\n err?: ")).message,
      /no such stack/,
    );
    assert.match(explained(new Error("spawn failed")).message, /spawn failed/);
  });

  it("never shows the command line of the engine", () => {
    const line = "Command failed with exit code 1: pulumi up --yes --skip-preview --exec-agent pulumi/actions";
    const { message } = explained(new Error(`code: 1\n stdout: \n stderr: \n err?: Error: ${line}`));
    assert.doesNotMatch(message, /exec-agent|Command failed/);
    const cut = explained(new Error(`${line}\nerror: failed to load checkpoint: unexpected end of JSON input`));
    assert.match(cut.message, /unexpected end of JSON input/);
    assert.doesNotMatch(cut.message, /exec-agent/);
  });

  it("has a hint when the passphrase is wrong", () => {
    const text = "code: 255\n stdout: \n stderr: error: getting secrets manager: incorrect passphrase\n err?: ";
    assert.match(explained(new Error(text)).hint ?? "", /restore that file, or run `platform local reset`/);
  });
});
