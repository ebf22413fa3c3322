import { execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../errors";
import { OWNER, processesWith } from "./owned";

/** A process of the local cloud, as recorded. */
export interface Recorded {
  readonly pid: number;
  readonly port: number;
  /** When the system started it: tells it from another process that got the same id later. */
  readonly started: string;
  readonly logFile: string;
}

const wait = (milliseconds: number): Promise<void> => new Promise((wake) => setTimeout(wake, milliseconds));

/** Which start of the machine this is: process ids of another one mean nothing. */
function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

/** What Linux says about a process, from its state on. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    // The program's name, in parentheses, may hold anything: the fields are counted from behind it.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** The start time of a process, or undefined when there is none (a zombie counts as none). */
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

export const isRunning = (one: Recorded): boolean => startTime(one.pid) === one.started;

/** The last lines of a log, for messages. */
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
  /** The port it serves; `printed`: it chooses one itself and its first line of output is the port. */
  readonly port: number | "printed";
  readonly cwd: string;
  /** Resolves to true once it answers. */
  healthy(port: number): Promise<boolean>;
}

/** Starts a process in a group of its own, which outlives this command, and waits until it answers. */
export async function launch(what: Launch): Promise<Recorded> {
  mkdirSync(dirname(what.logFile), { recursive: true });
  mkdirSync(what.cwd, { recursive: true });
  // The log of the run before is kept, and no more than that one.
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
        throw new UserError(`${what.name} ${problem}:\n${logTail(what.logFile)}`, `Its log is ${what.logFile}`);
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
    // the process is gone
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // the group is gone
  }
}

/**
 * Is what a process started still there after the process itself is gone? A system does not give the id of a group that
 * still has members to a new process; only another start of the machine may. Known on Linux only.
 */
function orphansAlive(one: Recorded): boolean {
  return (
    process.platform === "linux" &&
    startTime(one.pid) === undefined &&
    one.started.split(" ")[0] === bootId() &&
    groupAlive(one.pid)
  );
}

/** Has the group a member that runs? Those that have ended and whose parent has not looked yet do not count. */
function groupAlive(group: number): boolean {
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    const fields = statOf(Number(name));
    return fields !== undefined && fields[0] !== "Z" && fields[2] === String(group);
  });
}

/** Ends a process and what it started at once. */
export const endNow = (one: Recorded): void => signalGroup(one.pid, "SIGKILL");

/** Ends a process and what it started: politely first, so that it can save its state, then for good. */
export async function end(one: Recorded, graceMilliseconds = 10_000): Promise<void> {
  const deadline = Date.now() + graceMilliseconds;
  if (isRunning(one)) {
    // Only the first process: an emulator ends its children itself, in the order its shutdown needs.
    signalOne(one.pid, "SIGTERM");
    while (isRunning(one) && Date.now() < deadline) await wait(25);
    signalGroup(one.pid, "SIGKILL");
  }
  // One that ignores the request, and children that were left behind: Lambda processes, for instance.
  while ((isRunning(one) || orphansAlive(one)) && Date.now() < deadline + 5000) {
    signalGroup(one.pid, "SIGKILL");
    await wait(25);
  }
}

/**
 * Ends the processes of a local cloud that no record names, in the same way: those that lead a group are asked first. Returns how
 * many there were.
 */
export async function endOwned(home: string, graceMilliseconds = 10_000): Promise<number> {
  const found = processesWith(OWNER, home).map((one) => ({ ...one, started: startTime(one.pid) }));
  for (const { pid, group } of found) if (pid === group) signalOne(pid, "SIGTERM");
  const deadline = Date.now() + graceMilliseconds;
  // One that is about to end shows no environment any more.
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
