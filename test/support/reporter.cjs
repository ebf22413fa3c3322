"use strict";
/** mocha's spec reporter, closed by the one line that continuous integration reads. */
const Spec = require("mocha").reporters.Spec;

module.exports = class extends Spec {
  epilogue() {
    super.epilogue();
    const { passes = 0, failures = 0, pending = 0 } = this.stats;
    process.stdout.write(`${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ""}\n`);
  }
};
