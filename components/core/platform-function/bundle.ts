/** Lambda code: one folder a function under `dist/functions`, built when its inputs have changed. */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type * as Esbuild from "esbuild";
import type * as TypeScript from "typescript";
import { dirname, join, relative, resolve, sep } from "node:path";
import { callsOf } from "./calls";
import type { Architecture } from "./elf";
import { fitProblems } from "./fit";

export type { Architecture };

const repository = resolve(__dirname, "../../..");
export const sources = join(repository, "functions");
export const output = join(repository, "dist", "functions");
const cache = join(repository, ".platform", "cache");

/** Native packages, which a bundle cannot hold: they are deployed beside it. */
const NATIVE: Readonly<Record<string, readonly string[]>> = {
  "light-etl": ["@duckdb/node-api", "@duckdb/node-bindings", "detect-libc"],
};

/** Lists the functions: the folders with an `index.ts`. */
export function functionNames(): string[] {
  return readdirSync(sources, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(sources, entry.name, "index.ts")))
    .map(({ name }) => name)
    .sort();
}

/** An input when the bundle was made. It is unchanged while its size and time are, or else while its content is. */
interface Input {
  readonly size: number;
  readonly mtimeMs: number;
  readonly hash: string;
}

interface Stamp {
  readonly settings: string;
  /** The project's sources by path; a package is represented by its package.json, which has its version. */
  readonly inputs: Record<string, Input>;
  /** The requests of AWS's services that the function may send. */
  readonly calls: readonly string[];
}

/**
 * Builds a function's code if it is out of date and returns its folder, for `pulumi.asset.FileArchive`. It costs a few `stat` calls
 * when nothing has changed, and several processes may call it at once.
 */
export function functionCode(name: string, options: { readonly architecture: Architecture }): string {
  const entry = join(sources, name, "index.ts");
  if (!existsSync(entry)) {
    throw new Error(`there is no function "${name}": expected one of ${functionNames().join(", ")}`);
  }
  const folder = join(output, `${name}-${options.architecture}`);
  const stampFile = `${folder}.json`;
  const settings = settingsOf(name, options.architecture);
  const stamp = readStamp(stampFile);
  if (stamp?.settings === settings && existsSync(join(folder, "index.js")) && unchanged(stamp, stampFile)) {
    knownCalls.set(stampFile, stamp.calls);
    return folder;
  }
  build(name, entry, folder, stampFile, settings, options.architecture);
  return folder;
}

/** The requests of the functions whose code this process has checked or built, by the file of the stamp. */
const knownCalls = new Map<string, readonly string[]>();

/** Lists the requests of AWS's services that a function may send. Its code must have been built. */
export function callsOfFunction(name: string, architecture: Architecture): readonly string[] {
  const stampFile = join(output, `${name}-${architecture}.json`);
  return knownCalls.get(stampFile) ?? readStamp(stampFile)?.calls ?? [];
}

/** A change of anything in this text makes every bundle stale. */
function settingsOf(name: string, architecture: Architecture): string {
  return JSON.stringify({ format: 5, esbuild: packageVersion("esbuild"), natives: nativePackages(name, architecture) });
}

function nativePackages(name: string, architecture: Architecture): Record<string, string> {
  const packages = NATIVE[name] ?? [];
  if (packages.length === 0) return {};
  const versions = Object.fromEntries(packages.map((one) => [one, packageVersion(one)]));
  return { ...versions, [bindingPackage(architecture)]: packageVersion("@duckdb/node-bindings") };
}

const versions = new Map<string, string>();

function packageVersion(name: string): string {
  const known = versions.get(name);
  if (known !== undefined) return known;
  const file = join(repository, "node_modules", name, "package.json");
  if (!existsSync(file)) throw new Error(`the package ${name} is not installed: run npm ci`);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  versions.set(name, version);
  return version;
}

// ---- is it up to date? ---------------------------------------------------------------------------------------------

function readStamp(file: string): Stamp | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Stamp;
  } catch {
    return undefined;
  }
}

/** The inputs that this process has looked at already: functions share most of their inputs. */
const looked = new Map<string, Input | undefined>();

function inputNow(path: string, before?: Input): Input | undefined {
  if (looked.has(path)) return looked.get(path);
  const file = join(repository, path);
  const stat = statSync(file, { throwIfNoEntry: false });
  let input: Input | undefined;
  if (stat) {
    const same = before?.size === stat.size && before.mtimeMs === stat.mtimeMs;
    const hash = same ? before.hash : createHash("sha256").update(readFileSync(file)).digest("hex");
    input = { size: stat.size, mtimeMs: stat.mtimeMs, hash };
  }
  looked.set(path, input);
  return input;
}

function unchanged(stamp: Stamp, stampFile: string): boolean {
  let touched = false;
  for (const [path, before] of Object.entries(stamp.inputs)) {
    const now = inputNow(path, before);
    if (now?.hash !== before.hash) return false;
    touched ||= now.mtimeMs !== before.mtimeMs;
    stamp.inputs[path] = now;
  }
  // A checkout or a reinstall touches files without changing them: remember that they were looked at.
  if (touched) writeAtomically(stampFile, JSON.stringify(stamp));
  return true;
}

// ---- building ------------------------------------------------------------------------------------------------------

function build(
  name: string,
  entry: string,
  folder: string,
  stampFile: string,
  settings: string,
  architecture: Architecture,
): void {
  // Loaded only when there is something to build: it takes longer than finding out that there is not.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { buildSync } = require("esbuild") as typeof Esbuild;
  const native = NATIVE[name] ?? [];
  const result = buildSync({
    absWorkingDir: repository,
    entryPoints: [relative(repository, entry)],
    outfile: relative(repository, join(folder, "index.js")),
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    // The module builds of the AWS SDK can be shaken, its CommonJS ones cannot: a third of the size, a faster cold start.
    mainFields: ["module", "main"],
    external: native.length > 0 ? [...native, "@duckdb/*"] : [],
    charset: "utf8",
    legalComments: "none",
    sourcemap: "linked",
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: "warning",
    tsconfigRaw: {},
  });
  mkdirSync(folder, { recursive: true });
  for (const { path, contents } of result.outputFiles) writeAtomically(path, contents);
  if (native.length > 0) carryNative(name, folder, architecture);
  const problems = fitProblems(folder, architecture);
  if (problems.length > 0) throw new Error(`${name} does not fit into Lambda: ${problems.join("; ")}`);
  const inputs: Record<string, Input> = {};
  for (const path of stampInputs(Object.keys(result.metafile.inputs))) {
    looked.delete(path);
    const input = inputNow(path);
    if (input) inputs[path] = input;
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it, too, is needed only for a build
  const typescript = require("typescript") as typeof TypeScript;
  const code = result.outputFiles.find(({ path }) => path.endsWith("index.js"))?.text ?? "";
  const calls = callsOf(code, typescript);
  knownCalls.set(stampFile, calls);
  writeAtomically(stampFile, JSON.stringify({ settings, inputs, calls } satisfies Stamp));
}

/** Lists the project's files one by one, and the package.json of each package. */
function stampInputs(paths: readonly string[]): string[] {
  const kept = paths.map((path) => {
    const parts = path.split("/");
    const at = parts.lastIndexOf("node_modules");
    if (at === -1) return path;
    const length = parts[at + 1]?.startsWith("@") ? 3 : 2;
    return [...parts.slice(0, at + length), "package.json"].join("/");
  });
  return [...new Set(kept)].sort();
}

/** Writes a file so that readers see the old file or the new file, never half of it. */
export function writeAtomically(file: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
}

function carryNative(name: string, folder: string, architecture: Architecture): void {
  const wanted = nativePackages(name, architecture);
  const target = join(folder, "node_modules");
  const complete = Object.entries(wanted).every(([one, version]) => {
    const file = join(target, one, "package.json");
    return existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version === version;
  });
  if (complete) return;
  mkdirSync(cache, { recursive: true });
  const staging = mkdtempSync(join(output, ".native-"));
  try {
    for (const one of Object.keys(wanted)) {
      const from = one === bindingPackage(architecture) ? binding(architecture) : join(repository, "node_modules", one);
      copyProduction(from, join(staging, "node_modules", one));
    }
    rmSync(target, { recursive: true, force: true });
    renameSync(join(staging, "node_modules"), target);
  } catch (error) {
    // Another process was faster, with the same files.
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Tells the files that run from typings, documentation and maps. */
function copyProduction(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (entry.name !== "node_modules") copyProduction(source, target);
    } else if (!/\.(d\.ts|md|map|ts)$/.test(entry.name)) {
      copyFileSync(source, target);
    }
  }
}

// ---- DuckDB's native binding ---------------------------------------------------------------------------------------

/** The binding for Lambda, which runs Linux with glibc, whatever machine deploys. */
const bindingPackage = (architecture: Architecture): string =>
  `@duckdb/node-bindings-linux-${architecture === "arm64" ? "arm64" : "x64"}`;

/** Finds the folder of the binding: the installed package, or a package fetched in the version of the lock file. */
function binding(architecture: Architecture): string {
  const name = bindingPackage(architecture);
  const installed = join(repository, "node_modules", name);
  if (existsSync(join(installed, "duckdb.node"))) return installed;

  const { version, integrity } = locked(name);
  const folder = join(cache, `${name.replace("/", "-")}-${version}`);
  if (existsSync(join(folder, "package", "duckdb.node"))) return join(folder, "package");
  console.error(`fetching ${name}@${version}, which the Lambda's processor needs …`);
  mkdirSync(cache, { recursive: true });
  const staging = mkdtempSync(join(cache, "fetch-"));
  try {
    execFileSync("npm", ["pack", `${name}@${version}`, "--silent", "--ignore-scripts", "--pack-destination", staging], {
      stdio: ["ignore", "ignore", "pipe"],
      shell: process.platform === "win32",
    });
    const archive = readdirSync(staging).find((file) => file.endsWith(".tgz"));
    if (archive === undefined) throw new Error("npm pack left no archive");
    const found = `sha512-${createHash("sha512")
      .update(readFileSync(join(staging, archive)))
      .digest("base64")}`;
    if (found !== integrity) throw new Error(`its checksum is ${found}, the lock file says ${integrity}`);
    execFileSync("tar", ["-xzf", archive], { cwd: staging, stdio: "ignore" });
    rmSync(folder, { recursive: true, force: true });
    renameSync(staging, folder);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (existsSync(join(folder, "package", "duckdb.node"))) return join(folder, "package");
    throw new Error(
      `the light engine on ${architecture} needs ${name}@${version}, which npm did not install here and which could not be ` +
        `fetched (${readableError(error)}). Deploy where the package registry can be reached, or unpack the archive that ` +
        `\`npm pack ${name}@${version}\` makes into ${relative(repository, folder)}.`,
    );
  }
  return join(folder, "package");
}

function readableError(error: unknown): string {
  const { stderr, message } = error as { stderr?: Buffer; message?: string };
  return (stderr?.toString().trim() || message || String(error)).split("\n")[0] ?? "";
}

function locked(name: string): { readonly version: string; readonly integrity: string } {
  const lock = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version?: string; integrity?: string }>;
  };
  const { version, integrity } = lock.packages[["node_modules", ...name.split("/")].join("/")] ?? {};
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json does not name ${name}`);
  return { version, integrity };
}

/** Builds all functions that are out of date and returns their names. */
export function buildFunctions(architecture: Architecture = "x86_64"): string[] {
  const names = functionNames();
  for (const name of names) functionCode(name, { architecture });
  return names;
}

/** `node -r ts-node/register components/core/platform-function/bundle.ts [x86_64] [arm64]`: builds all functions, for x86_64 when nothing is said. */
function main(asked: readonly string[]): void {
  for (const architecture of asked.length > 0 ? asked : ["x86_64"]) {
    if (architecture !== "x86_64" && architecture !== "arm64") {
      console.error(`there is no architecture "${architecture}": expected x86_64 or arm64`);
      process.exitCode = 2;
      return;
    }
    for (const name of buildFunctions(architecture)) {
      const folder = functionCode(name, { architecture });
      const kib = Math.ceil(statSync(join(folder, "index.js")).size / 1024);
      console.log(`${relative(repository, folder).split(sep).join("/")}  ${kib} KiB`);
    }
  }
}

if (require.main === module) main(process.argv.slice(2));
