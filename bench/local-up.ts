import { rmSync } from "node:fs";
import type { Bench, Figure } from "./benchmark";
import { run, shown, summary, timed } from "./measure";
import { duty } from "./support/cleanup";
import { emptyHome, PLATFORM } from "./support/platform";

const COLD = 12;
const UNCHANGED = 4;

/** Measures `platform local up` as a process in a separate home, with the software installed and the functions bundled. */
export async function localUp({ say, small }: Bench): Promise<readonly Figure[]> {
  const seconds = { cold: [] as number[], unchanged: [] as number[], warm: [] as number[] };
  const rounds = small ? 1 : 3;
  for (let round = 1; round <= rounds; round++) {
    const home = await emptyHome(say);
    const platform = (...args: string[]) =>
      run(process.execPath, [PLATFORM, ...args], { env: { PLATFORM_HOME: home } });
    const up = async (): Promise<number> => (await timed(() => platform("local", "up"))).seconds;
    const remove = duty(async () => {
      await platform("local", "down");
      rmSync(home, { recursive: true, force: true });
    });
    try {
      say(`round ${round} of ${rounds}: from nothing`);
      seconds.cold.push(await up());
      say(`round ${round} of ${rounds}: unchanged`);
      seconds.unchanged.push(await up());
      await platform("local", "down");
      say(`round ${round} of ${rounds}: stopped before`);
      seconds.warm.push(await up());
    } finally {
      await remove();
    }
  }
  const [cold, unchanged, warm] = [summary(seconds.cold), summary(seconds.unchanged), summary(seconds.warm)];
  return [
    {
      what: "`platform local up`, cold: no emulator runs, nothing is deployed",
      figure: shown(cold),
      budget: `≤ ${COLD} s`,
      within: cold.median <= COLD,
    },
    { what: "warm: deployed, but the emulators were stopped", figure: shown(warm) },
    {
      what: "unchanged: running and deployed",
      figure: shown(unchanged),
      budget: `≤ ${UNCHANGED} s`,
      within: unchanged.median <= UNCHANGED,
    },
  ];
}
