import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { outputOf, runCommand } from "../command";
import { silent, UserError, type Report } from "../errors";
import { NODE_BIN, pulumiHome, REPOSITORY } from "../paths";

/** The version of the Pulumi CLI that the project is tested with. It is the version of the npm launcher `pulumi`, whose cache folder is used. */
export const ENGINE_VERSION = (
  JSON.parse(readFileSync(join(REPOSITORY, "node_modules", "pulumi", "package.json"), "utf8")) as { version: string }
).version;

export interface Engine {
  readonly binary: string;
  readonly version: string;
  readonly how: "on PATH" | "in the launcher's cache" | "downloaded" | "built";
}

const executable = process.platform === "win32" ? "pulumi.exe" : "pulumi";
const cachedBinary = (): string => join(pulumiHome(), "versions", ENGINE_VERSION, "bin", executable);

function parts(version: string): [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version.replace(/^v/, "").split(/[.+-]/).map(Number);
  return [major, minor, patch];
}

/** Returns whether a version has the major version that the project is tested with and is not older. */
export function fits(version: string): boolean {
  const [major, minor, patch] = parts(version);
  const [wantedMajor, wantedMinor, wantedPatch] = parts(ENGINE_VERSION);
  return major === wantedMajor && (minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch));
}

/** CLI → its version, which is asked for once a command: each question is a process. */
const versions = new Map<string, string>();

async function versionOf(binary: string): Promise<string | undefined> {
  const known = versions.get(binary);
  if (known !== undefined) return known;
  try {
    const said = await outputOf(binary, ["version"], { PULUMI_SKIP_UPDATE_CHECK: "true" });
    versions.set(binary, said.replace(/^v/, ""));
    return versions.get(binary);
  } catch {
    return undefined;
  }
}

/** Looks for `pulumi` on PATH, but not for the npm launcher, which package scripts find first and which would download the CLI. */
export async function onPath(): Promise<Engine | string> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const binary = join(folder, executable);
    if (!folder || !existsSync(binary) || realpathSync(binary).includes("node_modules")) continue;
    const version = await versionOf(binary);
    if (version === undefined) return `${binary} does not answer`;
    return fits(version)
      ? { binary, version, how: "on PATH" }
      : `${binary} is ${version}, but ${ENGINE_VERSION} or newer of the same major version is needed`;
  }
  return "pulumi is not on PATH";
}

async function inCache(): Promise<Engine | string> {
  const binary = cachedBinary();
  if (!existsSync(binary)) return `${binary} does not exist`;
  const version = await versionOf(binary);
  return version === undefined ? `${binary} does not answer` : { binary, version, how: "in the launcher's cache" };
}

/** Downloads the CLI with the official launcher, which does so at its first call; asking for its version does nothing else. */
async function download(): Promise<Engine | string> {
  const launcher = join(REPOSITORY, "node_modules", "pulumi", "run.js");
  const problem = await runCommand(process.execPath, [launcher, "version"], {
    env: { ...process.env, PULUMI_VERSION: ENGINE_VERSION, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: 240_000,
  });
  if (problem !== undefined) return `the download failed: ${problem}`;
  const found = await inCache();
  return typeof found === "string" ? `the downloaded CLI cannot be used: ${found}` : { ...found, how: "downloaded" };
}

async function build(report: Report): Promise<Engine | string> {
  const folder = join(REPOSITORY, "tools", "pulumi");
  const target = cachedBinary();
  const draft = `${target}.${process.pid}`;
  mkdirSync(dirname(target), { recursive: true });
  const ldflags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${ENGINE_VERSION}`;
  let packages = 0;
  const problem = await runCommand(
    "go",
    ["build", "-v", "-trimpath", "-o", draft, "-ldflags", ldflags, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
    {
      cwd: folder,
      env: { ...process.env, GOFLAGS: "-mod=readonly" },
      timeout: 30 * 60_000,
      onLine: (line) => {
        if (line.startsWith("go: downloading ")) report(line.slice("go: ".length));
        else if (/^[\w.-]+(\/[\w.~-]+)*$/.test(line)) report(`built ${(packages += 1)} packages, now ${line}`);
      },
    },
  );
  if (problem !== undefined) {
    rmSync(draft, { force: true });
    return problem === "go is not installed" ? "Go is not installed" : `go build failed: ${problem}`;
  }
  renameSync(draft, target);
  const found = await inCache();
  return typeof found === "string" ? found : { ...found, how: "built" };
}

/** Looks for an installed CLI. */
export async function findEngine(): Promise<Engine | undefined> {
  for (const look of [onPath, inCache]) {
    const found = await look();
    if (typeof found !== "string") return found;
  }
  return undefined;
}

/**
 * Returns the Pulumi CLI: the one on PATH if its version fits, else the one in the npm launcher's cache, else a download by that launcher,
 * else a build with Go from `tools/pulumi` into the same cache.
 */
export async function findOrInstallEngine(report: Report = silent): Promise<Engine> {
  const reasons: string[] = [];
  const steps: readonly (readonly [string, (report: Report) => Promise<Engine | string>])[] = [
    ["looking on PATH", onPath],
    ["looking in the launcher's cache", inCache],
    [`downloading ${ENGINE_VERSION}`, download],
    [`building ${ENGINE_VERSION} with Go (about five minutes on two cores, once)`, build],
  ];
  for (const [what, step] of steps) {
    report(what);
    const found = await step(report);
    if (typeof found !== "string") return found;
    reasons.push(`${what}: ${found}`);
    report(found);
  }
  throw new UserError(
    `The Pulumi CLI ${ENGINE_VERSION} could not be found or installed:\n  ${reasons.join("\n  ")}`,
    "Install it from https://www.pulumi.com/docs/install/, or install Go 1.25 or newer (https://go.dev/dl/) so that it can be built.",
  );
}

/** Returns a PATH that finds the Pulumi CLI, the project's Node.js and the policy analyzer first. */
export const enginePath = (engine: Engine, ...more: string[]): string =>
  [...more, dirname(engine.binary), NODE_BIN, process.env.PATH ?? ""].join(delimiter);
