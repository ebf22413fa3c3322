import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import lockfile from "proper-lockfile";
import { sync as writeFileAtomic } from "write-file-atomic";
import { UserError } from "./errors";
import { home, inHome } from "./paths";

/** Writes a file whole or not at all. */
export function writeAtomically(file: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileAtomic(file, text, { mode });
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

/** Minutes a second command waits. */
const PATIENCE = { cloud: 2, venv: 20 } as const;

/**
 * Runs one local command at a time; a second one waits for it. A lock whose owner died expires by itself. Locks of
 * different names know nothing of one another.
 */
export async function exclusively<T>(work: () => Promise<T>, name: keyof typeof PATIENCE = "cloud"): Promise<T> {
  mkdirSync(home(), { recursive: true });
  const release = await lockfile
    .lock(home(), {
      lockfilePath: inHome(`${name}.lock`),
      stale: 10_000,
      retries: { retries: PATIENCE[name] * 240, minTimeout: 250, maxTimeout: 250, factor: 1 },
      // A machine that slept renews too late. The work goes on: stopping it half way would be worse.
      onCompromised: () => undefined,
    })
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ELOCKED") throw error;
      throw new UserError(
        `Another platform command has been at work here for ${PATIENCE[name]} minutes`,
        "Wait until it has ended, then run the command again.",
      );
    });
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}
