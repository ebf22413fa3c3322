import { venvFolder } from "../emulators/python";
import { inHome } from "../paths";
import { endpointsFromEnvironment } from "./clients";
import { checkTable } from "./generic/check";
import { serveProvider } from "./server";
import { modelFolder } from "./strict/models";
import { requestCheck } from "./strict/strict";
import { TABLE } from "./table";

/**
 * This file runs the local provider as a process. `LOCAL_AWS_ENDPOINT` is the emulator's endpoint, and `LOCAL_CODE_DIRECTORY` the folder of
 * functions' code. AWS's service models come from the emulators' Python environment; by default both are in the project's local folder.
 * The first line of output is the provider's port; `awsx` is served on `LOCAL_AWSX_PORT` or on a free port. Attach the provider with
 * `PULUMI_DEBUG_PROVIDERS=aws:<port>,awsx:<port>`.
 */
async function main(): Promise<void> {
  checkTable(TABLE);
  const provider = await serveProvider({
    endpoints: endpointsFromEnvironment(process.env),
    check: requestCheck(modelFolder(process.env.PLATFORM_PYTHON_VENV ?? venvFolder())),
    codeDirectory: process.env.LOCAL_CODE_DIRECTORY ?? inHome("code"),
    awsxPort: Number(process.env.LOCAL_AWSX_PORT ?? 0),
  });
  process.stdout.write(`${provider.port}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void provider.stop());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
