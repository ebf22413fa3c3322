import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation";
import { lint, type LintProblem } from "../evaluate/lints";
import { platformProgram } from "../evaluate/program";
import { connected, inlineStack, stackFileOf } from "../local/engine/automation";
import { findOrInstallEngine } from "../local/engine/engine";
import type { Report } from "../local/errors";
import { withoutStackTraces } from "../evaluate/stack-traces";
import { venvFolder } from "../local/emulators/python";
import type { Inspected } from "../local/provider/plan/inspection";
import { startPlanningProviders } from "../local/provider/plan/server";
import { modelFolder } from "../local/provider/strict/models";
import { exclusively } from "../local/state";
import { explained, POLICY_PACK, policyConfig } from "./deploy";
import { configOf, evaluateEnvironment } from "./evaluate";

/** An operation that the Pulumi engine plans for one resource. */
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

/** The result of checking the requests that a deployment would send to AWS. */
export interface PlannedRequests {
  /** The number of requests checked; undefined if AWS's service models are not installed, so that none could be checked. */
  readonly checked: number | undefined;
  readonly refused: readonly Pick<Inspected, "type" | "name" | "problems">[];
  /** The types that the local provider does not support, so that their requests are unknown. */
  readonly unknownTypes: readonly string[];
}

export interface Plan {
  readonly environment: string;
  readonly steps: readonly PlannedStep[];
  readonly policies: readonly PolicyMessage[];
  readonly requests: PlannedRequests;
  /** The faults that AWS would show only after a deployment. */
  readonly problems: readonly LintProblem[];
  /** The reason why the environment cannot be deployed; undefined if it can. */
  readonly refusal: string | undefined;
}

export interface PlanOptions {
  /** The stack file, by default the repository's Pulumi.<environment>.yaml. */
  readonly stackFile?: string;
  /** The program, by default the platform's, `infra/index.ts`. */
  readonly program?: PulumiFn;
}

const DEFAULT_ACCOUNT = "000000000000";

/** Returns the folder of AWS's service models, which is installed with the emulators; undefined if they are not installed. */
function installedModels(): string | undefined {
  try {
    return modelFolder(process.env.PLATFORM_PYTHON_VENV ?? venvFolder());
  } catch {
    return undefined;
  }
}

/**
 * Runs `pulumi preview` of an environment with the real Pulumi engine and with providers that need no account, no credentials, no login
 * and no network. Every resource is planned as new, because the resources of the account are not known here.
 */
export async function planEnvironment(environment: string, report: Report, options: PlanOptions = {}): Promise<Plan> {
  const stackFile = options.stackFile ?? stackFileOf(environment);
  const config = configOf(environment, stackFile);
  const [inspected, unknownTypes] = [[] as Inspected[], new Set<string>()];
  const models = installedModels();
  const providers = await startPlanningProviders({
    models,
    findings: {
      inspected: (resource) => void inspected.push(resource),
      unchecked: (type) => void unknownTypes.add(type),
    },
    account: config["dataplatform:account"] ?? DEFAULT_ACCOUNT,
    region: config["aws:region"] ?? "us-east-1",
  });
  const problems = await problemsOf(environment, stackFile, options.program);
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
      const traces = withoutStackTraces();
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
      } finally {
        traces.restore();
      }
      const requests: PlannedRequests = {
        checked:
          models === undefined ? undefined : inspected.reduce((sum, { operations }) => sum + operations.length, 0),
        refused: inspected
          .filter(({ problems }) => problems.length > 0)
          .map(({ type, name, problems }) => ({ type, name, problems })),
        unknownTypes: [...unknownTypes].sort(),
      };
      return { environment, steps, policies, requests, problems, refusal };
    });
  } finally {
    await providers.stop();
  }
}

/** Returns what the lints find. A program that fails has none: its preview fails too, and reports the reason. */
async function problemsOf(
  environment: string,
  stackFile: string,
  program: PulumiFn | undefined,
): Promise<readonly LintProblem[]> {
  const resources = await evaluateEnvironment(environment, stackFile, program).catch(() => []);
  return lint(resources);
}
