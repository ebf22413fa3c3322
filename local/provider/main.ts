import { endpointsFromEnvironment } from "./clients";
import { serveProvider } from "./server";

/**
 * The local provider as a process: endpoints from `LOCAL_AWS_ENDPOINT` and `LOCAL_MOTO_ENDPOINT`; its first line of output is its
 * port. Attach with `PULUMI_DEBUG_PROVIDERS=aws:<port>`.
 */
async function main(): Promise<void> {
  const provider = await serveProvider(endpointsFromEnvironment(process.env), () => []);
  process.stdout.write(`${provider.port}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void provider.stop());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
