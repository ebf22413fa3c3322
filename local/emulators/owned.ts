import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * The variable that every process of a local cloud carries and hands down to its children: the folder of its cloud. A record of
 * processes can be lost or damaged; this cannot, as long as the process runs.
 */
export const OWNER = "PLATFORM_LOCAL_CLOUD";

export interface OwnedProcess {
  readonly pid: number;
  readonly group: number;
  readonly command: string;
}

/** Every running process whose environment has this variable with this value. */
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
      // The program's name, in parentheses, may hold anything: the fields are counted from behind it.
      const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      return state === "Z" ? [] : [{ pid: Number(name), group: Number(group), command }];
    } catch {
      // It has ended meanwhile, or belongs to another user.
      return [];
    }
  });
}

/** Other systems show the environment behind the command, and only that of the user's own processes. */
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
