import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPOSITORY } from "../../local/paths";
import { pythonVenv } from "./ministack";

/** Variables of this process, set for a while; `restore` puts the former ones back. */
export function withVariables(values: Readonly<Record<string, string | undefined>>): { restore(): void } {
  const former = Object.fromEntries(Object.keys(values).map((name) => [name, process.env[name]]));
  const apply = (wanted: Readonly<Record<string, string | undefined>>): void => {
    for (const [name, value] of Object.entries(wanted)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  apply(values);
  return { restore: () => apply(former) };
}

export interface TemporaryHome {
  readonly folder: string;
  remove(): void;
}

/** A `.platform` folder of its own for what a test starts; `emulators`: with those that are installed already, and Spark. */
export function temporaryHome(options: { readonly emulators?: boolean } = {}): TemporaryHome {
  const folder = mkdtempSync(join(tmpdir(), "platform-home-"));
  if (options.emulators) {
    symlinkSync(pythonVenv(), join(folder, "venv"));
    const spark = process.env.PLATFORM_SPARK_HOME ?? join(REPOSITORY, ".platform", "spark");
    if (existsSync(spark)) symlinkSync(spark, join(folder, "spark"));
  }
  const variables = withVariables({ PLATFORM_HOME: folder });
  return {
    folder,
    remove() {
      variables.restore();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until something holds, and fails with its description when it does not within the time. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  milliseconds = 20_000,
): Promise<void> {
  for (const deadline = Date.now() + milliseconds; !(await holds());) {
    if (Date.now() > deadline) throw new Error(`not within ${milliseconds / 1000} s: ${what}`);
    await new Promise((wake) => setTimeout(wake, 25));
  }
}
