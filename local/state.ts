import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import lockfile from "proper-lockfile";
import { home, inHome } from "./paths";

/** Writes a file whole or not at all. */
export function writeAtomically(file: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(3).toString("hex")}`;
  writeFileSync(draft, text, { mode });
  renameSync(draft, file);
}

export function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}

export const writeJson = (file: string, value: unknown): void =>
  writeAtomically(file, `${JSON.stringify(value, null, 2)}\n`);

export function removeFile(file: string): void {
  rmSync(file, { recursive: true, force: true });
}

/** The passphrase of the local stack's state: random, readable by its user only, never shown. */
export function passphraseFile(): string {
  const file = inHome("passphrase");
  if (!existsSync(file)) writeAtomically(file, randomBytes(24).toString("base64url"), 0o600);
  return file;
}

/** Runs one local command at a time; a second one waits up to two minutes. A lock whose owner died expires by itself. */
export async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  mkdirSync(home(), { recursive: true });
  const release = await lockfile.lock(home(), {
    lockfilePath: inHome("lock"),
    stale: 10_000,
    retries: { retries: 240, minTimeout: 500, maxTimeout: 500, factor: 1 },
  });
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}
