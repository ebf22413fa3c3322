import { spawn } from "node:child_process";

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which it is ended. */
  readonly timeout: number;
  /** Called with each line of output as it comes. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program and resolves to undefined, or to its last words when it fails. It runs in a process group of its own, which
 * ends with this process: an interrupted installation leaves nothing running.
 */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let last: string[] = [];
    let timedOut = false;
    const kill = (): void => {
      try {
        if (child.pid) process.kill(-child.pid, "SIGKILL");
      } catch {
        // the group is gone
      }
    };
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines.map((one) => one.trim()).filter(Boolean)) {
          last = [...last.slice(-29), line];
          options.onLine?.(line);
        }
      });
      stream.on("end", () => {
        if (rest.trim()) last.push(rest.trim());
      });
    }
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, options.timeout);
    process.once("exit", kill);
    const end = (problem: string | undefined): void => {
      clearTimeout(timer);
      process.removeListener("exit", kill);
      resolve(problem);
    };
    child.on("error", (error: NodeJS.ErrnoException) =>
      end(error.code === "ENOENT" ? `${program} is not installed` : error.message),
    );
    child.on("close", (code, signal) => {
      if (code === 0) end(undefined);
      else if (timedOut) end(`gave no answer within ${Math.round(options.timeout / 1000)} s`);
      else
        end(
          last.findLast((line) => /error|fail|cannot|could not/i.test(line)) ??
            last.at(-1) ??
            `ended with ${signal ?? code}`,
        );
    });
  });
}
