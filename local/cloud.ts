import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { ensureVenv, inVenv, MINISTACK, REQUIREMENTS } from "./emulators/python";
import { end, endNow, endOwned, isRunning, launch, type Launch, type CloudProcess } from "./emulators/process";
import { OWNER, processesWith } from "./emulators/owned";
import { silent, type Report } from "./errors";
import { decisionsFile } from "./iam/decisions";
import { home, inHome, NODE_BIN, REPOSITORY } from "./paths";
import { exclusively, readJson, removeFile, writeJson } from "./state";

const PARTS = ["ministack", "provider"] as const;
type Part = (typeof PARTS)[number];

/** The local cloud as the file `.platform/cloud.json` describes it. */
export interface Cloud {
  /** The id of this start of the local cloud. Resources deployed to an earlier instance may be lost. */
  readonly instance: string;
  /** The hash of the files that the processes were started from. If it changes, the processes are replaced. */
  readonly fingerprint: string;
  readonly startedAt: string;
  readonly processes: Readonly<Record<Part, CloudProcess>>;
  /** The port on which the local provider serves `awsx`. */
  readonly awsxPort: number;
}

export const LOCAL_ACCOUNT = "000000000000";
export const LOCAL_REGION = "eu-central-1";

/** The variables of a caller's real accounts, which would take precedence over the local credentials. */
export const CALLERS_OWN = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"] as const;

const cloudFile = (): string => inHome("cloud.json");
const url = ({ port }: CloudProcess): string => `http://127.0.0.1:${port}`;

function fingerprint(): string {
  const hash = createHash("sha256").update(readFileSync(REQUIREMENTS));
  const sources = [
    { folder: "provider", kind: ".ts" },
    { folder: "emulators", kind: ".py" },
    { folder: "iam", kind: ".py" },
  ];
  for (const { folder, kind } of sources) {
    const path = join(REPOSITORY, "local", folder);
    for (const file of readdirSync(path, { recursive: true, encoding: "utf8" }).sort()) {
      if (file.endsWith(kind)) hash.update(file).update(readFileSync(join(path, file)));
    }
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

/** Returns whether the local provider listens. It speaks gRPC; without a client, only its port can be tested. */
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

/** Returns the variables that a process needs to use the local cloud: these credentials are those of the account's root. */
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

/** Returns the same variables and the one that makes the Pulumi engine use the local provider. */
export function pulumiEnv(cloud: Cloud): Record<string, string> {
  return { ...awsEnv(cloud), PULUMI_DEBUG_PROVIDERS: `aws:${cloud.processes.provider.port},awsx:${cloud.awsxPort}` };
}

/** The memory of an idle function's process: Node.js and DuckDB. */
const FUNCTION_BYTES = 128 * 1024 ** 2;

/** Returns how many functions may run at the same time: 1,000 as in AWS, or as many as fit in half of the memory. */
export const functionConcurrency = (memory: number): number =>
  Math.max(16, Math.min(1000, Math.floor(memory / 2 / FUNCTION_BYTES)));

/** Starts all parts at the same time. Until `save` has run, the parts are stopped if this command ends. */
async function startParts(
  report: Report,
  save: (processes: Record<Part, CloudProcess>, awsxPort: number) => void,
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
    // Glue jobs inherit these variables.
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    TMPDIR: inHome("data", "tmp"),
  };
  // The processes must not see the caller's variables for real accounts.
  for (const name of [...CALLERS_OWN, "AWS_ENDPOINT_URL"]) delete base[name];
  removeFile(inHome("data", "tmp"));
  mkdirSync(inHome("data", "tmp"), { recursive: true });
  const started: CloudProcess[] = [];
  const abandon = (): void => started.forEach((part) => endNow(part));
  process.once("exit", abandon);
  const start = async (what: Omit<Launch, "logFile">, file: string): Promise<CloudProcess> => {
    const part = await launch({ ...what, logFile: inHome("logs", `${file}.log`) });
    started.push(part);
    return part;
  };
  report("starting MiniStack with IAM enforced, and the local provider");
  const results = await Promise.allSettled([
    start(
      {
        name: "MiniStack",
        program: inVenv("python"),
        args: [MINISTACK],
        cwd: inHome("data"),
        env: {
          ...base,
          BIND_HOST: "127.0.0.1",
          // With Docker, MiniStack would download and start real database servers, but only their control plane is needed.
          DOCKER_HOST: "unix:///nonexistent/docker.sock",
          // The MQTT listener would bind every network interface.
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
          MINISTACK_IAM_DECISIONS: decisionsFile(),
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
        args: ["-r", join(REPOSITORY, "tools", "register.js"), join(REPOSITORY, "local", "provider", "main.ts")],
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
  const processes: Partial<Record<Part, CloudProcess>> = {};
  for (const [index, result] of results.entries()) {
    if (result.status === "fulfilled") processes[PARTS[index] as Part] = result.value;
  }
  const failure = results.find((result) => result.status === "rejected");
  if (failure) {
    await Promise.all(started.map((one) => end(one, 3000)));
    throw failure.reason;
  }
  save(processes as Record<Part, CloudProcess>, awsxPort);
  process.removeListener("exit", abandon);
}

export interface CloudStatus {
  readonly cloud: Cloud | undefined;
  /** Says for each part whether its process runs and answers. */
  readonly healthy: Readonly<Record<Part, boolean>>;
  readonly usable: boolean;
  /** The reason why the local cloud cannot be used. */
  readonly reason?: string;
}

/** Examines every part. A local cloud with a dead part, or one started from other versions, cannot be used. */
export async function cloudStatus(): Promise<CloudStatus> {
  const cloud = readJson<Cloud>(cloudFile());
  const none = { ministack: false, provider: false };
  if (!cloud) {
    const lost = processesWith(OWNER, home()).length;
    const reason = lost > 0 ? `its file ${cloudFile()} is lost, but ${lost} of its processes run` : "it is not running";
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
    return { cloud, healthy, usable: false, reason: "it was started from other versions of its code or packages" };
  return { cloud, healthy, usable: true };
}

async function stop(cloud: Cloud): Promise<void> {
  // A local cloud started by another version may have other parts.
  await Promise.all(Object.values(cloud.processes).map((part) => end(part)));
  removeFile(cloudFile());
}

/** Returns the running local cloud. It starts one if none runs, and replaces one that cannot be used. */
export async function cloudUp(report: Report = silent): Promise<{ readonly cloud: Cloud; readonly started: boolean }> {
  await ensureVenv(report);
  return exclusively(async () => {
    const status = await cloudStatus();
    if (status.usable && status.cloud) return { cloud: status.cloud, started: false };
    if (status.cloud) {
      report(`replacing the local cloud: ${status.reason}`);
      await stop(status.cloud);
    }
    const lost = await endOwned(home());
    if (lost > 0) report(`stopped ${lost} processes of a local cloud whose file was lost`);
    let cloud: Cloud | undefined;
    await startParts(report, (processes, awsxPort) => {
      const startedAt = new Date().toISOString();
      cloud = { instance: randomUUID(), fingerprint: fingerprint(), startedAt, processes, awsxPort };
      writeJson(cloudFile(), cloud);
    });
    if (!cloud) throw new Error("the local cloud was not saved");
    return { cloud, started: true };
  });
}

/** Stops the local cloud and keeps its data for the next start. Returns false if no process ran. */
export async function cloudDown(): Promise<boolean> {
  return exclusively(async () => {
    const { cloud } = await cloudStatus();
    if (cloud) await stop(cloud);
    const lost = await endOwned(home());
    removeFile(cloudFile());
    return cloud !== undefined || lost > 0;
  });
}

/** Stops the local cloud and deletes its data, the deployed state and the logs. Installed software is kept. */
export async function cloudReset(): Promise<void> {
  await cloudDown();
  for (const folder of ["data", "code", "backend", "workspace", "logs", "spark-state", "deployed.json"])
    removeFile(inHome(folder));
}
