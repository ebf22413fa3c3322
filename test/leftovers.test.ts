import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { REPOSITORY } from "../local/paths";
import { temporaryFolder } from "./support/plain";

describe("the last thing that a run of the tests proves", function () {
  this.timeout(60_000);

  it("is that nothing of it still runs: a process that a test left behind fails the run, by its name", async () => {
    const { folder, remove } = temporaryFolder("leftovers");
    const file = join(folder, "careless.test.js");
    writeFileSync(
      file,
      `it("leaves a process behind", () => {
        const options = { detached: true, stdio: "ignore" };
        require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], options).unref();
      });`,
    );
    try {
      const mocha = require.resolve("mocha/bin/mocha.js");
      // Its results are not those of the run that counts.
      const options = { cwd: REPOSITORY, reject: false, env: { TEST_RESULTS: undefined } };
      const { exitCode, stdout } = await execa(process.execPath, [mocha, file], options);
      const left = /(\d+) \S*node -e setInterval/.exec(stdout)?.[1];
      if (left !== undefined) process.kill(Number(left), "SIGKILL");
      assert.notEqual(exitCode, 0);
      assert.match(stdout, /processes that the tests started still run/);
      assert.ok(left !== undefined, stdout);
    } finally {
      remove();
    }
  });
});
