/**
 * This is a Node.js language host for a Pulumi CLI that has none. It lets the plain `pulumi` command run this project's programs and
 * policy packs. Node.js runs this file without compilation, so that the host starts in a tenth of a second; it imports packages only.
 *
 * It starts `@pulumi/pulumi/cmd/run` as the official host does: with the same arguments and environment, in the folder of `main`. Calls that
 * `preview`, `up`, `refresh` and `destroy` do not need are answered with UNIMPLEMENTED, which the CLI takes as the sign of an older host.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { ProgramInfo, RunPluginRequest, RunRequest } from "@pulumi/pulumi/proto/language_pb.js";

/** The exit code of a program that has already reported its errors to the engine. */
const REPORTED = 32;
/** The number of milliseconds that a program has to stop after the Pulumi engine has cancelled it. */
const GRACE = 5000;
/** The largest message that the Pulumi engine sends or receives: 400 MiB. */
const MESSAGE_LIMIT = 400 * 1024 * 1024;

let engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-")) ?? "";
const running = new Set<ChildProcess>();

interface Options {
  readonly typescript?: boolean;
  readonly tsconfig?: string;
  readonly nodeargs?: string;
}

const optionsOf = (info: ProgramInfo): Options => (info.getOptions()?.toJavaScript() ?? {}) as Options;
const nodeArguments = ({ nodeargs = "" }: Options): string[] => nodeargs.split(/\s+/).filter(Boolean);

/** The effect of the runtime options in `Pulumi.yaml` on the process that runs the program. */
const optionVariables = ({ typescript = true, tsconfig }: Options): Record<string, string> => ({
  ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
  ...(tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
});

/** Returns the path of a module of the Pulumi SDK, as the program itself finds it. */
function sdkModule(name: string, folder: string): string {
  try {
    return createRequire(join(folder, "program.js")).resolve(`@pulumi/pulumi/cmd/${name}`);
  } catch {
    throw new Error(`The dependencies of the program are not installed. Run \`npm ci\` in ${projectFolder(folder)}.`);
  }
}

/** Returns the nearest folder with a package.json, in which dependencies are installed. */
function projectFolder(folder: string): string {
  const parent = dirname(folder);
  return existsSync(join(folder, "package.json")) || parent === folder ? folder : projectFolder(parent);
}

function start(command: readonly string[], options: Parameters<typeof spawn>[2]): ChildProcess {
  const child = spawn(process.execPath, command, options);
  running.add(child);
  child.once("close", () => running.delete(child));
  return child;
}

function stop(child: ChildProcess): void {
  child.kill("SIGINT");
  setTimeout(() => child.kill("SIGKILL"), GRACE).unref();
}

const ended = (child: ChildProcess): Promise<{ readonly code: number | null; readonly signal: string | null }> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });

/** Returns the arguments of `@pulumi/pulumi/cmd/run`; those without a value are omitted. */
function runArguments(request: RunRequest, info: ProgramInfo): string[] {
  const values: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info.getRootDirectory(),
    stack: request.getStack(),
    pwd: info.getProgramDirectory(),
    parallel: String(request.getParallel()),
  };
  return [
    ...Object.entries(values).flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info.getEntryPoint() || ".",
    ...request.getArgsList(),
  ];
}

/** Runs a program and passes its output to the Pulumi engine, which shows it. */
async function run(
  call: grpc.ServerUnaryCall<RunRequest, unknown>,
): Promise<InstanceType<typeof language.RunResponse>> {
  const { request } = call;
  const info = request.getInfo() ?? new language.ProgramInfo();
  const options = optionsOf(info);
  const response = new language.RunResponse();
  try {
    const program = [...nodeArguments(options), sdkModule("run", info.getProgramDirectory())];
    const child = start([...program, ...runArguments(request, info)], {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        ...optionVariables(options),
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      },
    });
    call.once("cancelled", () => stop(child));
    const { code, signal } = await ended(child);
    if (code === REPORTED) response.setBail(true);
    else if (code !== 0) response.setError(`Program exited with ${signal ?? `non-zero exit code: ${code}`}`);
  } catch (error) {
    response.setError((error as Error).message);
  }
  return response;
}

const isPolicyPack = (request: RunPluginRequest): boolean => request.getKind() === "analyzer";

/**
 * The arguments of Node.js that start a plugin. `run-policy-pack` always starts the TypeScript compiler, which takes longer than all
 * rules together: a pack that says it is not written in TypeScript runs without it.
 */
function pluginCommand(request: RunPluginRequest, folder: string, options: Options): string[] {
  const values = request.getArgsList();
  if (!isPolicyPack(request)) return [sdkModule("run-plugin", folder), ...nodeArguments(options), folder, ...values];
  const runner = sdkModule("run-policy-pack", folder);
  return options.typescript === false
    ? [...nodeArguments(options), folder]
    : [runner, ...nodeArguments(options), ...values, folder];
}

/** Runs a policy pack, or another plugin written for Node.js, and passes on its output, which begins with its port. */
async function runPlugin(call: grpc.ServerWritableStream<RunPluginRequest, unknown>): Promise<void> {
  const { request } = call;
  const info = request.getInfo() ?? new language.ProgramInfo();
  const folder = info.getProgramDirectory();
  const options = optionsOf(info);
  const child = start(pluginCommand(request, folder, options), {
    cwd: isPolicyPack(request) ? folder : request.getPwd(),
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment(request.getEnvList()), ...optionVariables(options) },
  });
  call.once("cancelled", () => stop(child));
  child.stdout?.on("data", (bytes: Buffer) => call.write(new language.RunPluginResponse().setStdout(bytes)));
  child.stderr?.on("data", (bytes: Buffer) => call.write(new language.RunPluginResponse().setStderr(bytes)));
  const { code } = await ended(child);
  call.write(new language.RunPluginResponse().setExitcode(code ?? 1));
  call.end();
}

const environment = (entries: readonly string[]): Record<string, string> =>
  Object.fromEntries(entries.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]));

const version = (): string =>
  (createRequire(import.meta.url)("@pulumi/pulumi/package.json") as { readonly version: string }).version;

const server = new grpc.Server({
  "grpc.max_receive_message_length": MESSAGE_LIMIT,
  "grpc.max_send_message_length": MESSAGE_LIMIT,
});
server.addService(languageGrpc.LanguageRuntimeService as unknown as grpc.ServiceDefinition, {
  handshake: (
    call: grpc.ServerUnaryCall<InstanceType<typeof language.LanguageHandshakeRequest>, unknown>,
    answer: grpc.sendUnaryData<unknown>,
  ) => {
    engineAddress = call.request.getEngineAddress();
    answer(null, new language.LanguageHandshakeResponse());
  },
  getPluginInfo: (_call: unknown, answer: grpc.sendUnaryData<unknown>) =>
    answer(null, new plugin.PluginInfo().setVersion(version())),
  // The official host looks for packages below the program's folder. This project's packages are above it, and the Pulumi engine asks for
  // their plugins when the program uses them.
  getRequiredPackages: (_call: unknown, answer: grpc.sendUnaryData<unknown>) =>
    answer(null, new language.GetRequiredPackagesResponse()),
  about: (_call: unknown, answer: grpc.sendUnaryData<unknown>) =>
    answer(null, new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  run: (call: grpc.ServerUnaryCall<RunRequest, unknown>, answer: grpc.sendUnaryData<unknown>) =>
    void run(call).then((response) => answer(null, response)),
  runPlugin: (call: grpc.ServerWritableStream<RunPluginRequest, unknown>) =>
    void runPlugin(call).catch((error: Error) => call.destroy(Object.assign(error, { code: grpc.status.INTERNAL }))),
  cancel: (_call: unknown, answer: grpc.sendUnaryData<unknown>) => {
    for (const child of running) stop(child);
    answer(null, new empty.Empty());
  },
});

// A killed Pulumi engine cannot ask this host to stop its programs and plugins, so the host stops them when the engine is gone.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid === engine) return;
  for (const child of running) child.kill("SIGKILL");
  process.exit(1);
}, 1000);

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
