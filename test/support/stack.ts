import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  LocalWorkspace,
  PulumiCommand,
  type ConfigMap,
  type PulumiFn,
  type Stack,
  type UpResult,
} from "@pulumi/pulumi/automation";
import { connected } from "../../local/engine/automation";
import { serveProvider, type RunningProvider } from "../../local/provider/server";
import { modelFolder } from "../../local/provider/strict/models";
import { requestCheck } from "../../local/provider/strict/strict";
import { atTheEnd } from "./leftovers";
import { pythonVenv, sharedMinistack } from "./ministack";

const VERSION = "3.256.0";

let shared: Promise<RunningProvider> | undefined;

// Of the whole run: a listening server would keep the process alive.
atTheEnd(async () => (await shared)?.stop());

/** The local provider over the shared emulator, one for a whole test process. */
export function sharedProvider(): Promise<RunningProvider> {
  shared ??= sharedMinistack().then(({ endpoint }) =>
    serveProvider({
      endpoints: { ministack: endpoint },
      check: requestCheck(modelFolder(pythonVenv())),
      codeDirectory: mkdtempSync(join(tmpdir(), "function-code-")),
    }),
  );
  return shared;
}

/** Lists only what is there since now: other tests of the run may have left something in the shared emulator. */
export async function newcomers(list: () => Promise<readonly string[]>): Promise<() => Promise<string[]>> {
  const before = new Set(await list());
  return async () => (await list()).filter((name) => !before.has(name));
}

export interface TestStack {
  up(program: PulumiFn): Promise<UpResult>;
  /** Kinds of operations the engine would do or did, without those that change nothing. */
  preview(program: PulumiFn): Promise<Readonly<Record<string, number>>>;
  refresh(program: PulumiFn): Promise<Readonly<Record<string, number>>>;
  destroy(): Promise<void>;
  readonly stack: Stack;
}

/** Deploys a program. An engine that reports success without the program's outputs has not run it, and the test must say so. */
async function complete(stack: Stack, program: PulumiFn): Promise<UpResult> {
  let returned: readonly string[] = [];
  const result = await stack.up({
    program: async () => {
      const outputs = await program();
      returned = Object.keys(outputs ?? {});
      return outputs;
    },
  });
  if (returned.length > 0 && Object.keys(result.outputs).length === 0)
    throw new Error(`the engine has none of the outputs ${returned.join(", ")}; it printed:\n${result.stdout}`);
  return result;
}

/**
 * A stack of its own under the real engine, its state in a folder that goes with it; destroyed after use unless it is already.
 * Its providers are the local one, or those `attached`.
 */
export async function withStack(
  use: (stack: TestStack) => Promise<void>,
  config: ConfigMap = {},
  attached?: string,
): Promise<void> {
  const providers = attached ?? (await sharedProvider()).attachment;
  const home = mkdtempSync(join(tmpdir(), "stack-"));
  const root = resolve(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "versions", VERSION);
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "test", projectName: "provider", program: async () => {} },
    {
      workDir: home,
      pulumiCommand: await PulumiCommand.get({ root }),
      envVars: {
        PULUMI_BACKEND_URL: `file://${home}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_DEBUG_PROVIDERS: providers,
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      },
    },
  );
  await stack.setAllConfig({ "aws:region": { value: "eu-central-1" }, ...config });
  const changes = (summary: Readonly<Record<string, number | undefined>> | undefined): Record<string, number> =>
    Object.fromEntries(
      Object.entries(summary ?? {}).flatMap(([kind, count]) => (kind === "same" || !count ? [] : [[kind, count]])),
    );
  let destroyed = false;
  try {
    await use({
      stack,
      up: (program) => connected(() => complete(stack, program)),
      preview: async (program) => changes((await connected(() => stack.preview({ program }))).changeSummary),
      refresh: async (program) => {
        stack.workspace.program = program;
        return changes((await connected(() => stack.refresh())).summary.resourceChanges);
      },
      destroy: async () => {
        await stack.destroy();
        destroyed = true;
      },
    });
  } finally {
    if (!destroyed) await stack.destroy().catch(() => undefined);
    rmSync(home, { recursive: true, force: true });
  }
}
