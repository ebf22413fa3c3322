import { spawn } from "node:child_process";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { pythonVenv } from "./ministack";

export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts a moto server of its own on a free loopback port, for the services MiniStack lacks. */
export async function startMoto(): Promise<Moto> {
  const port = await getPort({ host: "127.0.0.1" });
  const endpoint = `http://127.0.0.1:${port}`;
  const home = mkdtempSync(join(tmpdir(), "moto-"));
  const log = openSync(join(home, "log"), "a");
  const child = spawn(join(pythonVenv(), "bin", "moto_server"), ["-H", "127.0.0.1", "-p", String(port)], {
    cwd: home,
    stdio: ["ignore", log, log],
  });
  child.unref();
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    const ended = new Promise((done) => (child.exitCode === null ? child.once("exit", done) : done(undefined)));
    kill();
    await ended;
    process.removeListener("exit", kill);
    rmSync(home, { recursive: true, force: true });
  };
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (
      await fetch(`${endpoint}/moto-api/data.json`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { endpoint, stop };
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`moto did not answer on port ${port}`);
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
