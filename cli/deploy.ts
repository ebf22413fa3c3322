import { join } from "node:path";
import type { OutputMap, Stack, UpResult } from "@pulumi/pulumi/automation";
import { cloudStatus, pulumiEnv, type Cloud } from "../local/cloud";
import { inlineStack, platformProgram } from "../local/engine/automation";
import { findOrInstallEngine } from "../local/engine/engine";
import { UserError, type Report } from "../local/errors";
import { inHome, REPOSITORY } from "../local/paths";
import { readJson, writeJson } from "../local/state";

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

/** The local stack on the running local cloud. */
export async function localStack(cloud: Cloud): Promise<Stack> {
  return inlineStack("local", {
    engine: await findOrInstallEngine(),
    program: platformProgram(),
    env: pulumiEnv(cloud),
    purpose: "local",
  });
}

/** `pulumi up` of the local stack, with the policy pack, on the running local cloud. */
export async function deployLocal(report: Report): Promise<Deployment> {
  const cloud = await runningCloud();
  const stack = await localStack(cloud);
  // An emulator that was started again may have forgotten what the state says it holds.
  const last = readJson<{ instance: string }>(inHome("deployed.json"));
  const refresh = last !== undefined && last.instance !== cloud.instance;
  const options = {
    refresh,
    policyPacks: [POLICY_PACK],
    policyPackConfigs: [policyConfig("local")],
    onOutput: (text: string) => lastLine(text, report),
    color: "never" as const,
  };
  const result = await stack.up(options).catch(async (error: Error) => {
    // A deployment that was interrupted leaves its lock; nobody else works on this stack, as commands exclude one another.
    if (!/currently locked/.test(error.message)) throw explained(error);
    await stack.cancel();
    return stack.up({ ...options, refresh: true }).catch((again: Error) => {
      throw explained(again);
    });
  });
  writeJson(inHome("deployed.json"), { instance: cloud.instance });
  return { summary: changes(result), outputs: plain(result.outputs), result };
}

/** The outputs of the deployed local stack. */
export async function localOutputs(cloud: Cloud): Promise<Readonly<Record<string, unknown>>> {
  const outputs = plain(await (await localStack(cloud)).outputs());
  if (!outputs.buckets)
    throw new UserError("The platform is not deployed to the local cloud", "`platform local up` deploys it.");
  return outputs;
}

function lastLine(text: string, report: Report): void {
  const line = text
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean)
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

/** The engine's own diagnostics, without the Automation API's wrapping. */
export function explained(error: Error): UserError {
  const text = error.message.replace(/\u001b\[[0-9;]*m/g, "");
  const diagnostics = /Diagnostics:\n([\s\S]*?)(?:\n\n(?:Outputs|Resources|Duration|Policies):|\n stderr|$)/.exec(
    text,
  )?.[1];
  const policies = /(Policies:\n[\s\S]*?)(?:\n\n(?:Outputs|Resources|Duration):|\n stderr|$)/.exec(text)?.[1];
  const stderr = /stderr: ([\s\S]*?)(?:\n err\?:|$)/.exec(text)?.[1]?.trim();
  const parts = [diagnostics?.trim(), policies?.includes("mandatory") ? policies.trim() : undefined].filter(Boolean);
  return new UserError(`pulumi ended with an error:\n${parts.join("\n") || stderr || text.slice(0, 2000)}`);
}
