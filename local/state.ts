import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import lockfile from "proper-lockfile";
import { sync as writeFileAtomic } from "write-file-atomic";
import { UserError } from "./errors";
import { home, inHome } from "./paths";

/** Writes a file in one step, so that no reader sees a part of it. */
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

/** The number of minutes that a second command waits for each lock. */
const PATIENCE = { cloud: 2, venv: 20 } as const;

/** Runs work under a lock, for which a second command waits. The lock of a dead process expires. Locks with different names are independent. */
export async function exclusively<T>(work: () => Promise<T>, name: keyof typeof PATIENCE = "cloud"): Promise<T> {
  mkdirSync(home(), { recursive: true });
  const release = await lockfile
    .lock(home(), {
      lockfilePath: inHome(`${name}.lock`),
      stale: 10_000,
      retries: { retries: PATIENCE[name] * 240, minTimeout: 250, maxTimeout: 250, factor: 1 },
      // After a machine has slept, the lock may have expired. The work continues, as an interruption would do more harm.
      onCompromised: () => undefined,
    })
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ELOCKED") throw error;
      throw new UserError(
        `Another platform command has been running in this project for ${PATIENCE[name]} minutes`,
        "Wait until it has ended, then run the command again.",
      );
    });
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}
