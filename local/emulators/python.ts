import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { outputOf, runCommand } from "../command";
import { silent, UserError, type Report } from "../errors";
import { inHome, REPOSITORY } from "../paths";
import { exclusively, removeFile, writeAtomically } from "../state";

export const REQUIREMENTS = join(REPOSITORY, "local", "requirements.txt");

/** The program that starts MiniStack with IAM enforced. */
export const MINISTACK = join(REPOSITORY, "local", "emulators", "run_ministack.py");
const MINIMUM: readonly [number, number] = [3, 10];

export interface Python {
  readonly binary: string;
  readonly version: string;
}

export const venvFolder = (): string => inHome("venv");
export const inVenv = (program: string): string => join(venvFolder(), "bin", program);

/** Returns the first Python 3.10 or newer on PATH, or the names of the unsuitable ones. */
export async function findPython(): Promise<Python | readonly string[]> {
  const seen: string[] = [];
  for (const binary of ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"]) {
    try {
      const version = await outputOf(binary, ["-c", "import sys; print('.'.join(map(str, sys.version_info[:3])))"]);
      const [major = 0, minor = 0] = version.split(".").map(Number);
      if (major === MINIMUM[0] && minor >= MINIMUM[1]) return { binary, version };
      seen.push(`${binary} is ${version}`);
    } catch {
      // This program is not installed.
    }
  }
  return seen;
}

const fingerprint = (): string => createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
const marker = (): string => join(venvFolder(), "installed");

/** Returns whether the virtual environment is complete and matches local/requirements.txt. */
export function venvReady(): boolean {
  return (
    existsSync(marker()) && readFileSync(marker(), "utf8").trim() === fingerprint() && existsSync(inVenv("ministack"))
  );
}

/** Creates the virtual environment of the emulators if it is missing or incomplete. */
export async function ensureVenv(report: Report = silent): Promise<void> {
  if (venvReady()) return;
  await exclusively(async () => {
    // Another command may have created it while this one waited.
    if (!venvReady()) await makeVenv(report);
  }, "venv");
}

async function makeVenv(report: Report): Promise<void> {
  const python = await findPython();
  if (!("binary" in python)) {
    throw new UserError(
      `The emulators need Python ${MINIMUM.join(".")} or newer, but ${python.length > 0 ? python.join(", ") : "none is on PATH"}`,
      "Install it from https://www.python.org/downloads/ or your system's package manager.",
    );
  }
  const { binary, version } = python;
  removeFile(venvFolder());
  report(`creating a virtual environment with Python ${version}`);
  const failure = await runCommand(binary, ["-m", "venv", venvFolder()], { timeout: 180_000 });
  if (failure !== undefined) {
    throw new UserError(
      `Python ${version} cannot create a virtual environment: ${failure}`,
      "On Debian and Ubuntu install the package python3-venv.",
    );
  }
  report("installing MiniStack (pinned in local/requirements.txt)");
  const problem = await runCommand(
    inVenv("python"),
    ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", REQUIREMENTS],
    {
      timeout: 15 * 60_000,
      onLine: (line) => {
        const package_ = /^Collecting (\S+)/.exec(line)?.[1];
        if (package_) report(`installing ${package_}`);
        else if (line.startsWith("Installing collected packages")) report("unpacking the downloaded packages");
      },
    },
  );
  if (problem !== undefined) {
    throw new UserError(
      `The emulators could not be installed: ${problem}`,
      "Check that the Python package index can be reached, then run the command again.",
    );
  }
  writeAtomically(marker(), fingerprint());
}
