import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { processesWith } from "../../local/emulators/owned";

/** The variable that everything carries which these tests start, and what they start. */
export const TEST_RUN = "PLATFORM_TEST_RUN";
const run = randomUUID();
process.env[TEST_RUN] = run;

const endings: (() => Promise<unknown>)[] = [];

/** Ends something that several files of tests share, after the last test. */
export const atTheEnd = (ending: () => Promise<unknown>): void => void endings.push(ending);

/** The bundler's service belongs to this very process and ends with it. */
const OWN_SERVICE = /\/esbuild --service=/;

const leftovers = (): string[] =>
  processesWith(TEST_RUN, run)
    .filter(({ command }) => !OWN_SERVICE.test(command))
    .map(({ pid, command }) => `${pid} ${command}`);

/** Loaded by Mocha before any test: the last thing that a run proves is that nothing of it still runs. */
export const mochaHooks = {
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(120_000);
    for (const ending of endings.splice(0)) await ending();
    for (const deadline = Date.now() + 5_000; leftovers().length > 0 && Date.now() < deadline;) {
      await new Promise((wake) => setTimeout(wake, 25));
    }
    assert.deepEqual(leftovers(), [], "processes that the tests started still run");
  },
};
