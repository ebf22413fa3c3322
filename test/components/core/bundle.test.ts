import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { functionCode, functionNames } from "../../../components/core/platform-function/bundle";

const repository = resolve(__dirname, "../../..");
const options = { architecture: "x86_64" } as const;
const bundle = (...code: string[]): string =>
  execFileSync(process.execPath, ["-r", "ts-node/register", "-e", code.join("\n")], {
    cwd: repository,
    encoding: "utf8",
  });
const digest = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

describe("the bundles of the functions", function () {
  this.timeout(60_000);

  it("are known by their folders: those of code that functions share, or of another language, are none", () => {
    const names = functionNames();
    assert.ok(["header-validator", "light-etl", "sweep"].every((name) => names.includes(name)));
    assert.ok(["glue", "shared"].every((name) => !names.includes(name)));
  });

  // The light engine also carries a native library.
  for (const name of functionNames().filter((one) => one !== "light-etl")) {
    it(`make of ${name} a folder that runs without the repository`, () => {
      const folder = functionCode(name, options);
      assert.deepEqual(readdirSync(folder).sort(), ["index.js", "index.js.map"]);
      const elsewhere = mkdtempSync(join(tmpdir(), "bundle-"));
      try {
        writeFileSync(join(elsewhere, "index.js"), readFileSync(join(folder, "index.js")));
        const handler = execFileSync(process.execPath, ["-p", "typeof require('./index').handler"], {
          cwd: elsewhere,
          encoding: "utf8",
          env: { PATH: process.env.PATH, AWS_REGION: "us-east-1" },
        });
        assert.equal(handler.trim(), "function");
      } finally {
        rmSync(elsewhere, { recursive: true });
      }
    });
  }

  it("hold no path of this machine and come out the same when built again", () => {
    const folder = functionCode("sweep", options);
    const before = ["index.js", "index.js.map"].map((file) => digest(join(folder, file)));
    for (const file of ["index.js", "index.js.map"]) {
      assert.ok(!readFileSync(join(folder, file), "utf8").includes(repository), file);
    }
    rmSync(`${folder}.json`);
    bundle('require("./components/core/platform-function/bundle").functionCode("sweep", { architecture: "x86_64" })');
    assert.deepEqual(
      ["index.js", "index.js.map"].map((file) => digest(join(folder, file))),
      before,
    );
  });

  it("are not built again when nothing has changed, nor when files were only touched", () => {
    const file = join(functionCode("sweep", options), "index.js");
    const before = statSync(file).mtimeMs;
    const source = join(repository, "functions/shared/files.ts");
    utimesSync(source, new Date(), new Date());
    bundle(
      'const Module = require("node:module"); const load = Module._load;',
      'Module._load = (name, ...rest) => { if (name === "esbuild") throw new Error("built"); return load(name, ...rest); };',
      'require("./components/core/platform-function/bundle").functionCode("sweep", { architecture: "x86_64" });',
    );
    assert.equal(statSync(file).mtimeMs, before);
  });

  it("are built again when an input is not what it was", () => {
    const folder = functionCode("quarantine", options);
    const stampFile = `${folder}.json`;
    const stamp = JSON.parse(readFileSync(stampFile, "utf8")) as {
      inputs: Record<string, { hash: string; mtimeMs: number }>;
    };
    const input = stamp.inputs["functions/quarantine/index.ts"];
    assert.ok(input);
    Object.assign(input, { hash: "other", mtimeMs: 0 });
    writeFileSync(stampFile, JSON.stringify(stamp));
    const before = statSync(join(folder, "index.js")).ino;
    bundle(
      'require("./components/core/platform-function/bundle").functionCode("quarantine", { architecture: "x86_64" })',
    );
    assert.notEqual(statSync(join(folder, "index.js")).ino, before);
  });

  it("carry DuckDB's binding of the Lambda's processor with the light engine", function () {
    if (!functionNames().includes("light-etl")) this.skip();
    const folder = functionCode("light-etl", options);
    const binding = join(folder, "node_modules/@duckdb/node-bindings-linux-x64");
    assert.ok(existsSync(join(binding, "duckdb.node")));
    assert.ok(existsSync(join(binding, "libduckdb.so")));
    assert.ok(existsSync(join(folder, "node_modules/@duckdb/node-api/lib/index.js")));
    assert.ok(existsSync(join(folder, "node_modules/detect-libc/package.json")));
    if (process.platform === "linux" && process.arch === "x64") {
      const text = execFileSync(process.execPath, ["-p", "typeof require('@duckdb/node-api').DuckDBInstance"], {
        cwd: folder,
        encoding: "utf8",
      });
      assert.equal(text.trim(), "function");
    }
  });

  it("say which functions there are when asked for one there is not", () => {
    assert.throws(
      () => functionCode("header-validater", options),
      /no function "header-validater": expected one of .*\bheader-validator\b/,
    );
  });
});
