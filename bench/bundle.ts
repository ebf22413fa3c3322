import { join } from "node:path";
import type * as Bundle from "../components/core/platform-function/bundle";
import type { Bench, Figure } from "./benchmark";
import { shown, summary, timed } from "./measure";
import { architecture } from "./support/installed";

const MODULE = join(__dirname, "..", "functions", "bundle.ts");

/** Measures the time that a deployment needs to find that no function has changed. */
export async function bundle({ small }: Bench): Promise<readonly Figure[]> {
  const check = async (): Promise<number> => {
    // The module caches its results, so each run loads it again, as each deployment does.
    delete require.cache[MODULE];
    const { buildFunctions } = (await import(MODULE)) as typeof Bundle;
    return (await timed(async () => buildFunctions(architecture))).seconds;
  };
  await check();
  const seconds: number[] = [];
  for (let run = 0; run < (small ? 1 : 5); run++) seconds.push(await check());
  return [
    {
      what: "all functions' bundles found up to date",
      figure: shown(summary(seconds.map((one) => one * 1000)), "ms"),
    },
  ];
}
