import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pythonVenv } from "../../support/ministack";

const main = resolve(__dirname, "../../../local/provider/main.ts");
const node = join(__dirname, "../../../node_modules/.bin/node");

describe("the local provider's process", function () {
  this.timeout(60_000);

  const start = (env: Readonly<Record<string, string>>): ReturnType<typeof spawn> =>
    spawn(node, ["-r", "ts-node/register", main], {
      env: { PATH: process.env.PATH, PLATFORM_PYTHON_VENV: pythonVenv(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });

  async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
    const child = start(env);
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    assert.equal(code, 1);
    return said.trim();
  }

  it("prints its port first, listens on loopback and ends when asked", async () => {
    const child = start({ LOCAL_AWS_ENDPOINT: "http://127.0.0.1:9" });
    const [line] = (await once(createInterface(child.stdout!), "line")) as [string];
    assert.match(line, /^\d+$/);
    const socket = connect(Number(line), "127.0.0.1");
    await once(socket, "connect");
    socket.destroy();
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "close"), [0, null]);
  });

  it("refuses an endpoint elsewhere, and tells what is missing, in one line", async () => {
    assert.equal(
      await refusal({ LOCAL_AWS_ENDPOINT: "https://sts.amazonaws.com" }),
      'LOCAL_AWS_ENDPOINT is "https://sts.amazonaws.com": the local provider uses loopback addresses only (127.0.0.1, ::1, localhost)',
    );
    assert.match(await refusal({}), /^LOCAL_AWS_ENDPOINT is not set; [^\n]*$/);
  });
});
