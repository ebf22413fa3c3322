export type Level = "mandatory" | "advisory" | "disabled";

/** The environments that rules know by name. Every other environment gets the levels of prod. */
export const ENVIRONMENTS = ["local", "dev", "prod"] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];
export type Levels = Readonly<Record<EnvironmentName, Level>>;

/** Encryption is mandatory wherever real data can be, and advice in dev so that experiments stay possible. */
export const ENCRYPTION: Levels = { local: "mandatory", dev: "advisory", prod: "mandatory" };
/** Protection from deletion is off in the local cloud, which is made to be thrown away. */
export const DELETION: Levels = { local: "disabled", dev: "advisory", prod: "mandatory" };
export const OTHER: Levels = { local: "advisory", dev: "advisory", prod: "mandatory" };
export const ADVICE: Levels = { local: "disabled", dev: "disabled", prod: "advisory" };
export const PROTECT: Levels = { local: "disabled", dev: "disabled", prod: "mandatory" };
export const EXPLICIT: Levels = { local: "disabled", dev: "advisory", prod: "mandatory" };

/** The level that applies in an environment. */
export const levelIn = (levels: Levels, environment: string): Level =>
  levels[(ENVIRONMENTS as readonly string[]).includes(environment) ? (environment as EnvironmentName) : "prod"];
