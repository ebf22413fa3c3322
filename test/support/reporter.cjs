"use strict";
/**
 * Mocha's spec reporter, closed by the one line that continuous integration reads. Where `TEST_RESULTS` names a file, it also writes the
 * counts and the time that each test file took there. A test that fails once and passes when it is run again is reported with its error.
 */
const { writeFileSync } = require("node:fs");
const { relative } = require("node:path");
const { reporters, Runner } = require("mocha");

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    this.seconds = {};
    let since = Date.now();
    // The time since the last event, and with it that of hooks, belongs to the file of the test that ends here.
    const took = ({ file }) => {
      const now = Date.now();
      const name = file === undefined ? "hooks" : relative(process.cwd(), file);
      this.seconds[name] = (this.seconds[name] ?? 0) + (now - since) / 1000;
      since = now;
    };
    runner.on(Runner.constants.EVENT_TEST_RETRY, (test, error) => {
      process.stdout.write(`    run again: ${test.fullTitle()}\n      ${error.stack ?? error}\n`);
    });
    for (const event of [Runner.constants.EVENT_TEST_END, Runner.constants.EVENT_HOOK_END]) {
      runner.on(event, (test) => took({ file: test.file ?? test.parent?.file }));
    }
  }

  epilogue() {
    super.epilogue();
    const { passes = 0, failures = 0, pending = 0 } = this.stats;
    if (process.env.TEST_RESULTS) {
      writeFileSync(process.env.TEST_RESULTS, JSON.stringify({ passes, failures, pending, seconds: this.seconds }));
    }
    process.stdout.write(`${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ""}\n`);
  }
};
