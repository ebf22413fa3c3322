import { Network } from "../components";
import type { Foundation } from "./foundation";

/** Creates the VPC of databases and migrations if the environment has one. */
export function buildNetwork({ environment, options, key, logRetentionDays }: Foundation): Network | undefined {
  const settings = environment.config.network;
  return settings && new Network("network", { key, logRetentionDays, ...settings }, options);
}
