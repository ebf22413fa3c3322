/**
 * Checks the project's Python with ruff: `npm run lint:python`. With `--fix` it mends and formats what it can. Ruff is installed
 * into a virtual environment of its own when it is first needed.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../local/command";
import { findPython } from "../../local/emulators/python";
import { UserError } from "../../local/errors";
import { inHome, REPOSITORY } from "../../local/paths";
import { removeFile, writeAtomically } from "../../local/state";

const REQUIREMENTS = join(__dirname, "requirements.txt");
const CONFIGURATION = join(REPOSITORY, "functions", "glue", "pyproject.toml");
const FOLDERS = ["functions/glue", "local/glue", "test/glue"];
const MINUTE = 60_000;

/** Returns the path of ruff in the pinned version. */
async function installed(): Promise<string> {
  const venv = inHome("ruff");
  const ruff = join(venv, "bin", "ruff");
  const marker = join(venv, "installed");
  const wanted = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
  if (existsSync(ruff) && existsSync(marker) && readFileSync(marker, "utf8") === wanted) return ruff;
  const python = await findPython();
  if (!("binary" in python)) {
    throw new UserError(
      `Python 3.10 or newer is needed to check the Python code; ${python.join(", ") || "none is on PATH"}`,
      "Install it from https://www.python.org/downloads/ or your system's package manager.",
    );
  }
  removeFile(venv);
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r", REQUIREMENTS];
  const problem =
    (await runCommand(python.binary, ["-m", "venv", venv], { timeout: 3 * MINUTE })) ??
    (await runCommand(join(venv, "bin", "python"), pip, { timeout: 5 * MINUTE }));
  if (problem !== undefined) {
    throw new UserError(
      `Ruff could not be installed: ${problem}`,
      "Check that the Python package index can be reached, then run the command again.",
    );
  }
  writeAtomically(marker, wanted);
  return ruff;
}

/** Runs ruff and resolves to whether it has nothing to say. */
async function lint(fix: boolean): Promise<boolean> {
  const ruff = await installed();
  const run = (...args: readonly string[]): boolean =>
    spawnSync(ruff, [...args, "--config", CONFIGURATION, ...FOLDERS], { cwd: REPOSITORY, stdio: "inherit" }).status ===
    0;
  const checked = run("check", ...(fix ? ["--fix"] : []));
  const formatted = run("format", ...(fix ? [] : ["--check", "--diff"]));
  return checked && formatted;
}

lint(process.argv.includes("--fix")).then(
  (fine) => {
    process.exitCode = fine ? 0 : 1;
  },
  (error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${[error.message, error.hint].filter(Boolean).join("\n")}\n`);
    process.exitCode = 1;
  },
);
