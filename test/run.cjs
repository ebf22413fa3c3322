"use strict";
/**
 * `npm test`: runs the tests in two lanes at the same time, each in a Mocha process with emulators of its own, because most tests wait
 * for one process while the second core is idle. The first lane's output is shown at once, the second's when it ends; the last line has
 * the sums. With arguments (`npm test -- test/cli/*.test.ts --grep plan`) it is Mocha with these arguments.
 */
const { spawn } = require("node:child_process");
const { mkdtempSync, openSync, readFileSync, globSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const MOCHA = require.resolve("mocha/bin/mocha.js");
/** The lane of what deploys the whole platform; what is not named here is the other lane. */
const PLATFORM_LANE = ["test/e2e/", "test/glue/", "test/examples.test.ts", "test/functions/"];

const run = (args, options) =>
  new Promise((ended) => {
    const child = spawn(process.execPath, [MOCHA, ...args], options);
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    child.once("exit", (code) => ended(code ?? 1));
  });

async function lanes() {
  const files = globSync("test/**/*.test.ts").sort();
  const inPlatformLane = (file) => PLATFORM_LANE.some((prefix) => file.startsWith(prefix));
  const split = [files.filter(inPlatformLane), files.filter((file) => !inPlatformLane(file))];
  const folder = mkdtempSync(join(tmpdir(), "tests-"));
  const results = await Promise.all(
    split.map(async (lane, index) => {
      const results = join(folder, `${index}.json`);
      const log = join(folder, `${index}.log`);
      const out = index === 0 ? "inherit" : openSync(log, "a");
      const code = await run(lane, {
        stdio: ["ignore", out, out],
        env: {
          ...process.env,
          TEST_RESULTS: results,
          ...(index === 0 ? {} : { FORCE_COLOR: process.stdout.isTTY ? "1" : "0" }),
        },
      });
      if (index > 0) process.stdout.write(readFileSync(log));
      return outcome(results, code);
    }),
  );
  rmSync(folder, { recursive: true, force: true });
  const slowest = Object.entries(Object.assign({}, ...results.map(({ seconds }) => seconds)))
    .sort(([, a], [, b]) => b - a)
    .slice(0, 10);
  process.stdout.write(
    `\nThe slowest files:\n${slowest.map(([file, s]) => `  ${s.toFixed(1).padStart(6)} s  ${file}`).join("\n")}\n\n`,
  );
  const sum = (name) => results.reduce((total, result) => total + result[name], 0);
  const skipped = sum("pending");
  process.stdout.write(`${sum("passes")} passed, ${sum("failures")} failed${skipped ? `, ${skipped} skipped` : ""}\n`);
  return sum("failures") === 0 && results.every(({ code }) => code === 0) ? 0 : 1;
}

/** A lane that ended without a word counts as one failure. */
function outcome(file, code) {
  try {
    return { code, ...JSON.parse(readFileSync(file, "utf8")) };
  } catch {
    process.stdout.write(`A lane of the tests ended with ${code} before it could count its results.\n`);
    return { code: 1, passes: 0, failures: 1, pending: 0, seconds: {} };
  }
}

const given = process.argv.slice(2);
(given.length > 0 ? run(given, { stdio: "inherit" }) : lanes()).then((code) => (process.exitCode = code));
