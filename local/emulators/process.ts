import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../errors";
import { OWNER, processesWith } from "./owned";

/** A process of the local cloud, as its file describes it. */
export interface CloudProcess {
  readonly pid: number;
  readonly port: number;
  /** The start time, which distinguishes the process from a later one with the same id. */
  readonly started: string;
  readonly logFile: string;
}

const wait = (milliseconds: number): Promise<void> => new Promise((wake) => setTimeout(wake, milliseconds));

/** Returns the id of this start of the machine. Process ids from an earlier start are meaningless. */
function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

/** Returns the fields that Linux has about a process, beginning with its state. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    // The program's name, in parentheses, may contain any character, so the fields after it are read.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** Returns the start time of a process; undefined if it does not run. A zombie does not run. */
export function startTime(pid: number): string | undefined {
  if (process.platform === "linux") {
    const fields = statOf(pid);
    return fields === undefined || fields[0] === "Z" ? undefined : `${bootId()} ${fields[19]}`;
  }
  try {
    const out = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    }).trim();
    if (out === "" || out.startsWith("Z")) return undefined;
    return out.replace(/^\S+\s+/, "");
  } catch {
    return undefined;
  }
}

export const isRunning = (one: CloudProcess): boolean => startTime(one.pid) === one.started;

/** Returns the last lines of a log, for error messages. */
export function logTail(file: string, lines = 8): string {
  if (!existsSync(file)) return "";
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
}

export interface Launch {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** The port that the process listens on. With `printed`, the process chooses a port and prints it as its first line. */
  readonly port: number | "printed";
  readonly cwd: string;
  /** Resolves to true if the process answers. */
  healthy(port: number): Promise<boolean>;
}

/** Starts a process in its own process group, which continues after this command, and waits until the process answers. */
export async function launch(what: Launch): Promise<CloudProcess> {
  mkdirSync(dirname(what.logFile), { recursive: true });
  mkdirSync(what.cwd, { recursive: true });
  // Only the log of the previous start is kept.
  if (existsSync(what.logFile)) renameSync(what.logFile, `${what.logFile}.previous`);
  const log = openSync(what.logFile, "w");
  const port = (): number =>
    what.port === "printed" ? Number(/^(\d+)\n/m.exec(readFileSync(what.logFile, "utf8"))?.[1] ?? 0) : what.port;
  const child = spawn(what.program, [...what.args], {
    cwd: what.cwd,
    env: what.env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const failed = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  let problem: string | undefined;
  void failed.then((text) => (problem = text));
  const { pid } = child;
  const kill = (): void => void (pid && signalGroup(pid, "SIGKILL"));
  process.once("exit", kill);
  try {
    for (const deadline = Date.now() + 90_000; !(port() > 0 && (await what.healthy(port()))); await wait(50)) {
      if (problem === undefined && Date.now() > deadline) problem = "did not answer within 90 s";
      if (problem !== undefined) {
        kill();
        throw new UserError(`${what.name} ${problem}:\n${logTail(what.logFile)}`, `The log is ${what.logFile}.`);
      }
    }
  } finally {
    process.removeListener("exit", kill);
  }
  child.unref();
  return { pid: pid ?? 0, port: port(), started: startTime(pid ?? 0) ?? "", logFile: what.logFile };
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended already.
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

/**
 * Returns whether children of an ended process still run. The system does not give the id of a group that has members to a new process
 * until the machine restarts. This is known on Linux only.
 */
function orphansAlive(one: CloudProcess): boolean {
  return (
    process.platform === "linux" &&
    startTime(one.pid) === undefined &&
    one.started.split(" ")[0] === bootId() &&
    groupAlive(one.pid)
  );
}

/** Returns whether a process of the group runs. Zombies do not count. */
function groupAlive(group: number): boolean {
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    const fields = statOf(Number(name));
    return fields !== undefined && fields[0] !== "Z" && fields[2] === String(group);
  });
}

/** Kills a process and its children immediately. */
export const endNow = ({ pid }: CloudProcess): void => signalGroup(pid, "SIGKILL");

/** Stops a process and its children: with SIGTERM first, so that the process can save its state, then with SIGKILL. */
export async function end(one: CloudProcess, graceMilliseconds = 10_000): Promise<void> {
  const deadline = Date.now() + graceMilliseconds;
  if (isRunning(one)) {
    // Only the first process is signalled, because an emulator stops its children itself, in the order that it needs.
    signalOne(one.pid, "SIGTERM");
    while (isRunning(one) && Date.now() < deadline) await wait(25);
    signalGroup(one.pid, "SIGKILL");
  }
  // This also kills a process that ignores SIGTERM, and children that are left behind, such as Lambda processes.
  while ((isRunning(one) || orphansAlive(one)) && Date.now() < deadline + 5000) {
    signalGroup(one.pid, "SIGKILL");
    await wait(25);
  }
}

/**
 * Stops the processes of a local cloud that its file does not name: the leaders of process groups with SIGTERM first, then all with
 * SIGKILL. Returns their number.
 */
export async function endOwned(home: string, graceMilliseconds = 10_000): Promise<number> {
  const found = processesWith(OWNER, home).map((running) => ({ ...running, started: startTime(running.pid) }));
  for (const { pid, group } of found) if (pid === group) signalOne(pid, "SIGTERM");
  const deadline = Date.now() + graceMilliseconds;
  // A process that is ending has no readable environment, so its start time is compared, too.
  const left = (): readonly { readonly pid: number }[] => [
    ...found.filter(({ pid, started }) => started !== undefined && startTime(pid) === started),
    ...processesWith(OWNER, home),
  ];
  for (let running = left(); running.length > 0 && Date.now() < deadline + 5000; running = left()) {
    if (Date.now() > deadline) for (const { pid } of running) signalOne(pid, "SIGKILL");
    await wait(25);
  }
  return found.length;
}
