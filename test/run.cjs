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
/**
 * The lanes. The processes of a lane run one after another, and what no lane names runs in the first process of the second one.
 * Pulumi keeps the state of a program in its process: programs that run with mocks, and programs under the engine, have processes of
 * their own.
 */
const LANES = [[["test/e2e/", "test/glue/", "test/examples.test.ts", "test/functions/"]], [[], ["test/local/"]]];

const run = (args, options) =>
  new Promise((ended) => {
    const child = spawn(process.execPath, [MOCHA, ...args], options);
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    child.once("exit", (code) => ended(code ?? 1));
  });

async function lanes() {
  const files = globSync("test/**/*.test.ts").sort();
  const named = LANES.flat(2);
  const startsWith = (prefixes) => (file) => prefixes.some((prefix) => file.startsWith(prefix));
  const filesOf = (prefixes) =>
    files.filter(prefixes.length > 0 ? startsWith(prefixes) : (file) => !startsWith(named)(file));
  const folder = mkdtempSync(join(tmpdir(), "tests-"));
  const results = await Promise.all(
    LANES.map(async (processes, index) => {
      const log = join(folder, `${index}.log`);
      const out = index === 0 ? "inherit" : openSync(log, "a");
      const outcomes = [];
      for (const [number, prefixes] of processes.entries()) {
        const results = join(folder, `${index}-${number}.json`);
        const code = await run(filesOf(prefixes), {
          stdio: ["ignore", out, out],
          env: {
            ...process.env,
            TEST_RESULTS: results,
            ...(index === 0 ? {} : { FORCE_COLOR: process.stdout.isTTY ? "1" : "0" }),
          },
        });
        outcomes.push(outcome(results, code));
      }
      if (index > 0) process.stdout.write(readFileSync(log));
      return outcomes;
    }),
  ).then((outcomes) => outcomes.flat());
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
