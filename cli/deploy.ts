import { join } from "node:path";
import type { OutputMap, Stack, UpOptions, UpResult } from "@pulumi/pulumi/automation";
import { cloudStatus, pulumiEnv, type Cloud } from "../local/cloud";
import { loadProgram, platformProgram } from "../evaluate/program";
import { withoutStackTraces } from "../evaluate/stack-traces";
import { connected, inlineStack, projectSettings } from "../local/engine/automation";
import { isDamaged, restoreState } from "../local/engine/backend";
import { findOrInstallEngine } from "../local/engine/engine";
import { UserError, type Report } from "../local/errors";
import { inHome, REPOSITORY } from "../local/paths";
import { exclusively, readJson, writeJson } from "../local/state";

export const POLICY_PACK = join(REPOSITORY, "policies");
export const policyConfig = (environment: string): string => join(REPOSITORY, "policies", `config.${environment}.json`);

export interface Deployment {
  readonly summary: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly result: UpResult;
}

export async function runningCloud(): Promise<Cloud> {
  const { cloud, usable, reason } = await cloudStatus();
  if (!cloud || !usable)
    throw new UserError(`The local cloud cannot be used: ${reason}`, "`platform local up` starts it.");
  return cloud;
}

/** Opens the local stack on the running local cloud. */
export async function localStack(cloud: Cloud): Promise<Stack> {
  const engine = await findOrInstallEngine();
  const options = { engine, program: platformProgram(), env: pulumiEnv(cloud), purpose: "local" };
  return inlineStack("local", options).catch((error: Error) => {
    throw error instanceof UserError ? error : explained(error);
  });
}

/** Runs `pulumi up` of the local stack, with the policy pack, on the running local cloud. */
export const deployLocal = (report: Report): Promise<Deployment> => exclusively(() => deployAlone(report));

/** The note about the last deployment, kept in a file. */
interface LastDeployment {
  /** The start of the local cloud that it deployed to. */
  readonly instance: string;
  /** Whether it ended with success. */
  readonly done: boolean;
}

async function deployAlone(report: Report): Promise<Deployment> {
  const cloud = await runningCloud();
  const restored = restoreState(projectSettings().name, "local", report);
  const stack = await localStack(cloud);
  const file = inHome("deployed.json");
  const last = readJson<LastDeployment>(file);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once("platform:interrupt" as never, interrupt);
  const traces = withoutStackTraces();
  try {
    if (restored || (last && !last.done)) {
      report(
        `${restored ? "the state was restored from a backup" : "the last deployment did not end"}; comparing the state with the local cloud`,
      );
      await unlocked(stack, () => stack.refresh({ clearPendingCreates: true, signal: interruption.signal }));
    }
    writeJson(file, { instance: cloud.instance, done: false } satisfies LastDeployment);
    // An emulator that was restarted may have lost resources that are in the state.
    const refresh = last !== undefined && last.done && last.instance !== cloud.instance;
    const result = await unlocked(stack, () => stack.up(upOptions(report, refresh, interruption.signal)));
    writeJson(file, { instance: cloud.instance, done: true } satisfies LastDeployment);
    return { summary: changes(result), outputs: plain(result.outputs), result };
  } catch (error) {
    throw explained(error as Error);
  } finally {
    traces.restore();
    process.removeListener("platform:interrupt", interrupt);
  }
}

/** Removes the lock that an ended Pulumi engine left behind. This is safe, as only one deployment runs at a time. */
async function unlocked<T>(stack: Stack, work: () => Promise<T>): Promise<T> {
  try {
    return await connected(work);
  } catch (error) {
    if (!/currently locked/.test((error as Error).message)) throw error;
    await stack.cancel();
    return work();
  }
}

function upOptions(report: Report, refresh: boolean, signal: AbortSignal): UpOptions {
  return {
    refresh,
    signal,
    policyPacks: [POLICY_PACK],
    policyPackConfigs: [policyConfig("local")],
    onOutput: (text: string) => {
      // The engine says that it is there, and then loads the policy pack before it asks for the program.
      loadProgram();
      lastLine(text, report);
    },
    color: "never",
  };
}

/** Returns the outputs of the deployed local stack. */
export async function localOutputs(cloud: Cloud): Promise<Readonly<Record<string, unknown>>> {
  if (isDamaged(projectSettings().name, "local"))
    throw new UserError("The state of the local stack is truncated", "`platform local up` restores its backup.");
  const outputs = plain(await (await localStack(cloud)).outputs());
  if (!outputs.buckets)
    throw new UserError("The platform is not deployed to the local cloud", "`platform local up` deploys it.");
  return outputs;
}

function lastLine(output: string, report: Report): void {
  const line = output
    .split("\n")
    .map((text) => text.trim())
    // Blank lines and lines such as `@ updating....` carry no information.
    .filter((text) => /\w/.test(text) && !text.startsWith("@ "))
    .at(-1);
  if (line) report(line);
}

const plain = (outputs: OutputMap): Record<string, unknown> =>
  Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));

function changes(result: UpResult): string {
  const counts = Object.entries(result.summary.resourceChanges ?? {})
    .filter(([, count]) => count)
    .map(([kind, count]) => `${count} ${kind}`);
  return counts.join(", ") || "no changes";
}

/** Returns an error of the Automation API with nothing but the Pulumi engine's own diagnostics. */
export function explained(error: Error): UserError {
  const text = error.message
    .replace(/\u001b\[[0-9;]*m/g, "")
    .split("\n")
    // The language host is on PATH on purpose: local/engine/automation.ts puts it there.
    .filter((line) => !line.includes("warning: using pulumi-language-nodejs from $PATH"))
    .join("\n");
  const diagnostics = /Diagnostics:\n([\s\S]*?)(?:\n\n(?:Outputs|Resources|Duration|Policies):|\n stderr|$)/.exec(
    text,
  )?.[1];
  const policies = /(Policies:\n[\s\S]*?)(?:\n\n(?:Outputs|Resources|Duration):|\n stderr|$)/.exec(text)?.[1];
  const stderr = /stderr: ([\s\S]*?)(?:\n err\?:|$)/.exec(text)?.[1]?.trim();
  const parts = [diagnostics?.trim(), policies?.includes("mandatory") ? policies.trim() : undefined].filter(Boolean);
  const reason = parts.join("\n") || withoutCommand(stderr || text).slice(0, 2000);
  return new UserError(`pulumi ended with an error:\n${reason}`, remedy(reason));
}

/** Removes the command line of the Pulumi CLI, which does not help the reader. */
const withoutCommand = (text: string): string =>
  text.replace(/^.*Command failed with exit code.*$/gm, "").trim() || "it gave no reason";

function remedy(reason: string): string | undefined {
  if (!reason.includes("incorrect passphrase")) return undefined;
  return `The state was encrypted with another passphrase than the one in ${inHome("passphrase")}: restore that file, or run \`platform local reset\`, which deletes the state and all data of the local cloud.`;
}
