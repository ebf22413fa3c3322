import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { ensureVenv, inVenv, REQUIREMENTS } from "./emulators/python";
import { end, endNow, endOwned, isRunning, launch, type Launch, type Recorded } from "./emulators/process";
import { OWNER, processesWith } from "./emulators/owned";
import { silent, type Report } from "./errors";
import { home, inHome, NODE_BIN, REPOSITORY } from "./paths";
import { exclusively, readJson, removeFile, writeJson } from "./state";

const PARTS = ["ministack", "provider"] as const;
type Part = (typeof PARTS)[number];

/** The local cloud as recorded in `.platform/cloud.json`. */
export interface Cloud {
  /** New with every start: what was deployed on another instance may be gone. */
  readonly instance: string;
  /** What the processes were started from; another one means they are replaced. */
  readonly fingerprint: string;
  readonly startedAt: string;
  readonly processes: Readonly<Record<Part, Recorded>>;
  /** Where the local provider serves `awsx`. */
  readonly awsxPort: number;
}

export const LOCAL_ACCOUNT = "000000000000";
export const LOCAL_REGION = "eu-central-1";

/** Variables of a caller's real accounts, which would win over the local credentials. */
export const CALLERS_OWN = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"] as const;

const recordFile = (): string => inHome("cloud.json");
const url = (one: Recorded): string => `http://127.0.0.1:${one.port}`;

function fingerprint(): string {
  const hash = createHash("sha256").update(readFileSync(REQUIREMENTS));
  const provider = join(REPOSITORY, "local", "provider");
  for (const file of readdirSync(provider, { recursive: true, encoding: "utf8" }).sort()) {
    if (file.endsWith(".ts")) hash.update(file).update(readFileSync(join(provider, file)));
  }
  return hash.update(REPOSITORY).digest("hex");
}

async function answers(address: string): Promise<boolean> {
  try {
    return (await fetch(address, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

const ministackHealthy = (port: number): Promise<boolean> => answers(`http://127.0.0.1:${port}/_ministack/health`);

/** Does the local provider listen? It speaks gRPC: an open port is what can be asked for without a client. */
async function portOpen(port: number): Promise<boolean> {
  const { connect } = await import("node:net");
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: 2000 });
    const answer = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket
      .once("connect", () => answer(true))
      .once("error", () => answer(false))
      .once("timeout", () => answer(false));
  });
}

const HEALTH: Readonly<Record<Part, (port: number) => Promise<boolean>>> = {
  ministack: ministackHealthy,
  provider: portOpen,
};

/** What every process that talks to the local cloud needs. The credentials are those every emulator takes. */
export function awsEnv(cloud: Cloud): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url(cloud.processes.ministack),
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** The same, and the local provider for the engine. */
export function pulumiEnv(cloud: Cloud): Record<string, string> {
  return { ...awsEnv(cloud), PULUMI_DEBUG_PROVIDERS: `aws:${cloud.processes.provider.port},awsx:${cloud.awsxPort}` };
}

/** What a process of a function takes: Node.js and DuckDB, at rest. */
const FUNCTION_BYTES = 128 * 1024 ** 2;

/** How many functions may run at once: AWS's thousand, or as many as fit in half of the memory. */
export const functionConcurrency = (memory: number): number =>
  Math.max(16, Math.min(1000, Math.floor(memory / 2 / FUNCTION_BYTES)));

/** Starts all parts side by side. Until `record` has run, whatever ends this command ends them too. */
async function startParts(
  report: Report,
  record: (processes: Record<Part, Recorded>, awsxPort: number) => void,
): Promise<void> {
  const freePort = (): Promise<number> => getPort({ host: "127.0.0.1" });
  const [ministackPort, awsxPort] = [await freePort(), await freePort()];
  const path = [NODE_BIN, inVenv(""), process.env.PATH ?? ""].join(":");
  const base: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: path,
    [OWNER]: home(),
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    // Jobs inherit them.
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    TMPDIR: inHome("data", "tmp"),
  };
  // What the caller has set up for real accounts stays out of here.
  for (const name of [...CALLERS_OWN, "AWS_ENDPOINT_URL"]) delete base[name];
  removeFile(inHome("data", "tmp"));
  mkdirSync(inHome("data", "tmp"), { recursive: true });
  const started: Recorded[] = [];
  const abandon = (): void => started.forEach((one) => endNow(one));
  process.once("exit", abandon);
  const start = async (what: Omit<Launch, "logFile">, file: string): Promise<Recorded> => {
    const one = await launch({ ...what, logFile: inHome("logs", `${file}.log`) });
    started.push(one);
    return one;
  };
  report("starting MiniStack and the local provider");
  const results = await Promise.allSettled([
    start(
      {
        name: "MiniStack",
        program: inVenv("ministack"),
        args: [],
        cwd: inHome("data"),
        env: {
          ...base,
          BIND_HOST: "127.0.0.1",
          // Where Docker runs it would fetch and start real database servers: only their control plane is wanted.
          DOCKER_HOST: "unix:///nonexistent/docker.sock",
          // Its MQTT listener would bind every interface.
          IOT_MTLS_ENABLED: "0",
          GATEWAY_PORT: String(ministackPort),
          MINISTACK_REGION: LOCAL_REGION,
          MINISTACK_ACCOUNT_ID: LOCAL_ACCOUNT,
          PERSIST_STATE: "1",
          S3_PERSIST: "1",
          STATE_DIR: inHome("data", "state"),
          S3_DATA_DIR: inHome("data", "s3"),
          LAMBDA_ACCOUNT_CONCURRENCY: String(functionConcurrency(totalmem())),
          LAMBDA_WARM_TTL_SECONDS: "30",
        },
        port: ministackPort,
        healthy: ministackHealthy,
      },
      "ministack",
    ),
    start(
      {
        name: "The local provider",
        program: join(NODE_BIN, "node"),
        args: ["-r", "ts-node/register", join(REPOSITORY, "local", "provider", "main.ts")],
        cwd: REPOSITORY,
        env: {
          ...base,
          LOCAL_AWS_ENDPOINT: `http://127.0.0.1:${ministackPort}`,
          LOCAL_AWSX_PORT: String(awsxPort),
          LOCAL_CODE_DIRECTORY: inHome("code"),
          PLATFORM_HOME: home(),
        },
        port: "printed",
        healthy: portOpen,
      },
      "provider",
    ),
  ]);
  const processes: Partial<Record<Part, Recorded>> = {};
  for (const [index, result] of results.entries()) {
    if (result.status === "fulfilled") processes[PARTS[index] as Part] = result.value;
  }
  const failure = results.find((result) => result.status === "rejected");
  if (failure) {
    await Promise.all(started.map((one) => end(one, 3000)));
    throw failure.reason;
  }
  record(processes as Record<Part, Recorded>, awsxPort);
  process.removeListener("exit", abandon);
}

export interface CloudStatus {
  readonly cloud: Cloud | undefined;
  /** Part → is its process alive and does it answer? */
  readonly healthy: Readonly<Record<Part, boolean>>;
  readonly usable: boolean;
  /** Why the recorded cloud cannot be used. */
  readonly reason?: string;
}

/** Asks every part; a cloud with one dead part, or started from other versions, is not usable. */
export async function cloudStatus(): Promise<CloudStatus> {
  const cloud = readJson<Cloud>(recordFile());
  const none = { ministack: false, provider: false };
  if (!cloud) {
    const lost = processesWith(OWNER, home()).length;
    const reason =
      lost > 0 ? `its record ${recordFile()} is lost, and ${lost} of its processes run` : "it is not running";
    return { cloud, healthy: none, usable: false, reason };
  }
  const states = await Promise.all(
    PARTS.map(async (part) => isRunning(cloud.processes[part]) && (await HEALTH[part](cloud.processes[part].port))),
  );
  const healthy = Object.fromEntries(PARTS.map((part, index) => [part, states[index] ?? false])) as Record<
    Part,
    boolean
  >;
  const dead = PARTS.filter((part) => !healthy[part]);
  if (dead.length > 0) return { cloud, healthy, usable: false, reason: `${dead.join(", ")} does not answer` };
  if (cloud.fingerprint !== fingerprint())
    return { cloud, healthy, usable: false, reason: "it was started from other versions" };
  return { cloud, healthy, usable: true };
}

async function stopRecorded(cloud: Cloud): Promise<void> {
  // One that another version recorded may have parts of its own.
  await Promise.all(Object.values(cloud.processes).map((part) => end(part)));
  removeFile(recordFile());
}

/** The running local cloud; starts it, or replaces one that is stale or half dead. */
export async function cloudUp(report: Report = silent): Promise<{ readonly cloud: Cloud; readonly started: boolean }> {
  await ensureVenv(report);
  return exclusively(async () => {
    const status = await cloudStatus();
    if (status.usable && status.cloud) return { cloud: status.cloud, started: false };
    if (status.cloud) {
      report(`replacing the recorded local cloud: ${status.reason}`);
      await stopRecorded(status.cloud);
    }
    const lost = await endOwned(home());
    if (lost > 0) report(`ended ${lost} processes of a local cloud whose record was lost`);
    let cloud: Cloud | undefined;
    await startParts(report, (processes, awsxPort) => {
      const startedAt = new Date().toISOString();
      cloud = { instance: randomUUID(), fingerprint: fingerprint(), startedAt, processes, awsxPort };
      writeJson(recordFile(), cloud);
    });
    if (!cloud) throw new Error("the local cloud was not recorded");
    return { cloud, started: true };
  });
}

/** Stops the local cloud; what it holds is kept for the next start. Returns false when nothing ran. */
export async function cloudDown(): Promise<boolean> {
  return exclusively(async () => {
    const { cloud } = await cloudStatus();
    if (cloud) await stopRecorded(cloud);
    const lost = await endOwned(home());
    removeFile(recordFile());
    return cloud !== undefined || lost > 0;
  });
}

/** Stops the local cloud and forgets all it held: data, deployed state, logs. Installed software stays. */
export async function cloudReset(): Promise<void> {
  await cloudDown();
  for (const folder of ["data", "code", "backend", "workspace", "logs", "spark-state", "deployed.json"])
    removeFile(inHome(folder));
}
