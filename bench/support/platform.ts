import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localClients, type LocalClients, type PlatformOutputs } from "../../cli/clients";
import { deployLocal } from "../../cli/deploy";
import { cloudDown, cloudUp, type Cloud } from "../../local/cloud";
import { ensureVenv, venvFolder } from "../../local/emulators/python";
import { ensureSpark, sparkFolder } from "../../local/glue/install";
import { duty } from "./cleanup";

export const PLATFORM = join(__dirname, "..", "..", "cli", "bin", "platform.js");

type Say = (line: string) => void;

/** The user's own home, read before another home is set. */
const installed = { venv: venvFolder(), spark: sparkFolder() };

/** Creates a `.platform` folder that has only the software installed in the user's own. */
export async function emptyHome(say: Say, options: { readonly spark?: boolean } = {}): Promise<string> {
  await ensureVenv(say);
  if (options.spark) await ensureSpark(say);
  const home = mkdtempSync(join(tmpdir(), "bench-home-"));
  symlinkSync(installed.venv, join(home, "venv"));
  if (options.spark) symlinkSync(installed.spark, join(home, "spark"));
  return home;
}

/** Starts a local cloud in a separate home until the benchmarks end. The platform is deployed to it when a benchmark first needs it. */
export class LocalPlatform {
  private deployment: Promise<PlatformOutputs> | undefined;

  private constructor(
    readonly cloud: Cloud,
    readonly clients: LocalClients,
  ) {}

  static async start(say: Say): Promise<LocalPlatform> {
    const former = process.env.PLATFORM_HOME;
    const home = await emptyHome(say, { spark: true });
    process.env.PLATFORM_HOME = home;
    duty(async () => {
      await cloudDown();
      rmSync(home, { recursive: true, force: true });
      if (former === undefined) delete process.env.PLATFORM_HOME;
      else process.env.PLATFORM_HOME = former;
    });
    const { cloud } = await cloudUp(say);
    return new LocalPlatform(cloud, localClients(cloud));
  }

  deployed(say: Say): Promise<PlatformOutputs> {
    this.deployment ??= deployLocal(say).then(({ outputs }) => outputs as unknown as PlatformOutputs);
    return this.deployment;
  }
}
