import pc from "picocolors";
import { UserError } from "../../local/errors";

/** Prints a failure as its message and hint, and returns the exit code. */
export function showError(error: unknown): number {
  if (error instanceof UserError) {
    process.stderr.write(`${pc.red("✖")} ${error.message}\n`);
    if (error.hint) process.stderr.write(`${pc.dim("→")} ${error.hint}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${pc.red("✖")} ${text}\n`);
  if (process.env.PLATFORM_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else process.stderr.write(`${pc.dim("→")} Set PLATFORM_DEBUG=1 to see where the error happened.\n`);
  return 1;
}
