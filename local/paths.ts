import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The checkout. */
export const REPOSITORY = resolve(__dirname, "..");

/** The one ignored folder that holds everything local; `PLATFORM_HOME` moves it. */
export const home = (): string => resolve(process.env.PLATFORM_HOME ?? join(REPOSITORY, ".platform"));

export const inHome = (...parts: string[]): string => join(home(), ...parts);

/** Where the Pulumi CLI keeps its versions and plugins. */
export const pulumiHome = (): string => resolve(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"));

/** The Node.js of the project's own dependencies: what scripts, functions and the policy pack run on. */
export const NODE_BIN = join(REPOSITORY, "node_modules", ".bin");
