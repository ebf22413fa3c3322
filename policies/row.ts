import type { Rule } from "./rule";

export type Level = "mandatory" | "advisory" | "disabled";
export type Severity = "critical" | "high" | "medium" | "low";

/** The kinds of environments rules know. Any other one is held to what holds for prod. */
export const ENVIRONMENTS = ["local", "dev", "prod"] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];
export type Levels = Readonly<Record<EnvironmentName, Level>>;

export interface TableRow {
  /** Short and stable: what reports, exemptions and auditors name. */
  readonly id: string;
  /** The file under `rules/`. */
  readonly path: string;
  readonly title: string;
  readonly severity: Severity;
  readonly kind: "encryption" | "deletion" | "other";
  readonly levels: Levels;
  /** Controls of other frameworks: AWS Foundational Security Best Practices, CIS, cdk-nag, checkov. */
  readonly maps: readonly string[];
  /** May an exemption excuse a resource from it? */
  readonly suppressible: boolean;
  readonly remediation: string;
  readonly rule: Rule;
}

/** Encryption holds wherever data may land, dev included only as advice so that a sandbox stays a sandbox. */
export const ENCRYPTION: Levels = { local: "mandatory", dev: "advisory", prod: "mandatory" };
/** A local cloud is there to be thrown away. */
export const DELETION: Levels = { local: "disabled", dev: "advisory", prod: "mandatory" };
export const OTHER: Levels = { local: "advisory", dev: "advisory", prod: "mandatory" };
export const ADVICE: Levels = { local: "disabled", dev: "disabled", prod: "advisory" };
export const PROTECT: Levels = { local: "disabled", dev: "disabled", prod: "mandatory" };
export const EXPLICIT: Levels = { local: "disabled", dev: "advisory", prod: "mandatory" };
