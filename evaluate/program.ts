import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";

const FOLDER = join(__dirname, "..", "infra");
const PROGRAM = join(FOLDER, "index.ts");

/** Returns the program `infra/index.ts`, which is evaluated at each call. Its exports are the stack's outputs. */
export function platformProgram(): PulumiFn {
  return () => {
    delete require.cache[PROGRAM];
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program's module is evaluated once a run, not once a process
    return Promise.resolve({ ...(require(PROGRAM) as Record<string, unknown>) });
  };
}

/** Loads the modules that the program imports, for a caller that waits for the engine: the program then starts at once. */
export function loadProgram(): void {
  try {
    for (const file of readdirSync(FOLDER)) {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- these modules are needed while the engine starts, not before
      if (file.endsWith(".ts") && file !== "index.ts") require(join(FOLDER, file));
    }
  } catch {
    // The program imports the same module and reports why it does not load.
  }
}
