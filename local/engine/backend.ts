import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { UserError, type Report } from "../errors";
import { inHome } from "../paths";
import { writeAtomically } from "../state";

const stacksFolder = (): string => inHome("backend", ".pulumi", "stacks");
const stateFile = (project: string, stack: string): string => `${stacksFolder()}/${project}/${stack}.json`;

/** Returns whether the local backend has the state of any stack. */
const hasStates = (): boolean =>
  existsSync(stacksFolder()) &&
  readdirSync(stacksFolder(), { recursive: true, encoding: "utf8" }).some((name) => name.endsWith(".json"));

/**
 * Returns the file of the passphrase that encrypts the states of the local backend. The passphrase is random, readable by its user only and
 * never shown. A new one is created only if there is no state, which another passphrase would have encrypted.
 */
export function passphraseFile(): string {
  const file = inHome("passphrase");
  if (existsSync(file)) return file;
  if (hasStates()) {
    throw new UserError(
      `The passphrase of the local state is missing: ${file}`,
      "Restore the file, or run `platform local reset`, which deletes the state and all data of the local cloud.",
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

/** Returns whether the state of a stack is truncated, as a loss of power leaves it. */
export function isDamaged(project: string, stack: string): boolean {
  const file = stateFile(project, stack);
  return existsSync(file) && !isWhole(file);
}

/**
 * Replaces a truncated state by the Pulumi engine's own backup. Returns true if it did; then a refresh has to follow, because the backup
 * may lack the latest changes.
 */
export function restoreState(project: string, stack: string, report: Report): boolean {
  if (!isDamaged(project, stack)) return false;
  const file = stateFile(project, stack);
  const backup = `${file}.bak`;
  if (!isWhole(backup)) {
    throw new UserError(
      `The state of the stack ${stack} is truncated, and its backup cannot be read either: ${file}`,
      "`platform local reset` deletes the state and all data of the local cloud; `platform local up` then starts it again.",
    );
  }
  renameSync(file, `${file}.damaged`);
  for (const ending of ["", ".attrs"]) {
    if (existsSync(`${backup}${ending}`)) copyFileSync(`${backup}${ending}`, `${file}${ending}`);
  }
  report(`the state of the stack ${stack} is truncated, so its backup is used; the damaged file is ${file}.damaged`);
  return true;
}
