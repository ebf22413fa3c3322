import type { Bench, Figure } from "./benchmark";
import { shown, timeCommand } from "./measure";
import { PLATFORM } from "./support/platform";

const BUDGET = 8;

/** Measures `platform plan dev` as a process: the real Pulumi engine with policies. */
export async function plan({ env, small }: Bench): Promise<readonly Figure[]> {
  const timing = await timeCommand(process.execPath, [PLATFORM, "plan", "dev"], { env, runs: small ? 1 : 3 });
  return [
    {
      what: "`platform plan dev`",
      figure: shown(timing),
      budget: `≤ ${BUDGET} s`,
      within: timing.median <= BUDGET,
    },
  ];
}
