import { Command, CommanderError } from "commander";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../local/paths";
import { showError } from "./ui/errors";

const { version } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as { version: string };

/** Command → the file that holds it: loaded when it is called, so that every command starts fast. */
const COMMANDS = ["start", "setup", "doctor", "local", "check", "plan", "ingest", "query", "status"] as const;

interface CommandModule {
  register(program: Command): void;
}

async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("platform")
    .description("A governed data platform on AWS: planned, policed, deployed and fed on this machine")
    .version(version)
    .showHelpAfterError("(platform --help lists the commands)")
    .configureOutput({ writeErr: (text) => void process.stderr.write(text) })
    .exitOverride();
  const named = COMMANDS.find((name) => name === argv[0]);
  for (const name of named ? [named] : COMMANDS) {
    const module = (await import(`./commands/${name}`)) as CommandModule;
    module.register(program);
  }
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return showError(error);
  }
}

// `exit` listeners end what this command started and nobody recorded yet.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    process.stderr.write("\nstopping …\n");
    process.emit("platform:interrupt" as never);
    setTimeout(() => process.exit(130), 15_000).unref();
    if (process.listenerCount("platform:interrupt") === 0) process.exit(130);
  });
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
