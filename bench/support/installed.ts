import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { arch } from "node:os";
import { join } from "node:path";
import { inVenv } from "../../local/emulators/python";
import { inHome, REPOSITORY } from "../../local/paths";
import { run } from "../measure";

/** The folder of downloads in the user's own home. It is determined before a benchmark sets another home. */
const cache = inHome("cache");
const python = inVenv("python");

export const samples = { folder: join(cache, "samples"), python };

/** The architecture of this machine in Lambda's words, because the functions run here. */
export const architecture = arch() === "arm64" ? "arm64" : "x86_64";

/** Installs the AWS CDK with cdk-nag in the versions of bench/cdk/package.json, and returns a folder with app.js. */
export async function installCdk(say: (line: string) => void): Promise<string> {
  const folder = join(cache, "bench-cdk");
  const source = join(REPOSITORY, "bench", "cdk");
  const wanted = readFileSync(join(source, "package.json"), "utf8");
  const marker = join(folder, "installed");
  await mkdir(folder, { recursive: true });
  await cp(source, folder, { recursive: true });
  if (!existsSync(marker) || readFileSync(marker, "utf8") !== wanted) {
    say("installing the AWS CDK and cdk-nag");
    await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: folder });
    writeFileSync(marker, wanted);
  }
  return folder;
}

/** The version of DuckDB in the light engine. */
const DUCKDB_CLI = "1.5.5";

/** Installs DuckDB's command line from the Python package index, and returns the path of the program. */
export async function installDuckdb(say: (line: string) => void): Promise<string> {
  const folder = join(cache, `bench-duckdb-${DUCKDB_CLI}`);
  const binary = join(folder, "duckdb_cli", "duckdb");
  if (!existsSync(binary)) {
    say("installing DuckDB's command line");
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
    await run(python, [...pip, "--target", folder, `duckdb-cli==${DUCKDB_CLI}`]);
  }
  return binary;
}
