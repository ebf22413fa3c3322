import { join } from "node:path";
import { awsEnv, type Cloud } from "../../local/cloud";
import { REPOSITORY } from "../../local/paths";
import type { Invoked } from "../children/invoke";
import { run } from "../measure";

const CHILD = join(__dirname, "..", "children", "invoke.ts");

/** Calls a function's bundle, as it is deployed, in a separate process with its environment variables. */
export async function invoke<Response>(
  cloud: Cloud,
  name: string,
  request: unknown,
  env: Readonly<Record<string, string>>,
): Promise<Invoked<Response>> {
  const printed = await run(process.execPath, ["-r", "ts-node/register", CHILD, name, JSON.stringify(request)], {
    cwd: REPOSITORY,
    env: { ...awsEnv(cloud), POWERTOOLS_LOG_LEVEL: "SILENT", POWERTOOLS_METRICS_DISABLED: "true", ...env },
  });
  return JSON.parse(printed) as Invoked<Response>;
}

/** Returns the same settings for a client in this process. */
export function clientConfig(cloud: Cloud, endpoint?: string) {
  const env = awsEnv(cloud);
  return {
    endpoint: endpoint ?? env.AWS_ENDPOINT_URL ?? "",
    region: env.AWS_REGION ?? "",
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "" },
  };
}
