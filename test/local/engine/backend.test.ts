import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDamaged, passphraseFile, restoreState } from "../../../local/engine/backend";
import type { UserError } from "../../../local/errors";
import { temporaryHome, type TemporaryHome } from "../../support/home";

describe("the local backend", () => {
  let home: TemporaryHome;
  const said: string[] = [];
  beforeEach(() => (home = temporaryHome()));
  afterEach(() => {
    home.remove();
    said.length = 0;
  });

  /** Writes the state of the stack `local`, or its backup. */
  function write(text: string, ending = ""): string {
    const file = join(home.folder, "backend", ".pulumi", "stacks", "small", `local.json${ending}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }
  const restore = (): boolean => restoreState("small", "local", (line) => said.push(line));

  it("makes one random passphrase that only its user can read, and keeps it", () => {
    const file = passphraseFile();
    const text = readFileSync(file, "utf8");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(text.length >= 32);
    assert.equal(readFileSync(passphraseFile(), "utf8"), text);
    const other = temporaryHome();
    try {
      assert.notEqual(readFileSync(passphraseFile(), "utf8"), text);
    } finally {
      other.remove();
    }
  });

  it("makes no new passphrase for states that another one encrypted", () => {
    const file = passphraseFile();
    rmSync(file);
    write("{}");
    assert.throws(passphraseFile, (error: UserError) => {
      assert.ok(error.message.includes(`is missing: ${file}`));
      assert.match(error.hint ?? "", /platform local reset/);
      return true;
    });
    assert.ok(!existsSync(file));
  });

  it("leaves a whole state, and one that is not there, alone", () => {
    assert.ok(!restore());
    write('{"checkpoint": 1}');
    write('{"checkpoint": 0}', ".bak");
    assert.ok(!restore());
    assert.deepEqual(said, []);
  });

  for (const [cut, text] of [
    ["in the middle", '{"version": 3, "checkp'],
    ["before its first byte", ""],
  ] as const) {
    it(`puts the backup in the place of a state that was cut ${cut}`, () => {
      const file = write(text);
      write('{"checkpoint": 0}', ".bak");
      assert.ok(isDamaged("small", "local"));
      assert.ok(restore());
      assert.equal(readFileSync(file, "utf8"), '{"checkpoint": 0}');
      assert.equal(readFileSync(`${file}.damaged`, "utf8"), text);
      assert.match(said.join(), /is truncated, so its backup is used/);
    });
  }

  it("says what to run when the backup is damaged too", () => {
    const file = write("{");
    write("{", ".bak");
    assert.throws(restore, (error: UserError) => {
      assert.ok(error.message.includes(file));
      assert.match(error.hint ?? "", /platform local reset/);
      return true;
    });
  });
});
