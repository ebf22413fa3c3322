import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The folder of this checkout. */
export const REPOSITORY = resolve(__dirname, "..");

/** Returns the folder of all local files, which git ignores. `PLATFORM_HOME` names another one. */
export const home = (): string => resolve(process.env.PLATFORM_HOME ?? join(REPOSITORY, ".platform"));

export const inHome = (...parts: string[]): string => join(home(), ...parts);

/** Returns the folder in which the Pulumi CLI keeps its versions and plugins. */
export const pulumiHome = (): string => resolve(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"));

/** The Node.js among the project's dependencies, which runs scripts, functions and the policy pack. */
export const NODE_BIN = join(REPOSITORY, "node_modules", ".bin");
