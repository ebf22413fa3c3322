/** A folder on the local disk for one run, which is empty at the beginning and removed at the end. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "light-etl-";

/** Runs `work` with a new folder. Folders that killed processes left behind are removed before. */
export async function withWorkspace<T>(work: (folder: string) => Promise<T>, root = tmpdir()): Promise<T> {
  removeLeftovers(root);
  const folder = mkdtempSync(join(root, `${PREFIX}${process.pid}-`));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes a folder of the workspace and returns its path. */
export function subfolder(workspace: string, ...names: readonly string[]): string {
  const path = join(workspace, ...names);
  mkdirSync(path, { recursive: true });
  return path;
}

function removeLeftovers(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    // Outside Lambda, several of these processes may share the root.
    if (pid !== undefined && Number(pid) !== process.pid && !isAlive(Number(pid))) {
      rmSync(join(root, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
