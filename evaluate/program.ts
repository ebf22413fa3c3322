import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";

const INFRA = join(__dirname, "..", "infra");

/** `infra/index.ts`, evaluated anew: its exports are the stack's outputs. */
export function platformProgram(): PulumiFn {
  return () => {
    for (const file of Object.keys(require.cache)) if (file.startsWith(INFRA)) delete require.cache[file];
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a program's module is evaluated once a run, not once a process
    return Promise.resolve({ ...(require(join(INFRA, "index.ts")) as Record<string, unknown>) });
  };
}
