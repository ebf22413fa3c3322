import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { UserError } from "../../../local/errors";
import { ENGINE_VERSION, findEngine, findOrInstallEngine, fits, onPath } from "../../../local/engine/engine";
import { withVariables } from "../../support/home";

describe("the Pulumi CLI", () => {
  let folder: string;
  let variables: { restore(): void };

  /** A program that says a version, as the CLI does. */
  function cli(file: string, version: string): string {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho v${version}\n`);
    chmodSync(file, 0o755);
    return file;
  }
  const path = (...folders: string[]): string => [...folders, "/bin"].join(delimiter);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "engine-"));
    variables = withVariables({
      PULUMI_HOME: join(folder, "home"),
      PATH: path(),
      // The launcher of these tests reaches nothing: a download fails at once, here as on a machine without a network.
      NODE_USE_ENV_PROXY: "1",
      HTTPS_PROXY: "http://127.0.0.1:9",
      HTTP_PROXY: "http://127.0.0.1:9",
      NO_PROXY: undefined,
      no_proxy: undefined,
    });
  });
  afterEach(() => {
    variables.restore();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [version, answer] of [
    [ENGINE_VERSION, true],
    [`v${ENGINE_VERSION}`, true],
    ["3.999.0", true],
    ["3.256.7", true],
    ["3.255.9", false],
    ["3.9.0", false],
    ["4.0.0", false],
    ["2.999.0", false],
    ["nonsense", false],
  ] as const) {
    it(`${answer ? "takes" : "refuses"} version ${version}`, () => assert.equal(fits(version), answer));
  }

  it("is PATH's own when its version fits", async () => {
    const binary = cli(join(folder, "official", "pulumi"), "3.300.1");
    process.env.PATH = path(dirname(binary));
    assert.deepEqual(await findEngine(), { binary, version: "3.300.1", how: "on PATH" });
  });

  it("is the launcher's cached one when PATH's is too old", async () => {
    const binary = cli(join(folder, "home", "versions", ENGINE_VERSION, "bin", "pulumi"), ENGINE_VERSION);
    process.env.PATH = path(dirname(cli(join(folder, "old", "pulumi"), "3.100.0")));
    assert.deepEqual(await findEngine(), { binary, version: ENGINE_VERSION, how: "in the launcher's cache" });
  });

  it("is never the npm launcher of a project or of the machine, which would download", async () => {
    const launcher = cli(join(folder, "lib", "node_modules", "pulumi", "run.js"), ENGINE_VERSION);
    const global = join(folder, "global");
    mkdirSync(global);
    symlinkSync(launcher, join(global, "pulumi"));
    process.env.PATH = path(dirname(launcher), global);
    assert.equal(await onPath(), "pulumi is not on PATH");
    assert.equal(await findEngine(), undefined);
  });

  it("does not count when it cannot say its version", async () => {
    const broken = join(folder, "broken", "pulumi");
    cli(broken, "3.300.0");
    writeFileSync(broken, "#!/bin/sh\nexit 3\n");
    process.env.PATH = path(dirname(broken));
    assert.equal(await onPath(), `${broken} does not answer`);
  });

  it("tells every step that failed, and what to install, when it cannot be had", async () => {
    const said: string[] = [];
    const failure = await findOrInstallEngine((line) => said.push(line)).then(
      () => assert.fail("it was found"),
      (error: UserError) => error,
    );
    assert.ok(failure instanceof UserError);
    assert.match(failure.message, /looking on PATH: pulumi is not on PATH/);
    assert.match(failure.message, /looking in the launcher's cache: .*versions.* does not exist/);
    assert.match(failure.message, /downloading .*: the download failed: \S/);
    assert.match(failure.message, /building .*: Go is not installed/);
    assert.match(failure.hint ?? "", /go\.dev\/dl/);
    assert.ok(said.some((line) => line.startsWith("building")));
  }).timeout(60_000);
});
