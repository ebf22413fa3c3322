import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  end,
  isRunning,
  launch,
  logTail,
  startTime,
  type Launch,
  type CloudProcess,
} from "../../../local/emulators/process";
import { UserError } from "../../../local/errors";
import { runCommand } from "../../../local/command";
import { until } from "../../support/home";

/** Prints a port of its own after a line that is none, starts a child and writes its id down; `SIGTERM`: what it does about that. */
const serverWith = (onTerminate: string): string => `
const { spawn } = require("node:child_process");
const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
require("node:fs").writeFileSync("child", String(child.pid));
process.on("SIGTERM", () => { ${onTerminate} });
console.error("a warning first");
const server = require("node:http").createServer((_, answer) => answer.end("here"));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

describe("a process of the local cloud", () => {
  let folder: string;
  const started: CloudProcess[] = [];

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "process-"))));
  afterEach(async () => {
    for (const one of started.splice(0)) await end(one, 0);
    rmSync(folder, { recursive: true, force: true });
  });

  async function server(onTerminate: string): Promise<CloudProcess> {
    const one = await launch(what({ args: ["-e", serverWith(onTerminate)] }));
    started.push(one);
    return one;
  }
  const what = (changes: Partial<Launch>): Launch => ({
    name: "The server",
    program: process.execPath,
    args: [],
    env: process.env,
    cwd: folder,
    logFile: join(folder, "logs", "server.log"),
    port: "printed",
    healthy: async (port) => (await fetch(`http://127.0.0.1:${port}`).catch(() => undefined))?.ok ?? false,
    ...changes,
  });
  const childOf = (): number => Number(readFileSync(join(folder, "child"), "utf8"));

  it("is recorded with the port it printed once it answers", async () => {
    const one = await server("process.exit(0)");
    assert.equal(await (await fetch(`http://127.0.0.1:${one.port}`)).text(), "here");
    assert.ok(isRunning(one));
  });

  it("ends with the children it leaves behind", async () => {
    const one = await server("process.exit(0)");
    const child = childOf();
    assert.ok(startTime(child));
    await end(one);
    assert.ok(!isRunning(one));
    await until("its child has ended", () => startTime(child) === undefined);
  });

  it("is ended for good when it ignores the request", async () => {
    const one = await server("");
    await end(one, 200);
    assert.ok(!isRunning(one));
  });

  it("leaves no child behind even when it died before", async function () {
    if (process.platform !== "linux") this.skip();
    const one = await server("process.exit(0)");
    const child = childOf();
    process.kill(one.pid, "SIGKILL");
    await until("it is dead", () => !isRunning(one));
    assert.ok(startTime(child));
    await end(one);
    await until("its child has ended", () => startTime(child) === undefined);
  });

  it("is not mistaken for another process that got its id", async () => {
    const stranger: ChildProcess = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true });
    try {
      await once(stranger, "spawn");
      const pid = stranger.pid as number;
      const recorded: CloudProcess = { pid, port: 1, started: "another time", logFile: join(folder, "log") };
      assert.ok(!isRunning(recorded));
      await end(recorded);
      assert.ok(startTime(pid));
    } finally {
      stranger.kill("SIGKILL");
    }
  });

  it("fails with its last words when it ends before it answers", async () => {
    const dying = what({ args: ["-e", 'console.error("no room on the disk"); process.exit(4)'] });
    await assert.rejects(
      launch(dying),
      (error: UserError) =>
        error instanceof UserError &&
        /The server ended with 4/.test(error.message) &&
        /no room on the disk/.test(error.message) &&
        (error.hint ?? "").includes(dying.logFile),
    );
  });

  it("fails with a plain message when its program is missing", async () => {
    await assert.rejects(launch(what({ program: join(folder, "absent") })), /The server .*ENOENT/);
  });

  it("keeps the log of the run before", async () => {
    const log = join(folder, "logs", "server.log");
    await end(await server("process.exit(0)"));
    const first = readFileSync(log, "utf8");
    await server("process.exit(0)");
    assert.equal(readFileSync(`${log}.previous`, "utf8"), first);
    assert.notEqual(readFileSync(log, "utf8"), first);
  });

  it("shows the end of a log, and nothing of one that is not there", () => {
    const log = join(folder, "log");
    writeFileSync(log, "1\n2\n3\n4\n");
    assert.equal(logTail(log, 2), "3\n4");
    assert.equal(logTail(join(folder, "absent")), "");
  });
});

describe("a command that installs something", () => {
  const node = (script: string, timeout = 20_000): Promise<string | undefined> =>
    runCommand(process.execPath, ["-e", script], { timeout });

  it("returns no reason when it succeeds, and reports its lines as they are printed", async () => {
    const lines: string[] = [];
    const script = 'process.stdout.write("one\\ntw"); process.stdout.write("o\\n"); console.error("three")';
    const problem = await runCommand(process.execPath, ["-e", script], {
      timeout: 20_000,
      onLine: (line) => lines.push(line),
    });
    assert.equal(problem, undefined);
    assert.deepEqual(lines.sort(), ["one", "three", "two"]);
  });

  it("returns the line with the error rather than the last line", async () => {
    const script =
      'console.error("ERROR: the index cannot be reached\\n[notice] a new release of pip is available"); process.exit(1)';
    assert.equal(await node(script), "ERROR: the index cannot be reached");
    assert.equal(await node('console.log("half done"); process.exit(2)'), "half done");
    assert.equal(await node("process.exit(7)"), "ended with 7");
  });

  it("is ended, whole, when it takes too long", async () => {
    const folder = mkdtempSync(join(tmpdir(), "command-"));
    const file = join(folder, "child");
    const script = `
      const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      require("node:fs").writeFileSync(${JSON.stringify(file)}, String(child.pid));
      setInterval(() => {}, 1000)`;
    assert.equal(await node(script, 2000), "gave no answer within 2 s");
    assert.ok(existsSync(file));
    await until("its child has ended", () => startTime(Number(readFileSync(file, "utf8"))) === undefined);
    rmSync(folder, { recursive: true });
  });

  it("says that a program is not installed", async () => {
    assert.equal(await runCommand("no-such-program", [], { timeout: 1000 }), "no-such-program is not installed");
  });
});
