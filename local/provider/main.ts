import { join, resolve } from "node:path";
import { inHome } from "../paths";
import { endpointsFromEnvironment } from "./clients";
import { serveProvider } from "./server";
import { modelFolder } from "./strict/models";
import { requestCheck } from "./strict/strict";

/**
 * The local provider as a process: endpoints from `LOCAL_AWS_ENDPOINT` and `LOCAL_MOTO_ENDPOINT`, the folder of functions' code from
 * `LOCAL_CODE_DIRECTORY` (default `.platform/code`), AWS's service models in `LOCAL_PYTHON_VENV` (default `.platform/venv`); its first line of output is its
 * port. Attach with `PULUMI_DEBUG_PROVIDERS=aws:<port>`.
 */
async function main(): Promise<void> {
  const provider = await serveProvider({
    endpoints: endpointsFromEnvironment(process.env),
    check: requestCheck(modelFolder(process.env.LOCAL_PYTHON_VENV ?? inHome("venv"))),
    codeDirectory: resolve(process.env.LOCAL_CODE_DIRECTORY ?? join(".platform", "code")),
  });
  process.stdout.write(`${provider.port}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void provider.stop());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
