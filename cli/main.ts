import { Command, CommanderError } from "commander";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../local/paths";
import { showError } from "./ui/errors";

const { version } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as { version: string };

/** The commands. Each is loaded from the file with its name, and only when it is called, so that every command starts fast. */
const COMMANDS = [
  "start",
  "setup",
  "doctor",
  "local",
  "check",
  "plan",
  "diff",
  "costs",
  "iam",
  "ingest",
  "query",
  "status",
] as const;

interface CommandModule {
  register(program: Command): void;
}

async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("platform")
    .description("Checks, plans and deploys a governed data platform on AWS, and runs it on this machine.")
    .version(version)
    .showHelpAfterError("(platform --help lists the commands)")
    .configureOutput({ writeErr: (text) => void process.stderr.write(text) })
    .exitOverride();
  try {
    const named = COMMANDS.find((name) => name === argv[0]);
    for (const name of named ? [named] : COMMANDS) {
      const module = (await import(`./commands/${name}`)) as CommandModule;
      module.register(program);
    }
    prepare(program);
    await program.parseAsync([...argv], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (interruptedAt > 0) {
      process.stderr.write("The command was stopped. Run it again to continue.\n");
      return 130;
    }
    return showError(error);
  }
}

/** Sets on every command what commander passes on only to commands that it creates itself. */
function prepare(program: Command): void {
  for (const command of program.commands) {
    command.exitOverride().showHelpAfterError(`(platform ${command.name()} --help shows the usage)`);
    prepare(command);
  }
}

// `exit` listeners end the processes that a command has started and not yet written down. Work that needs time to stop listens to
// `platform:interrupt` and makes the command fail soon after.
let interruptedAt = 0;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // The terminal sends Ctrl-C to every process, and npm passes the signal on, so that the same Ctrl-C arrives twice.
    if (interruptedAt > 0 && Date.now() - interruptedAt < 1000) return;
    if (interruptedAt > 0 || process.listenerCount("platform:interrupt" as never) === 0) process.exit(130);
    interruptedAt = Date.now();
    process.stderr.write("\nStopping … (press Ctrl-C again to stop immediately)\n");
    process.emit("platform:interrupt" as never);
  });
}
process.on("exit", () => {
  // A progress display that was interrupted leaves the cursor hidden.
  if (process.stderr.isTTY) process.stderr.write("\u001b[?25h");
});

void main(process.argv.slice(2)).then((code) => process.exit(interruptedAt > 0 ? 130 : code));
