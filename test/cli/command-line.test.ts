import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CALLERS_OWN } from "../../local/cloud";
import { REPOSITORY } from "../../local/paths";
import { temporaryHome, withVariables, type TemporaryHome } from "../support/home";

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function platform(...args: string[]): Promise<Answer> {
  const launcher = join(REPOSITORY, "cli", "bin", "platform.js");
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [launcher, ...args],
      { env: { ...process.env, NO_COLOR: "1" } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  );
}

const noStack = (answer: Answer): void => assert.doesNotMatch(answer.stderr, /^\s+at .*:\d+:\d+\)?$/m);

describe("the platform command", () => {
  let home: TemporaryHome;
  beforeEach(() => (home = temporaryHome()));
  afterEach(() => home.remove());

  it("lists its commands", async () => {
    const answer = await platform("--help");
    assert.equal(answer.code, 0, answer.stderr);
    for (const name of ["start", "doctor", "local", "check", "plan", "ingest", "query", "status"])
      assert.match(answer.stdout, new RegExp(`^  ${name}\\b`, "m"));
  });

  it("refuses an unknown command with the nearest one, as bad input", async () => {
    const answer = await platform("doktor");
    assert.equal(answer.code, 2);
    assert.match(answer.stderr, /unknown command 'doktor'/);
    assert.match(answer.stderr, /Did you mean doctor\?/);
    noStack(answer);
  });

  it("refuses an environment that has no file, with those that have one and the nearest", async () => {
    const answer = await platform("check", "prodd");
    assert.equal(answer.code, 2, answer.stderr);
    assert.match(answer.stderr, /no environment "prodd".*allowed: dev, local, prod.*Did you mean "prod"\?/);
    noStack(answer);
  });

  it("refuses an unknown subcommand and an unknown option", async () => {
    const part = await platform("local", "upp");
    assert.equal(part.code, 2);
    assert.match(part.stderr, /Did you mean up\?/);
    const option = await platform("local", "up", "--no-deplo");
    assert.equal(option.code, 2);
    assert.match(option.stderr, /--no-deploy/);
    noStack(option);
  });

  it("says that the local cloud is not running, and what starts it", async () => {
    const status = await platform("local", "status");
    assert.equal(status.code, 1);
    assert.match(status.stdout, /not running.*platform local up/);
    const env = await platform("local", "env");
    assert.equal(env.code, 1);
    assert.equal(env.stdout, "");
    assert.match(env.stderr, /cannot be used: it is not running\n.*platform local up/);
    noStack(env);
    assert.equal((await platform("local", "down")).code, 0);
  });

  it("refuses a shell it does not know, naming those it does", async () => {
    const answer = await platform("local", "env", "--shell", "csh");
    assert.equal(answer.code, 2);
    assert.match(answer.stderr, /csh.*bash, fish, powershell/);
  });

  it("works from any folder", async () => {
    const launcher = join(REPOSITORY, "cli", "bin", "platform.js");
    const stdout = await new Promise<string>((resolve) =>
      execFile(process.execPath, [launcher, "local", "down"], { cwd: home.folder }, (_error, text) => resolve(text)),
    );
    assert.match(stdout, /is not running/);
  });

  it("shows where an unexpected failure happened only when asked", async () => {
    // A file in the place of the folder: a failure that no check foresees.
    const file = join(home.folder, "file");
    writeFileSync(file, "");
    const variables = withVariables({ PLATFORM_HOME: file, PLATFORM_DEBUG: undefined });
    try {
      const plain = await platform("local", "down");
      assert.equal(plain.code, 1);
      assert.match(plain.stderr, /PLATFORM_DEBUG=1/);
      noStack(plain);
      process.env.PLATFORM_DEBUG = "1";
      assert.match((await platform("local", "down")).stderr, /^\s+at /m);
    } finally {
      variables.restore();
    }
  });
});

describe("platform local env", function () {
  this.timeout(60_000);
  let home: TemporaryHome;
  before(async () => {
    home = temporaryHome({ emulators: true });
    const up = await platform("local", "up", "--no-deploy");
    assert.equal(up.code, 0, up.stderr);
  });
  after(async () => {
    await platform("local", "down");
    home.remove();
  });

  it("prints commands for bash, and unsets the variables that would take precedence", async () => {
    const { stdout } = await platform("local", "env");
    const script = `${stdout}\nprintf '%s\\n' "$AWS_ENDPOINT_URL" "$AWS_ACCESS_KEY_ID" "\${AWS_PROFILE-none}" "$PULUMI_BACKEND_URL"`;
    const printed = await new Promise<string>((resolve, reject) =>
      execFile("sh", ["-ec", script], { env: { ...process.env, AWS_PROFILE: "production" } }, (error, text) =>
        error ? reject(error) : resolve(text),
      ),
    );
    const [endpoint, key, profile, backend] = printed.split("\n");
    assert.match(endpoint ?? "", /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.ok((await fetch(`${endpoint}/_ministack/health`)).ok);
    assert.deepEqual([key, profile], ["test", "none"]);
    assert.equal(backend, `file://${join(home.folder, "backend")}`);
  });

  it("prints commands for fish and powershell, too", async () => {
    const fish = (await platform("local", "env", "--shell", "fish")).stdout;
    const powershell = (await platform("local", "env", "--shell", "powershell")).stdout;
    assert.match(fish, /^set -gx AWS_ENDPOINT_URL 'http:\/\/127\.0\.0\.1:\d+'$/m);
    assert.match(powershell, /^\$env:AWS_ENDPOINT_URL = 'http:\/\/127\.0\.0\.1:\d+'$/m);
    for (const name of CALLERS_OWN) {
      assert.ok(fish.includes(`set -e ${name}`));
      assert.ok(powershell.includes(`Remove-Item Env:${name}`));
    }
  });

  it("has a status that names each part and its address", async () => {
    const status = await platform("local", "status");
    assert.equal(status.code, 0);
    for (const part of ["ministack", "provider"])
      assert.match(status.stdout, new RegExp(`${part} .*answers .*127\\.0\\.0\\.1:\\d+`));
  });
});
