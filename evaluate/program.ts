import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";

const PROGRAM = join(__dirname, "..", "infra", "index.ts");

/** `infra/index.ts`, evaluated anew: its exports are the stack's outputs. What it imports makes nothing by itself. */
export function platformProgram(): PulumiFn {
  return () => {
    delete require.cache[PROGRAM];
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program's module is evaluated once a run, not once a process
    return Promise.resolve({ ...(require(PROGRAM) as Record<string, unknown>) });
  };
}
