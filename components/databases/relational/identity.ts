import { createHash } from "node:crypto";

/** Properties whose change makes AWS replace a database. */
export interface IdentityFacts {
  readonly engine: string;
  readonly adminName?: string;
  readonly databaseName?: string;
  readonly keyArn: string;
}

/** The longest identifier with room for the members and replicas that are named after it. */
const MAX_CHARACTERS = 44;

/**
 * Returns the identifier of a database: after its subnet group, whose name Pulumi made unique, so that log groups can be made before the
 * database; with a print of what AWS replaces it for, so that the new one and the old one, and their final snapshots, are never called the same.
 */
export function databaseIdentifier(subnetGroup: string, facts: IdentityFacts): string {
  const { engine, adminName = null, databaseName = null, keyArn } = facts;
  const print = createHash("sha256")
    .update(JSON.stringify([engine, adminName, databaseName, keyArn]))
    .digest("hex")
    .slice(0, 4);
  const plain = subnetGroup
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/-subnets(-|$)/, "$1")
    .replace(/^[^a-z]+/, "")
    .replace(/-+$/, "");
  const ending = `${/-[0-9a-f]{7}$/.exec(plain)?.[0] ?? ""}-${print}`;
  const start = plain.slice(0, plain.length - (ending.length - print.length - 1)) || "db";
  return start.slice(0, MAX_CHARACTERS - ending.length).replace(/-+$/, "") + ending;
}
