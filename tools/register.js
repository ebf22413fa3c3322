"use strict";
// Runs TypeScript for every command, for the local provider and for the policy pack, as `ts-node/register` does with SWC, and makes
// the start fast: compiled files are kept in the project's local folder, and two large packages that Pulumi's runtime loads at its
// start, to serialise the functions of a program, are loaded only when something of them is used.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join, resolve } = require("node:path");

const root = resolve(__dirname, "..");
const cache = resolve(process.env.PLATFORM_HOME ?? join(root, ".platform"), "cache", "compiled");
// Source maps are needed for stack traces only, and those are shown only with PLATFORM_DEBUG.
const debugged = process.env.PLATFORM_DEBUG !== undefined;
const OPTIONS = {
  jsc: { target: "es2022", parser: { syntax: "typescript" }, keepClassNames: true },
  module: { type: "commonjs" },
  sourceMaps: debugged ? "inline" : false,
};
const version = JSON.stringify([OPTIONS, require("@swc/core/package.json").version]);
process.setSourceMapsEnabled(debugged);
enableCompileCache(join(cache, "v8"));

require.extensions[".ts"] = (module, filename) => {
  const source = readFileSync(filename, "utf8");
  module._compile(compiled(source, filename), filename);
};

/** A compiled file is cached under the hash of its name and begins with the hash of its source, so that a change replaces it. */
function compiled(source, filename) {
  const file = join(cache, `${hash(filename)}.js`);
  const mark = `/*${hash(version + source)}*/`;
  const kept = textOf(file);
  if (kept?.startsWith(mark)) return kept;
  const { transformSync } = require("@swc/core");
  const { code } = transformSync(source, { ...OPTIONS, filename, sourceFileName: filename, swcrc: false });
  keep(file, mark + code);
  return mark + code;
}

const hash = (text) => createHash("sha256").update(text).digest("hex");

function textOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function keep(file, code) {
  try {
    mkdirSync(cache, { recursive: true });
    // Another command may read the file at this moment; the renaming makes the whole file appear in one step.
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // The folder cannot be written to, so the file is compiled again next time.
  }
}

/** Puts a stand-in for a package into the cache of modules; it loads the package at the first use of an export. */
function loadWhenUsed(name) {
  const file = require.resolve(name, { paths: [require.resolve("@pulumi/pulumi/package.json")] });
  let real;
  const load = () => {
    if (real === undefined) {
      delete require.cache[file];
      real = require(file);
    }
    return real;
  };
  // Compiled code reads this mark before it uses an export, so the mark alone does not load the package.
  const get = (_target, key) => (key === "__esModule" && real === undefined ? true : load()[key]);
  const has = (_target, key) => key in load();
  require.cache[file] = {
    id: file,
    filename: file,
    path: file,
    loaded: true,
    children: [],
    paths: [],
    exports: new Proxy({}, { get, has }),
  };
}
loadWhenUsed("@npmcli/arborist");
loadWhenUsed("typescript");
