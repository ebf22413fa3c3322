/** Execa takes longer to load than most commands to run that never start a program. */
const execa = async () => (await import("execa")).execa;

/** What a program prints, on its error output if it says nothing else. It fails as the program does, or after 20 seconds. */
export async function outputOf(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const start = await execa();
  const { stdout, stderr } = await start(program, args, { timeout: 20_000, stdin: "ignore", env });
  return (stdout || stderr).trim();
}

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
export async function runCommand(
  program: string,
  args: readonly string[],
  { timeout, onLine, ...options }: CommandOptions,
): Promise<string | undefined> {
  const start = await execa();
  const child = start(program, args, {
    ...options,
    extendEnv: options.env === undefined,
    detached: true,
    stdin: "ignore",
    all: true,
    buffer: false,
    reject: false,
  });
  const endGroup = (): void => {
    try {
      if (child.pid) process.kill(-child.pid, "SIGKILL");
    } catch {
      // the group is gone
    }
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup();
  }, timeout);
  process.once("exit", endGroup);
  try {
    const said: string[] = [];
    for await (const text of child.iterable({ from: "all" })) {
      const line = text.trim();
      if (line === "") continue;
      onLine?.(line);
      said.push(line);
      if (said.length > 30) said.shift();
    }
    const { failed, code, exitCode, signal } = await child;
    if (!failed) return undefined;
    if (code === "ENOENT") return `${program} is not installed`;
    if (timedOut) return `gave no answer within ${Math.round(timeout / 1000)} s`;
    const complaint = said.findLast((line) => /error|fail|cannot|could not/i.test(line));
    return complaint ?? said.at(-1) ?? `ended with ${signal ?? exitCode}`;
  } finally {
    clearTimeout(timer);
    process.removeListener("exit", endGroup);
  }
}
