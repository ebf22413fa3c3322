import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LocalWorkspace, PulumiCommand, Stack, type PulumiFn } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";
import { UserError } from "../errors";
import { inHome, NODE_BIN, pulumiHome, REPOSITORY } from "../paths";
import { writeAtomically } from "../state";
import { hasState, lastUpdate, passphraseFile, plainOutputs } from "./backend";
import { enginePath, type Engine } from "./engine";

/**
 * Returns a folder with the language host that the Pulumi engine starts for programs and policy packs if the CLI has none of its own.
 * The Pulumi engine prefers the hosts of an official installation, which are in the folder of the CLI.
 */
function languageHostFolder(): string {
  const folder = inHome("bin");
  const file = join(folder, "pulumi-language-nodejs");
  const node = join(NODE_BIN, "node");
  const script = `#!/bin/sh
if [ ! -x "${node}" ]; then
  echo "The dependencies of the project are not installed. Run \`npm ci\` in ${REPOSITORY}." >&2
  exit 1
fi
exec "${node}" --disable-warning=ExperimentalWarning "${join(REPOSITORY, "local", "engine", "language-host.mts")}" "$@"
`;
  if (!existsSync(file) || readFileSync(file, "utf8") !== script) {
    writeAtomically(file, script, 0o755);
    chmodSync(file, 0o755);
  }
  return folder;
}

/** The error of a program that could not reach the Pulumi engine that started it: on a busy machine gRPC gives up too early. */
const NOT_CONNECTED = /14 UNAVAILABLE: No connection established/;
const CONNECTION_ATTEMPTS = 3;

/** Runs the Pulumi engine, and runs it again if its program could not reach it, in which case nothing was changed. */
export async function connected<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === CONNECTION_ATTEMPTS || !NOT_CONNECTED.test((error as Error).message)) throw error;
    }
  }
}

/** Returns the environment variables of the Pulumi engine: a file backend with a passphrase, no login, update check or plugin download. */
export function engineEnv(engine: Engine, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const backend = inHome("backend");
  mkdirSync(backend, { recursive: true });
  const officialHosts = existsSync(join(dirname(realpathSync(engine.binary)), "pulumi-language-nodejs"));
  return {
    PULUMI_HOME: pulumiHome(),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(),
    // The policy pack runs in a separate process, which starts faster with the code that it compiled before.
    NODE_COMPILE_CACHE: inHome("cache", "compiled", "v8"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // The state says how its secrets are encrypted; a stack file without a salt must not start a new encryption.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PATH: enginePath(engine, ...(officialHosts ? [] : [languageHostFolder()])),
    ...extra,
  };
}

/** Returns the folder that the Automation API needs, in which the CLI is in `bin`. A CLI in a folder of another name is linked. */
function engineRoot(engine: Engine): string {
  const folder = dirname(engine.binary);
  if (basename(folder) === "bin") return dirname(folder);
  const link = inHome("engine", "bin", basename(engine.binary));
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(engine.binary, link);
  return inHome("engine");
}

export interface StackOptions {
  readonly engine: Engine;
  readonly program: PulumiFn;
  readonly env: Readonly<Record<string, string>>;
  /** The use of the workspace, `local` or `plan`; each has its own. */
  readonly purpose: string;
  /** The stack file, by default the repository's Pulumi.<stack>.yaml. */
  readonly stackFile?: string;
}

export const stackFileOf = (stack: string): string => join(REPOSITORY, `Pulumi.${stack}.yaml`);

interface ProjectSettings {
  readonly name: string;
  readonly config?: unknown;
}

/** Returns the settings in the repository's Pulumi.yaml. */
export const projectSettings = (): ProjectSettings =>
  parse(readFileSync(join(REPOSITORY, "Pulumi.yaml"), "utf8")) as ProjectSettings;

/** Opens a stack whose program runs in this process and whose settings come from the repository's stack file. */
export async function inlineStack(stackName: string, options: StackOptions): Promise<Stack> {
  const stackFile = options.stackFile ?? stackFileOf(stackName);
  if (!existsSync(stackFile)) {
    throw new UserError(`There is no environment "${stackName}": ${stackFile} does not exist`, undefined, 2);
  }
  const project = projectSettings();
  const workDir = inHome("workspace", options.purpose);
  mkdirSync(workDir, { recursive: true });
  // The Pulumi engine writes the passphrase's salt into the workspace's copy, and the repository's file stays unchanged.
  const settingsFile = join(workDir, `Pulumi.${stackName}.yaml`);
  // A salt in the repository's file comes from the plain `pulumi` command and belongs to another passphrase.
  const { encryptionsalt: _foreign, ...wanted } = parse(readFileSync(stackFile, "utf8")) as Record<string, unknown>;
  const known = existsSync(settingsFile) ? (parse(readFileSync(settingsFile, "utf8")) as Record<string, unknown>) : {};
  const { encryptionsalt } = known;
  writeAtomically(settingsFile, stringify(encryptionsalt ? { ...wanted, encryptionsalt } : wanted));
  const env = engineEnv(options.engine, options.env);
  const workspace = await LocalWorkspace.create({
    program: options.program,
    workDir,
    pulumiCommand: await PulumiCommand.get({ root: engineRoot(options.engine), skipVersionCheck: true }),
    projectSettings: { name: project.name, runtime: "nodejs", config: project.config as never },
    envVars: {
      ...env,
      // The state is written after every step. Without a checksum beside each file, this is less work.
      PULUMI_BACKEND_URL: `${env.PULUMI_BACKEND_URL}?metadata=skip`,
      // The engine lives for seconds. It works less when it collects garbage less often, and the limit keeps its memory small.
      GOGC: "400",
      GOMEMLIMIT: "1GiB",
      // A passphrase in the caller's environment belongs to other projects and would take precedence over the file.
      PULUMI_CONFIG_PASSPHRASE: readFileSync(passphraseFile(), "utf8"),
    },
  });
  return quickStack(project.name, stackName, workspace);
}

/**
 * Makes a stack that reads its outputs and its last update from the files of the local backend. The Automation API would start the
 * CLI four more times for each deployment: once to select the stack, although every command names it, and three times to read both.
 */
async function quickStack(project: string, name: string, workspace: LocalWorkspace): Promise<Stack> {
  const select = workspace.selectStack.bind(workspace);
  const outputs = workspace.stackOutputs.bind(workspace);
  workspace.selectStack = (stack) => (hasState(project, stack) ? Promise.resolve() : select(stack));
  workspace.stackOutputs = async (stack) => plainOutputs(project, stack) ?? outputs(stack);
  const stack = await Stack.createOrSelect(name, workspace);
  const info = stack.info.bind(stack);
  stack.info = async (showSecrets) => lastUpdate(project, name) ?? info(showSecrets);
  return stack;
}
