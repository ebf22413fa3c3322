import { venvFolder } from "../emulators/python";
import { inHome } from "../paths";
import { endpointsFromEnvironment } from "./clients";
import { checkTable } from "./generic/check";
import { serveProvider } from "./server";
import { modelFolder } from "./strict/models";
import { requestCheck } from "./strict/strict";
import { TABLE } from "./table";

/**
 * The local provider as a process: the emulator's endpoint from `LOCAL_AWS_ENDPOINT`; the folder of functions' code from
 * `LOCAL_CODE_DIRECTORY`, AWS's service models from the emulators' Python environment, both in the project's local folder by
 * default. Its first line of output is its port; `awsx` is served on `LOCAL_AWSX_PORT`, or on any. Attach with
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
