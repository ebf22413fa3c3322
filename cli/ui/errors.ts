import pc from "picocolors";
import { UserError } from "../../local/errors";

/** Shows a failure as a person wants it, and returns the exit code. */
export function showError(error: unknown): number {
  if (error instanceof UserError) {
    process.stderr.write(`${pc.red("✖")} ${error.message}\n`);
    if (error.hint) process.stderr.write(`${pc.dim("→")} ${error.hint}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${pc.red("✖")} ${text}\n`);
  if (process.env.PLATFORM_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else process.stderr.write(`${pc.dim("→")} PLATFORM_DEBUG=1 shows where it happened.\n`);
  return 1;
}
