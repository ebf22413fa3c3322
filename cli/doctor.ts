import { existsSync, readFileSync } from "node:fs";
import { access, constants, mkdir, statfs } from "node:fs/promises";
import { availableParallelism, freemem, totalmem } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { cloudStatus } from "../local/cloud";
import { outputOf } from "../local/command";
import { ENGINE_VERSION, findEngine, type Engine } from "../local/engine/engine";
import { findPython, venvReady, type Python } from "../local/emulators/python";
import { home, NODE_BIN, REPOSITORY } from "../local/paths";
import { bytes } from "./ui/table";

const GIB = 1024 ** 3;

/** What is known about one thing the platform uses. */
export interface Finding {
  readonly what: string;
  /** `later`: the platform installs or starts it itself when it is first used; `missing`: somebody has to act. */
  readonly state: "ok" | "later" | "optional" | "missing";
  readonly found: string;
  readonly purpose: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** What the machine was seen to have: gathered apart from how it is judged. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly node: string | undefined;
  /** The Python to use, or what was found instead of one. */
  readonly python: Python | readonly string[];
  /** Why it cannot make a virtual environment. */
  readonly venvProblem: string | undefined;
  readonly emulatorsInstalled: boolean;
  readonly engine: Engine | undefined;
  readonly go: string | undefined;
  readonly java: string | undefined;
  readonly memory: { readonly total: number; readonly free: number };
  readonly diskFree: number;
  readonly homeWritable: boolean;
  readonly cores: number;
  /** A port that could be had on loopback. */
  readonly port: number | undefined;
  /** Where the local cloud runs, if it does. */
  readonly cloudPort: number | undefined;
}

/** The first line a program says about its version; undefined when it is not there. */
async function said(program: string, ...args: string[]): Promise<string | undefined> {
  try {
    return (await outputOf(program, args)).split("\n")[0];
  } catch {
    return undefined;
  }
}

/** Linux counts what its caches give back as available, not as free. */
function availableMemory(): number {
  if (existsSync("/proc/meminfo")) {
    const line = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"));
    if (line) return Number(line[1]) * 1024;
  }
  return freemem();
}

async function venvProblem(python: Python | readonly string[]): Promise<string | undefined> {
  if (!("binary" in python)) return undefined;
  return (await said(python.binary, "-c", "import venv, ensurepip; print('ok')")) === "ok"
    ? undefined
    : "its modules venv and ensurepip are not there";
}

async function look(): Promise<Machine> {
  await mkdir(home(), { recursive: true }).catch(() => undefined);
  const [node, python, engine, go, java, disk, port, homeWritable, cloud] = await Promise.all([
    said(join(NODE_BIN, "node"), "--version"),
    findPython(),
    findEngine(),
    said("go", "version"),
    said("java", "-version"),
    statfs(existsSync(home()) ? home() : REPOSITORY),
    getPort({ host: "127.0.0.1" }).catch(() => undefined),
    access(home(), constants.W_OK).then(
      () => true,
      () => false,
    ),
    cloudStatus(),
  ]);
  return {
    platform: process.platform,
    node,
    python,
    venvProblem: await venvProblem(python),
    emulatorsInstalled: venvReady(),
    engine,
    go,
    java,
    memory: { total: totalmem(), free: availableMemory() },
    diskFree: disk.bavail * disk.bsize,
    homeWritable,
    cores: availableParallelism(),
    port,
    cloudPort: cloud.usable ? cloud.cloud?.processes.ministack.port : undefined,
  };
}

/** Judges what was seen. Needed things that the platform installs itself are missing only where it could not. */
export function judge(machine: Machine): readonly Finding[] {
  const { python, engine, memory } = machine;
  const pythonFound = "binary" in python;
  const pythonUsable = pythonFound && machine.venvProblem === undefined;
  const diskNeeded = (machine.emulatorsInstalled ? 1 : 3) * GIB;
  return [
    {
      what: "system",
      purpose: "emulators and processes in groups",
      found: `${machine.platform}, ${machine.cores} cores`,
      ...(machine.platform === "win32"
        ? {
            state: "missing",
            advice: "use it in the Windows Subsystem for Linux (https://learn.microsoft.com/windows/wsl).",
          }
        : { state: "ok" }),
    },
    {
      what: "Node.js",
      purpose: "everything; comes with the npm packages",
      found: machine.node ?? "none",
      ...(machine.node ? { state: "ok" } : { state: "missing", advice: "run `npm ci` in the project." }),
    },
    {
      what: "Python",
      purpose: "the emulators of the local cloud",
      found: pythonFound
        ? `${python.version}${machine.venvProblem ? `, ${machine.venvProblem}` : ""}`
        : python.join(", ") || "none",
      ...(pythonUsable
        ? { state: "ok" }
        : {
            state: "missing",
            advice: pythonFound
              ? "on Debian and Ubuntu install the package python3-venv."
              : "install 3.10 or newer from https://www.python.org/downloads/ or your system's package manager.",
          }),
    },
    {
      what: "emulators",
      purpose: "the local cloud",
      found: machine.emulatorsInstalled ? "installed as pinned" : "not installed yet",
      state: machine.emulatorsInstalled ? "ok" : "later",
    },
    {
      what: "Pulumi CLI",
      purpose: "plan, local cloud, real deployments",
      found: engine ? `${engine.version}, ${engine.how}` : "none",
      ...(engine
        ? { state: "ok" }
        : {
            state: "later",
            advice: machine.go
              ? `\`platform setup\` downloads ${ENGINE_VERSION}, or builds it with Go where the download cannot be reached.`
              : `\`platform setup\` downloads ${ENGINE_VERSION}; where the download cannot be reached, install Go (https://go.dev/dl/) so that it can be built.`,
          }),
    },
    {
      what: "Go",
      purpose: "building the Pulumi CLI, only where it cannot be downloaded",
      found: machine.go ?? "none",
      state: machine.go ? "ok" : "optional",
    },
    {
      what: "Java",
      purpose: "Spark; a private copy is installed with it",
      found: machine.java ?? "none",
      state: machine.java ? "ok" : "optional",
    },
    {
      what: "memory",
      purpose: "2 GiB available, 4 GiB with Spark",
      found: `${bytes(memory.free)} of ${bytes(memory.total)} available`,
      ...(memory.free >= 2 * GIB
        ? { state: "ok" }
        : { state: "missing", advice: "close other programs, or give the virtual machine or container more memory." }),
    },
    {
      what: "disk",
      purpose: `${bytes(diskNeeded)} for software and data`,
      found: `${bytes(machine.diskFree)} free${machine.homeWritable ? "" : `, but ${home()} cannot be written`}`,
      ...(machine.diskFree >= diskNeeded && machine.homeWritable
        ? { state: "ok" }
        : {
            state: "missing",
            advice: `free some space, or set PLATFORM_HOME to a folder that has it and can be written (now ${home()}).`,
          }),
    },
    {
      what: "ports",
      purpose: "the local cloud, on loopback only",
      found: machine.port === undefined ? "none to be had on 127.0.0.1" : "free ones on 127.0.0.1",
      ...(machine.port === undefined
        ? { state: "missing", advice: "allow programs to listen on 127.0.0.1." }
        : { state: "ok" }),
    },
    {
      what: "local cloud",
      purpose: "trying, developing, end-to-end tests",
      found: machine.cloudPort === undefined ? "not running" : `running on 127.0.0.1:${machine.cloudPort}`,
      state: machine.cloudPort === undefined ? "later" : "ok",
    },
  ];
}

/** Looks at this machine and says what it lacks. */
export const examine = async (): Promise<readonly Finding[]> => judge(await look());
