import type { Settings } from "./rule";

/** The settings of every environment. */
const EVERYWHERE: Settings = {
  requiredTags: ["environment", "owner", "cost-center"],
  allowedRegions: ["eu-central-1", "eu-west-1"],
  permissionsBoundaryRequired: false,
};

const BY_ENVIRONMENT: Readonly<Record<string, Partial<Settings>>> = {
  prod: { permissionsBoundaryRequired: true },
};

/** The settings of an environment. An environment without settings of its own has those of prod. */
export const settingsOf = (environment: string): Settings => ({
  ...EVERYWHERE,
  ...(BY_ENVIRONMENT[environment] ?? (environment === "local" || environment === "dev" ? {} : BY_ENVIRONMENT.prod)),
});
