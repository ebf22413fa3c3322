import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * The environment variable that names the folder of the local cloud in all its processes; children inherit it. A file that lists the
 * processes can be lost or damaged, but a process keeps its environment as long as it runs.
 */
export const OWNER = "PLATFORM_LOCAL_CLOUD";

export interface OwnedProcess {
  readonly pid: number;
  readonly group: number;
  readonly command: string;
}

/** Returns every running process whose environment has this variable with this value. */
export function processesWith(name: string, value: string): OwnedProcess[] {
  const found = process.platform === "linux" ? onLinux(`${name}=${value}`) : elsewhere(`${name}=${value}`);
  return found.filter(({ pid }) => pid !== process.pid);
}

function onLinux(entry: string): OwnedProcess[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      if (!readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(entry)) return [];
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // The program's name, in parentheses, may contain any character, so the fields after it are read.
      const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      return state === "Z" ? [] : [{ pid: Number(name), group: Number(group), command }];
    } catch {
      // The process has ended in the meantime, or it belongs to another user.
      return [];
    }
  });
}

/** Finds the processes on other systems, where `ps` prints the environment after the command, for the user's own processes only. */
function elsewhere(entry: string): OwnedProcess[] {
  const lines = execFileSync("ps", ["-axwwE", "-o", "pid=,pgid=,stat=,command="], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, group, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (command === undefined || state?.startsWith("Z") || !`${command} `.includes(` ${entry} `)) return [];
    return [{ pid: Number(pid), group: Number(group), command: command.slice(0, command.indexOf(` ${entry}`)) }];
  });
}
