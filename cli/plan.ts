import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation";
import { platformProgram } from "../evaluate/program";
import { connected, inlineStack, stackFileOf } from "../local/engine/automation";
import { findOrInstallEngine } from "../local/engine/engine";
import type { Report } from "../local/errors";
import { startOfflineProviders } from "../local/provider/offline/offline";
import { exclusively } from "../local/state";
import { explained, POLICY_PACK, policyConfig } from "./deploy";
import { configOf } from "./evaluate";

/** What the engine would do to one resource. */
export interface PlannedStep {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly operation: string;
}

export interface PolicyMessage {
  readonly policy: string;
  readonly level: string;
  readonly message: string;
}

export interface Plan {
  readonly environment: string;
  readonly steps: readonly PlannedStep[];
  readonly policies: readonly PolicyMessage[];
  /** Why it cannot be deployed; undefined when it can. */
  readonly refusal: string | undefined;
}

export interface PlanOptions {
  /** Default: the repository's Pulumi.<environment>.yaml. */
  readonly stackFile?: string;
  /** Default: the platform's, `infra/index.ts`. */
  readonly program?: PulumiFn;
}

const DEFAULT_ACCOUNT = "000000000000";

/**
 * `pulumi preview` of an environment by the real engine against providers that plan without an account: no credentials, no
 * login, no network. Everything is planned as new: what the account holds is not known here.
 */
export async function planEnvironment(environment: string, report: Report, options: PlanOptions = {}): Promise<Plan> {
  const stackFile = options.stackFile ?? stackFileOf(environment);
  const config = configOf(environment, stackFile);
  const providers = await startOfflineProviders({
    account: config["dataplatform:account"] ?? DEFAULT_ACCOUNT,
    region: config["aws:region"] ?? "us-east-1",
  });
  const steps: PlannedStep[] = [];
  const policies: PolicyMessage[] = [];
  const onEvent = (event: EngineEvent): void => {
    const { resourcePreEvent: step, policyEvent: policy } = event;
    if (step && step.metadata.op !== "same") {
      const name = step.metadata.urn.split("::").at(-1) ?? "";
      steps.push({ urn: step.metadata.urn, type: step.metadata.type, name, operation: step.metadata.op });
      report(name);
    }
    if (policy) {
      const message = policy.message.replace(/\u001b\[[0-9;]*m|<\{%[^%]*%\}>/g, "").trim();
      policies.push({ policy: policy.policyName, level: policy.enforcementLevel, message });
    }
  };
  try {
    return await exclusively(async () => {
      const stack = await inlineStack(environment, {
        engine: await findOrInstallEngine(),
        program: options.program ?? platformProgram(),
        env: { PULUMI_DEBUG_PROVIDERS: providers.debugProviders },
        purpose: "plan",
        stackFile,
      });
      let refusal: string | undefined;
      try {
        await connected(() =>
          stack.preview({
            policyPacks: [POLICY_PACK],
            policyPackConfigs: [policyConfig(environment)],
            onEvent,
            color: "never",
          }),
        );
      } catch (error) {
        refusal = explained(error as Error).message;
      }
      return { environment, steps, policies, refusal };
    });
  } finally {
    await providers.stop();
  }
}
