import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exclusively, readJson, writeAtomically, writeJson } from "../../local/state";
import { temporaryHome, type TemporaryHome } from "../support/home";

describe("local state", () => {
  let home: TemporaryHome;
  beforeEach(() => (home = temporaryHome()));
  afterEach(() => home.remove());

  it("writes a file whole, with its folder, and leaves no draft behind", () => {
    const file = join(home.folder, "a", "b.json");
    writeJson(file, { one: 1 });
    writeJson(file, { two: 2 });
    assert.deepEqual(readJson(file), { two: 2 });
    assert.deepEqual(readdirSync(join(home.folder, "a")), ["b.json"]);
  });

  it("treats a damaged JSON file as missing", () => {
    const file = join(home.folder, "cloud.json");
    writeFileSync(file, '{"instance": "x", "proc');
    assert.equal(readJson(file), undefined);
    assert.equal(readJson(join(home.folder, "absent.json")), undefined);
  });

  it("gives a file the mode asked for", () => {
    const file = join(home.folder, "tool");
    writeAtomically(file, "#!/bin/sh\n", 0o755);
    assert.equal(statSync(file).mode & 0o777, 0o755);
  });

  it("runs one piece of work at a time", async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, (inside += 1));
      await new Promise((wake) => setImmediate(wake));
      inside -= 1;
    };
    await Promise.all([exclusively(work), exclusively(work), exclusively(work)]);
    assert.equal(most, 1);
    assert.ok(!existsSync(join(home.folder, "cloud.lock")));
  });

  it("releases the lock when the work fails", async () => {
    await assert.rejects(
      exclusively(() => Promise.reject(new Error("broken"))),
      /broken/,
    );
    assert.equal(await exclusively(() => Promise.resolve("went on")), "went on");
  });

  it("keeps locks of different names apart", async () => {
    assert.equal(await exclusively(() => exclusively(() => Promise.resolve("inner"), "venv")), "inner");
  });
});
