import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { OutputMap, UpdateSummary } from "@pulumi/pulumi/automation";
import { UserError, type Report } from "../errors";
import { inHome } from "../paths";
import { readJson, writeAtomically } from "../state";

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

/** Returns whether the local backend holds the state of this stack. */
export const hasState = (project: string, stack: string): boolean => existsSync(stateFile(project, stack));

/** In a state, an object with this key stands for a secret or an asset. */
const SPECIAL = "4dabf18193072939515e22adb298388d";

interface State {
  readonly checkpoint?: {
    readonly latest?: {
      readonly resources?: readonly { readonly type: string; readonly outputs?: Readonly<Record<string, unknown>> }[];
    };
  };
}

/** Reads the outputs of a stack from its state. Returns undefined if the state cannot be read or if one output is a secret. */
export function plainOutputs(project: string, stack: string): OutputMap | undefined {
  const resources = readJson<State>(stateFile(project, stack))?.checkpoint?.latest?.resources;
  const outputs = resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
  if (outputs === undefined || JSON.stringify(outputs).includes(SPECIAL)) return undefined;
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value, secret: false }]));
}

/** The backend's record of an update, with times in seconds since 1970. */
interface HistoryEntry extends Omit<UpdateSummary, "startTime" | "endTime"> {
  readonly startTime: number;
  readonly endTime: number;
}

/** Reads the record of a stack's last update, without its configuration. Returns undefined if it cannot be read. */
export function lastUpdate(project: string, stack: string): UpdateSummary | undefined {
  const folder = inHome("backend", ".pulumi", "history", project, stack);
  if (!existsSync(folder)) return undefined;
  // Each name ends with the time in nanoseconds: the order of the names is that of the updates.
  const last = readdirSync(folder)
    .filter((name) => name.endsWith(".history.json"))
    .sort()
    .at(-1);
  const entry = last === undefined ? undefined : readJson<HistoryEntry>(join(folder, last));
  if (entry === undefined) return undefined;
  const [startTime, endTime] = [new Date(entry.startTime * 1000), new Date(entry.endTime * 1000)];
  return { ...entry, startTime, endTime, config: {} };
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
