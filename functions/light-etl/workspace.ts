/** Room on the local disk for one run: always empty to begin with, always gone afterwards. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "light-etl-";

/** Runs `work` with a fresh folder. What a process that was killed left behind is removed on the way. */
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
    // Elsewhere than in Lambda several of these processes may share the folder.
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
