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

/** The state of one part that the platform needs or can use. */
export interface Finding {
  readonly what: string;
  /** `later`: the platform installs or starts the part when it is first used; `missing`: the user has to act. */
  readonly state: "ok" | "later" | "optional" | "missing";
  readonly found: string;
  readonly purpose: string;
  /** The step that the user can take. */
  readonly advice?: string;
}

/** The facts about a machine, before they are judged. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly node: string | undefined;
  /** The Python to use, or the unsuitable ones that were found. */
  readonly python: Python | readonly string[];
  /** The reason why this Python cannot create a virtual environment. */
  readonly venvProblem: string | undefined;
  readonly emulatorsInstalled: boolean;
  readonly engine: Engine | undefined;
  readonly go: string | undefined;
  readonly java: string | undefined;
  readonly memory: { readonly total: number; readonly free: number };
  readonly diskFree: number;
  readonly homeWritable: boolean;
  readonly cores: number;
  /** A free port on loopback, if there is one. */
  readonly port: number | undefined;
  /** The port of the local cloud, if it runs. */
  readonly cloudPort: number | undefined;
}

/** Returns the first line of a program's output; undefined if the program is not installed. */
async function firstLine(program: string, ...args: string[]): Promise<string | undefined> {
  try {
    return (await outputOf(program, args)).split("\n")[0];
  } catch {
    return undefined;
  }
}

/** Returns the available memory. Linux counts memory that its caches can give back as available, not as free. */
function availableMemory(): number {
  if (existsSync("/proc/meminfo")) {
    const line = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"));
    if (line) return Number(line[1]) * 1024;
  }
  return freemem();
}

async function venvProblem(python: Python | readonly string[]): Promise<string | undefined> {
  if (!("binary" in python)) return undefined;
  return (await firstLine(python.binary, "-c", "import venv, ensurepip; print('ok')")) === "ok"
    ? undefined
    : "without its modules venv and ensurepip";
}

async function look(): Promise<Machine> {
  await mkdir(home(), { recursive: true }).catch(() => undefined);
  const [node, python, engine, go, java, disk, port, homeWritable, cloud] = await Promise.all([
    firstLine(join(NODE_BIN, "node"), "--version"),
    findPython(),
    findEngine(),
    firstLine("go", "version"),
    firstLine("java", "-version"),
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

/** Judges a machine. A needed part that the platform can install itself does not count as missing. */
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
            advice: "use the platform in the Windows Subsystem for Linux (https://learn.microsoft.com/windows/wsl).",
          }
        : { state: "ok" }),
    },
    {
      what: "Node.js",
      purpose: "every command; it comes with the npm packages",
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
      purpose: "Spark, which is installed with its own copy",
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
            advice: `free some space, or set PLATFORM_HOME to a writable folder that has enough space (now ${home()}).`,
          }),
    },
    {
      what: "ports",
      purpose: "the local cloud, on loopback only",
      found: machine.port === undefined ? "none is free on 127.0.0.1" : "free ones on 127.0.0.1",
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

/** Examines this machine. */
export const examine = async (): Promise<readonly Finding[]> => judge(await look());
