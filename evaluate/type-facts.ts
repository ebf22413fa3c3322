import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The facts about a resource type that the SDK's class contains. */
export interface TypeInfo {
  readonly inputs: ReadonlySet<string>;
  /** The properties that only AWS sets. */
  readonly outputs: readonly string[];
}

const NONE: TypeInfo = { inputs: new Set(), outputs: [] };
const cache = new Map<string, TypeInfo>();

/**
 * Returns the inputs and outputs of a type such as `aws:s3/bucket:Bucket`. They are read from the SDK's generated class, because the
 * provider's own schema has 60 MB and is not in the package.
 */
export function typeInfo(type: string): TypeInfo {
  let info = cache.get(type);
  if (!info) cache.set(type, (info = read(type)));
  return info;
}

function read(type: string): TypeInfo {
  const [, path = ""] = type.split(":");
  const module = path.replace(/^index\//, "");
  const folder = dirname(require.resolve("@pulumi/aws/package.json"));
  // A few files do not have the name of their type: `dms/s3endpoint.js` has `dms/s3Endpoint`.
  const file = [module, module.toLowerCase()].map((name) => join(folder, `${name}.js`)).find((one) => existsSync(one));
  if (file === undefined) return NONE;
  const text = readFileSync(file, "utf8");
  const names = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, name = ""]) => name);
  return {
    inputs: new Set(names(/resourceInputs\["(\w+)"\] = .*\bargs\b/g)),
    outputs: names(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g),
  };
}
