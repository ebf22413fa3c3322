/** Loads execa at its first use, because loading it takes longer than most commands that start no program. */
const execa = async () => (await import("execa")).execa;

/** Runs a program and returns its standard output, or its error output if that is empty. It fails after 20 seconds. */
export async function outputOf(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const start = await execa();
  const { stdout, stderr } = await start(program, args, { timeout: 20_000, stdin: "ignore", env });
  return (stdout || stderr).trim();
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The number of milliseconds after which the program is stopped. */
  readonly timeout: number;
  /** Receives each line of output as soon as it is printed. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program and resolves to undefined, or to the reason if it fails. The program runs in its own process group, which is
 * stopped with this process, so that an interrupted installation leaves no process behind.
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
      // The group has ended already.
    }
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup();
  }, timeout);
  process.once("exit", endGroup);
  try {
    const latest: string[] = [];
    for await (const text of child.iterable({ from: "all" })) {
      const line = text.trim();
      if (line === "") continue;
      onLine?.(line);
      latest.push(line);
      if (latest.length > 30) latest.shift();
    }
    const { failed, code, exitCode, signal } = await child;
    if (!failed) return undefined;
    if (code === "ENOENT") return `${program} is not installed`;
    if (timedOut) return `gave no answer within ${Math.round(timeout / 1000)} s`;
    const complaint = latest.findLast((line) => /error|fail|cannot|could not/i.test(line));
    return complaint ?? latest.at(-1) ?? `ended with ${signal ?? exitCode}`;
  } finally {
    clearTimeout(timer);
    process.removeListener("exit", endGroup);
  }
}
