import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { silent, UserError, type Report } from "../errors";
import { inHome, REPOSITORY } from "../paths";
import { writeAtomically } from "../state";

const run = promisify(execFile);

export const REQUIREMENTS = join(REPOSITORY, "local", "requirements.txt");
const MINIMUM: readonly [number, number] = [3, 10];

export interface Python {
  readonly binary: string;
  readonly version: string;
}

export const venvFolder = (): string => inHome("venv");
export const inVenv = (program: string): string => join(venvFolder(), "bin", program);

/** The first Python 3.10 or newer on PATH; otherwise what was found instead. */
export async function findPython(): Promise<Python | readonly string[]> {
  const seen: string[] = [];
  for (const binary of ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"]) {
    try {
      const { stdout } = await run(binary, ["-c", "import sys; print('.'.join(map(str, sys.version_info[:3])))"], {
        timeout: 20_000,
      });
      const version = stdout.trim();
      const [major = 0, minor = 0] = version.split(".").map(Number);
      if (major === MINIMUM[0] && minor >= MINIMUM[1]) return { binary, version };
      seen.push(`${binary} is ${version}`);
    } catch {
      // not there
    }
  }
  return seen;
}

const fingerprint = (): string => createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
const marker = (): string => join(venvFolder(), "installed");

/** Is the virtual environment whole, and the one that local/requirements.txt asks for? */
export function venvReady(): boolean {
  return (
    existsSync(marker()) && readFileSync(marker(), "utf8").trim() === fingerprint() && existsSync(inVenv("ministack"))
  );
}

/** Makes the virtual environment of the emulators, or does nothing when it is there. Half-made ones are made again. */
export async function ensureVenv(report: Report = silent): Promise<void> {
  if (venvReady()) return;
  const python = await findPython();
  if (Array.isArray(python)) {
    throw new UserError(
      `Python ${MINIMUM.join(".")} or newer is needed for the emulators; ${python.length > 0 ? python.join(", ") : "none is on PATH"}`,
      "Install it from https://www.python.org/downloads/ or your system's package manager.",
    );
  }
  const { binary, version } = python as Python;
  const draft = `${venvFolder()}.new`;
  rmSync(draft, { recursive: true, force: true });
  rmSync(venvFolder(), { recursive: true, force: true });
  report(`creating a virtual environment with Python ${version}`);
  await run(binary, ["-m", "venv", draft]).catch((error: Error & { stdout?: string }) => {
    throw new UserError(
      `Python ${version} cannot create a virtual environment: ${(error.stdout ?? error.message).trim().split("\n")[0]}`,
      "On Debian and Ubuntu install the package python3-venv.",
    );
  });
  // Scripts in a virtual environment hold its path: it is moved to its place before anything is installed.
  renameSync(draft, venvFolder());
  report("installing MiniStack and moto (pinned in local/requirements.txt)");
  await run(
    inVenv("python"),
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", REQUIREMENTS],
    {
      maxBuffer: 64 * 1024 * 1024,
    },
  ).catch((error: Error & { stderr?: string }) => {
    const lines = (error.stderr ?? error.message)
      .trim()
      .split("\n")
      .filter((line) => /error/i.test(line));
    throw new UserError(
      `The emulators could not be installed: ${lines.at(-1) ?? error.message}`,
      "Check that the Python package index can be reached, then run the command again.",
    );
  });
  writeAtomically(marker(), fingerprint());
}
