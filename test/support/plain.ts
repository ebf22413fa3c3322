import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { TEST_RUN } from "./leftovers";

/** What a command said and how it ended; it does not throw when the command fails. */
export interface Answer {
  readonly code: number | undefined;
  readonly output: string;
}

export type Variables = Readonly<Record<string, string>>;

/** Runs the ordinary Pulumi CLI in a process of its own. It gets these variables, a home and a language, and nothing else. */
export async function pulumi(cwd: string, variables: Variables, ...args: readonly string[]): Promise<Answer> {
  const { exitCode, all } = await execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd,
    env: { HOME: process.env.HOME, LANG: "C.UTF-8", [TEST_RUN]: process.env[TEST_RUN], ...variables },
    extendEnv: false,
    reject: false,
    all: true,
  });
  return { code: exitCode, output: all ?? "" };
}

/** A folder of a test's own. */
export function temporaryFolder(name: string): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
