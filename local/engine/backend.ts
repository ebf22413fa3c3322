import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { UserError, type Report } from "../errors";
import { inHome } from "../paths";
import { writeAtomically } from "../state";

const stacksFolder = (): string => inHome("backend", ".pulumi", "stacks");
const stateFile = (project: string, stack: string): string => `${stacksFolder()}/${project}/${stack}.json`;

/** Does the local backend hold the state of any stack? */
const hasStates = (): boolean =>
  existsSync(stacksFolder()) &&
  readdirSync(stacksFolder(), { recursive: true, encoding: "utf8" }).some((name) => name.endsWith(".json"));

/**
 * The passphrase of the local backend's states: random, readable by its user only, never shown. A new one is made only as long as
 * there is no state that another one has encrypted.
 */
export function passphraseFile(): string {
  const file = inHome("passphrase");
  if (existsSync(file)) return file;
  if (hasStates()) {
    throw new UserError(
      `The passphrase of the local state is missing: ${file}`,
      "Put the file back, or run `platform local reset`, which removes the state with everything that the local cloud holds.",
    );
  }
  writeAtomically(file, randomBytes(24).toString("base64url"), 0o600);
  return file;
}

function isWhole(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}

/** Is the state of a stack there, and cut short, as a loss of power leaves it? */
export function isDamaged(project: string, stack: string): boolean {
  const file = stateFile(project, stack);
  return existsSync(file) && !isWhole(file);
}

/**
 * Puts the engine's own backup in the place of a state that was cut short. Returns true when it did: what the engine did last may be
 * missing from the backup, so that a refresh has to follow.
 */
export function restoreState(project: string, stack: string, report: Report): boolean {
  if (!isDamaged(project, stack)) return false;
  const file = stateFile(project, stack);
  const backup = `${file}.bak`;
  if (!isWhole(backup)) {
    throw new UserError(
      `The state of the stack ${stack} was cut short, and its backup cannot be read either: ${file}`,
      "`platform local reset` removes it with everything that the local cloud holds; `platform local up` then starts anew.",
    );
  }
  renameSync(file, `${file}.damaged`);
  for (const ending of ["", ".attrs"]) {
    if (existsSync(`${backup}${ending}`)) copyFileSync(`${backup}${ending}`, `${file}${ending}`);
  }
  report(`the state of the stack ${stack} was cut short: its backup is used, the damaged file is ${file}.damaged`);
  return true;
}
