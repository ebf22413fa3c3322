import type { Settings } from "./rule";

/** What every environment asks for. */
const EVERYWHERE: Settings = {
  requiredTags: ["environment", "owner", "cost-center"],
  allowedRegions: ["eu-central-1", "eu-west-1"],
  permissionsBoundaryRequired: false,
};

const BY_ENVIRONMENT: Readonly<Record<string, Partial<Settings>>> = {
  prod: { permissionsBoundaryRequired: true },
};

/** What an environment asks for. One nobody wrote down is held to what holds for prod. */
export const settingsOf = (environment: string): Settings => ({
  ...EVERYWHERE,
  ...(BY_ENVIRONMENT[environment] ?? (environment === "local" || environment === "dev" ? {} : BY_ENVIRONMENT.prod)),
});
