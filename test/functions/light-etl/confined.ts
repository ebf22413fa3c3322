/** Runs the code of a function as Lambda does: in a process with its memory and its temporary storage only. */

import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Size {
  readonly memoryMiB: number;
  readonly storageMiB: number;
  /** The memory that the function is told to have, where that is not what it has. */
  readonly claimedMiB?: number;
}

export interface Ended {
  /** What the handler answered; undefined when the process ended before. */
  readonly answer?: unknown;
  /** The name and the message of the error that the handler threw. */
  readonly error?: string;
  /** How the process ended, when it gave no answer. */
  readonly died?: string;
  /** The most memory that was in use, where that is measured. */
  readonly peakMiB?: number;
  readonly log: string;
}

/** Calls the handler with the event, and writes what became of it into a file. */
const INVOKE = `
const { writeFileSync } = require("node:fs");
const [code, event, answer] = process.argv.slice(2);
require(code).handler(JSON.parse(event)).then(
  (answered) => ({ answer: answered }),
  (error) => ({ error: error.name + ": " + error.message }),
).then((ended) => {
  writeFileSync(answer, JSON.stringify(ended));
  process.exit(0);
});
`;

/** One way of holding a process to its size. */
export interface Confinement {
  /** For the names of tests. */
  readonly how: string;
  run(code: string, event: unknown, size: Size, env: Readonly<Record<string, string>>): Promise<Ended>;
}

/** Such a limit also counts what the process reserves and never uses: stacks of threads, and room of its allocators. */
const RESERVED_MIB = 512;

const CGROUPS = [
  { root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes", peak: "memory.max_usage_in_bytes" },
  { root: "/sys/fs/cgroup", limit: "memory.max", peak: "memory.peak" },
] as const;

const succeeds = (command: string, ...args: readonly string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** Makes a group of processes with a limit of memory, which only root may do; undefined where that is impossible. */
function makeGroup(memoryMiB: number): { folder: string; peak: string } | undefined {
  for (const { root, limit, peak } of CGROUPS) {
    const folder = join(root, `light-etl-${process.pid}-${Date.now()}`);
    try {
      mkdirSync(folder);
    } catch {
      continue;
    }
    if (existsSync(join(folder, limit))) {
      writeFileSync(join(folder, limit), String(memoryMiB * 1024 ** 2));
      return { folder, peak: join(folder, peak) };
    }
    rmdirSync(folder);
  }
  return undefined;
}

/**
 * Finds how this machine can hold a process to a size: as root by a cgroup and a disk of its own; else by a limit of the
 * process's data and a file system in memory, in a namespace of the user's own. Undefined where neither is possible.
 */
export function confinement(): Confinement | undefined {
  if (process.platform !== "linux") return undefined;
  const group = makeGroup(64);
  if (group !== undefined) {
    rmdirSync(group.folder);
    // The disk is a file: what is in it does not count as the process's memory, as a file system in memory would.
    const disk =
      'truncate -s "$SIZE" "$0/disk" && mkfs.ext4 -q -m 0 -O ^has_journal "$0/disk" && mount -o loop "$0/disk" "$0/tmp"';
    if (withFolder((folder) => succeeds("unshare", "-m", "sh", "-c", disk.replace("$SIZE", "16M"), folder))) {
      return {
        how: "a cgroup and a disk of its own",
        run: (code, event, size, env) => confined(code, event, size, env, { flags: ["-m"], mount: disk, group: true }),
      };
    }
  }
  const memory = 'mount -t tmpfs -o size="$SIZE" none "$0/tmp"';
  const limited = `${memory} && exec prlimit --data=1000000000 true`;
  if (withFolder((folder) => succeeds("unshare", "-rm", "sh", "-c", limited.replace("$SIZE", "1M"), folder))) {
    return {
      how: "a limit of its data and a file system in memory",
      run: (code, event, size, env) =>
        confined(code, event, size, env, { flags: ["-rm"], mount: memory, group: false }),
    };
  }
  return undefined;
}

function withFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "confined-"));
  mkdirSync(join(folder, "tmp"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Means {
  readonly flags: readonly string[];
  readonly mount: string;
  readonly group: boolean;
}

async function confined(
  code: string,
  event: unknown,
  { memoryMiB, storageMiB, claimedMiB }: Size,
  env: Readonly<Record<string, string>>,
  { flags, mount, group: grouped }: Means,
): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), "confined-"));
  const group = grouped ? makeGroup(memoryMiB) : undefined;
  try {
    mkdirSync(join(folder, "tmp"));
    writeFileSync(join(folder, "invoke.cjs"), INVOKE);
    // Away from the repository: the code has its own packages only.
    cpSync(code, join(folder, "code"), { recursive: true });
    const answer = join(folder, "answer.json");
    const enter = group
      ? `echo $$ > "${join(group.folder, "cgroup.procs")}" &&`
      : `prlimit --pid $$ --data=${(memoryMiB + RESERVED_MIB) * 1024 ** 2} &&`;
    const script = `${mount} && ${enter} cd "$0" && exec "$NODE" invoke.cjs ./code/index.js "$EVENT" "$ANSWER"`;
    const child = spawn("unshare", [...flags, "sh", "-c", script, folder], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...env,
        PATH: process.env.PATH,
        NODE: process.execPath,
        SIZE: `${storageMiB}M`,
        EVENT: JSON.stringify(event),
        ANSWER: answer,
        TMPDIR: join(folder, "tmp"),
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(claimedMiB ?? memoryMiB),
      },
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (log += text.toString()));
    const [status, signal] = await new Promise<[number | null, string | null]>((ended) =>
      child.on("close", (...how) => ended(how)),
    );
    const peakMiB = group && Number(readFileSync(group.peak, "utf8")) / 1024 ** 2;
    const measured = peakMiB === undefined ? {} : { peakMiB };
    if (!existsSync(answer)) return { died: signal ?? `exit status ${status}`, log, ...measured };
    return { ...(JSON.parse(readFileSync(answer, "utf8")) as Pick<Ended, "answer" | "error">), log, ...measured };
  } finally {
    if (group) rmdirSync(group.folder);
    rmSync(folder, { recursive: true, force: true });
  }
}
