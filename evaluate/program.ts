import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";

const PROGRAM = join(__dirname, "..", "infra", "index.ts");

/** Returns the program `infra/index.ts`, which is evaluated at each call. Its exports are the stack's outputs. */
export function platformProgram(): PulumiFn {
  return () => {
    delete require.cache[PROGRAM];
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program's module is evaluated once a run, not once a process
    return Promise.resolve({ ...(require(PROGRAM) as Record<string, unknown>) });
  };
}
