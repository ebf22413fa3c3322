import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPOSITORY } from "../../local/paths";

const REGISTER = join(REPOSITORY, "tools", "register.js");

describe("what every command is started with", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "start-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const home = (): string => join(folder, "home");
  const compiled = (): string[] =>
    readdirSync(join(home(), "cache", "compiled")).filter((name) => name.endsWith(".js"));
  const run = (source: string, env: Readonly<Record<string, string>> = {}): { out: string; error: string } => {
    const file = join(folder, "program.ts");
    writeFileSync(file, source);
    const { PLATFORM_DEBUG: _, ...inherited } = process.env;
    const child = spawnSync(process.execPath, ["-r", REGISTER, file], {
      encoding: "utf8",
      env: { ...inherited, PLATFORM_HOME: home(), ...env },
    });
    return { out: child.stdout.trim(), error: child.stderr };
  };
  const print = (text: string): string => `const text: string = "${text}";\nconsole.log(text);`;

  it("runs a file as it is now, not as it was compiled before, and keeps one form of it", () => {
    assert.equal(run(print("one")).out, "one");
    assert.equal(run(print("one")).out, "one");
    assert.equal(run(print("other")).out, "other");
    assert.equal(compiled().length, 1);
  });

  it("runs where nothing can be kept", () => {
    mkdirSync(home());
    writeFileSync(join(home(), "cache"), "no folder");
    assert.equal(run(print("one")).out, "one");
  });

  it("shows the lines of the source in a trace that is asked for", () => {
    const failing = `interface Removed {\n  readonly one: string;\n}\n\nthrow new Error("at line five");`;
    assert.match(run(failing, { PLATFORM_DEBUG: "1" }).error, /program\.ts:5:/);
  });

  it("gives Pulumi's runtime the packages it loads late as they are", () => {
    const source = `import * as pulumi from "@pulumi/pulumi";
      import * as typescript from "typescript";
      console.log(typescript.version, typeof pulumi.runtime.serializeFunction);
      void pulumi.runtime.serializeFunction(() => 42).then(({ text }) => console.log(text.includes("42")));`;
    const file = source.replaceAll(/"(@pulumi\/pulumi|typescript)"/g, (_all, name: string) =>
      JSON.stringify(require.resolve(name)),
    );
    const { out, error } = run(file);
    assert.match(out, /^\d+\.\d+\.\d+ function\ntrue$/, error);
  });
});
