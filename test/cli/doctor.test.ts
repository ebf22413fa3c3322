import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { judge, type Finding, type Machine } from "../../cli/doctor";
import { REPOSITORY } from "../../local/paths";
import { temporaryHome } from "../support/home";

const GIB = 1024 ** 3;

const machine: Machine = {
  platform: "linux",
  node: "v24.21.0",
  python: { binary: "python3", version: "3.12.1" },
  venvProblem: undefined,
  emulatorsInstalled: true,
  engine: { binary: "/bin/pulumi", version: "3.256.0", how: "on PATH" },
  go: "go version go1.26.0 linux/amd64",
  java: undefined,
  memory: { total: 16 * GIB, free: 8 * GIB },
  diskFree: 50 * GIB,
  homeWritable: true,
  cores: 4,
  port: 40_000,
  cloudPort: 40_001,
};

const finding = (what: string, changes: Partial<Machine>): Finding => {
  const found = judge({ ...machine, ...changes }).find((one) => one.what === what);
  assert.ok(found, `nothing is said about ${what}`);
  return found;
};

describe("platform doctor", () => {
  it("finds nothing missing on a machine that has everything but what is optional", () => {
    const states = Object.fromEntries(judge(machine).map(({ what, state }) => [what, state]));
    assert.deepEqual(
      Object.entries(states).filter(([, state]) => state !== "ok"),
      [["Java", "optional"]],
    );
  });

  const missing: readonly (readonly [string, string, Partial<Machine>, RegExp])[] = [
    ["Node.js is not installed", "Node.js", { node: undefined }, /npm ci/],
    ["no Python is there", "Python", { python: [] }, /3\.10 or newer/],
    ["Python is too old", "Python", { python: ["python3 is 3.8.10"] }, /3\.10 or newer/],
    ["Python has no venv module", "Python", { venvProblem: "its modules are not there" }, /python3-venv/],
    ["memory is short", "memory", { memory: { total: 4 * GIB, free: GIB } }, /memory/],
    ["the disk is full", "disk", { diskFree: GIB / 2 }, /PLATFORM_HOME/],
    ["the folder cannot be written", "disk", { homeWritable: false }, /writable folder/],
    ["no port can be had", "ports", { port: undefined }, /127\.0\.0\.1/],
    ["the system is Windows", "system", { platform: "win32" }, /Subsystem for Linux/],
  ];
  for (const [name, what, changes, advice] of missing) {
    it(`says that something is missing, and what to do, when ${name}`, () => {
      const found = finding(what, changes);
      assert.equal(found.state, "missing");
      assert.match(found.advice ?? "", advice);
    });
  }

  it("names the Python that is too old", () => {
    assert.equal(
      finding("Python", { python: ["python3 is 3.8.10", "python is 2.7.18"] }).found,
      "python3 is 3.8.10, python is 2.7.18",
    );
  });

  it("does not count a part as missing that the platform installs itself", () => {
    assert.equal(finding("Pulumi CLI", { engine: undefined }).state, "later");
    assert.equal(finding("emulators", { emulatorsInstalled: false }).state, "later");
    assert.equal(finding("local cloud", { cloudPort: undefined }).state, "later");
    assert.equal(finding("Go", { go: undefined }).state, "optional");
  });

  it("points at Go only where there is neither a CLI nor Go", () => {
    assert.match(finding("Pulumi CLI", { engine: undefined, go: undefined }).advice ?? "", /go\.dev\/dl/);
    assert.doesNotMatch(finding("Pulumi CLI", { engine: undefined }).advice ?? "", /go\.dev\/dl/);
    assert.equal(finding("Pulumi CLI", { go: undefined }).advice, undefined);
  });

  it("asks for more disk before the emulators are installed", () => {
    const changes = { diskFree: 2 * GIB };
    assert.equal(finding("disk", changes).state, "ok");
    assert.equal(finding("disk", { ...changes, emulatorsInstalled: false }).state, "missing");
  });

  it("examines this machine, and exits with 0 only when nothing is missing", async () => {
    const home = temporaryHome();
    try {
      const launcher = join(REPOSITORY, "cli", "bin", "platform.js");
      const { code, stdout } = await new Promise<{ code: number; stdout: string }>((resolve) =>
        execFile(process.execPath, [launcher, "doctor", "--json"], (error, text) =>
          resolve({ code: Number(error?.code ?? 0), stdout: text }),
        ),
      );
      const findings = JSON.parse(stdout) as Finding[];
      assert.equal(code, findings.some(({ state }) => state === "missing") ? 1 : 0);
      assert.equal(findings.find(({ what }) => what === "Node.js")?.found, process.version);
      assert.equal(findings.find(({ what }) => what === "local cloud")?.state, "later");
    } finally {
      home.remove();
    }
  });
});
