import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import getPort from "get-port";
import { MINISTACK } from "../../local/emulators/python";
import { atTheEnd } from "./leftovers";

export interface Ministack {
  readonly endpoint: string;
  /** What a process needs to reach it through the AWS SDK's ordinary environment variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** The file of IAM's decisions. */
  readonly decisions: string;
  stop(): Promise<void>;
}

const repository = resolve(__dirname, "../..");

/** The project's Python environment, as `npm test` sets it up. */
export function pythonVenv(): string {
  const venv = process.env.PLATFORM_PYTHON_VENV ?? join(repository, ".platform", "venv");
  if (!existsSync(join(venv, "bin", "ministack"))) {
    throw new Error(`no emulators in ${venv}: run \`npx platform setup\` first`);
  }
  return venv;
}

async function healthy(endpoint: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`MiniStack ended with ${child.exitCode}; see ${logFile}`);
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`MiniStack did not answer within a minute; see ${logFile}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

/** Starts an emulator of its own on a free loopback port, with state of its own that `stop` removes. */
export async function startMinistack(extraEnv: Readonly<Record<string, string>> = {}): Promise<Ministack> {
  const venv = pythonVenv();
  const port = await getPort({ host: "127.0.0.1" });
  const home = mkdtempSync(join(tmpdir(), "ministack-"));
  const endpoint = `http://127.0.0.1:${port}`;
  const logFile = join(home, "log");
  const decisions = join(home, "iam.jsonl");
  const log = openSync(logFile, "a");
  const child = spawn(join(venv, "bin", "python"), [MINISTACK], {
    cwd: home,
    detached: true,
    stdio: ["ignore", log, log],
    env: {
      ...process.env,
      BIND_HOST: "127.0.0.1",
      // Where Docker runs it would fetch and start real database servers: only their control plane is wanted.
      DOCKER_HOST: "unix:///nonexistent/docker.sock",
      // Its MQTT listener would bind every interface.
      IOT_MTLS_ENABLED: "0",
      GATEWAY_PORT: String(port),
      STATE_DIR: join(home, "state"),
      S3_DATA_DIR: join(home, "s3"),
      TMPDIR: home,
      MINISTACK_IAM_DECISIONS: decisions,
      PATH: [join(repository, "node_modules", ".bin"), join(venv, "bin"), process.env.PATH].join(":"),
      ...extraEnv,
    },
  });
  // The tests end when they are done, not when the emulator is.
  child.unref();
  const group = child.pid ?? 0;
  const kill = (): void => {
    try {
      process.kill(-group, "SIGKILL");
    } catch {
      // already gone
    }
  };
  process.once("exit", kill);
  await healthy(endpoint, child, logFile).catch((error: unknown) => {
    kill();
    throw error;
  });
  return {
    endpoint,
    logFile,
    decisions,
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    async stop(): Promise<void> {
      const ended = new Promise((done) => (child.exitCode === null ? child.once("exit", done) : done(undefined)));
      kill();
      await ended;
      process.removeListener("exit", kill);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

let shared: Promise<Ministack> | undefined;

/** One emulator for all files of a test process; it ends after the last test. */
export function sharedMinistack(): Promise<Ministack> {
  if (shared === undefined) {
    shared = startMinistack();
    atTheEnd(async () => (await shared)?.stop());
  }
  return shared;
}
