import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureVenv, findPython, REQUIREMENTS, venvFolder, venvReady } from "../../../local/emulators/python";
import type { UserError } from "../../../local/errors";
import { temporaryHome, withVariables, type TemporaryHome } from "../../support/home";

describe("the emulators' Python", () => {
  let home: TemporaryHome;
  let folder: string;
  let variables: { restore(): void };

  beforeEach(() => {
    home = temporaryHome();
    folder = mkdtempSync(join(tmpdir(), "python-"));
    variables = withVariables({ PATH: folder });
  });
  afterEach(() => {
    variables.restore();
    rmSync(folder, { recursive: true, force: true });
    home.remove();
  });

  /** A program that answers the question for its version, and does `rest` otherwise. */
  function python(name: string, version: string, rest = "exit 0"): void {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\nif [ "$1" = -c ]; then echo ${version}; exit 0; fi\n${rest}\n`);
    chmodSync(file, 0o755);
  }

  it("is the first that is new enough", async () => {
    python("python3", "3.9.2");
    python("python3.12", "3.12.1");
    assert.deepEqual(await findPython(), { binary: "python3.12", version: "3.12.1" });
  });

  it("is not one that is too old, which is named", async () => {
    python("python3", "3.8.10");
    python("python", "2.7.18");
    assert.deepEqual(await findPython(), ["python3 is 3.8.10", "python is 2.7.18"]);
    await assert.rejects(
      ensureVenv(),
      (error: UserError) => /need Python 3\.10 or newer.*python3 is 3\.8\.10/.test(error.message) && !!error.hint,
    );
  });

  it("is said to be missing when there is none", async () => {
    await assert.rejects(ensureVenv(), /none is on PATH/);
  });

  it("says which package is missing where virtual environments cannot be made", async () => {
    python("python3", "3.11.2", "echo 'The virtual environment was not created: ensurepip is not available.'; exit 1");
    await assert.rejects(
      ensureVenv(),
      (error: UserError) => /cannot create.*ensurepip/.test(error.message) && /python3-venv/.test(error.hint ?? ""),
    );
    assert.ok(!venvReady());
  });

  it("says why the packages could not be installed, and is not taken for ready afterwards", async () => {
    const pip = `mkdir -p "$3/bin"; printf '#!/bin/sh\\necho "ERROR: No matching distribution found for ministack"\\nexit 1\\n' > "$3/bin/python"; chmod +x "$3/bin/python"`;
    variables.restore();
    variables = withVariables({ PATH: `${folder}:/bin:/usr/bin` });
    python("python3", "3.11.2", pip);
    await assert.rejects(ensureVenv(), /could not be installed: ERROR: No matching distribution found for ministack/);
    assert.ok(!venvReady());
  });

  it("is not ready when it was made from other requirements, or only half", () => {
    mkdirSync(join(venvFolder(), "bin"), { recursive: true });
    writeFileSync(join(venvFolder(), "bin", "ministack"), "");
    assert.ok(!venvReady());
    writeFileSync(join(venvFolder(), "installed"), "another fingerprint");
    assert.ok(!venvReady());
  });

  it("has every package pinned to one version", () => {
    const lines = readFileSync(REQUIREMENTS, "utf8")
      .split("\n")
      .filter((line) => line && !line.startsWith("#"));
    assert.ok(lines.length > 20);
    for (const line of lines) assert.match(line, /^[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+$/);
    for (const name of ["ministack", "botocore"])
      assert.ok(
        lines.some((line) => line.startsWith(`${name}==`)),
        name,
      );
  });
});
