import { isAsset, isObject, isUnknown, type Props } from "../../../evaluate/wire";

/** The stand-in in a request for a value that is known only after deployment. Every text derived from it contains it. */
export const MARKER = "known-after-deployment";

/** Returns a stand-in for a value from AWS by the name of its property or member: a text, or an ARN if the name ends so. */
export const standIn = (name: string): string =>
  /arn$/i.test(name) ? ["arn", "aws", MARKER, MARKER, MARKER, MARKER].join(":") : MARKER;

/** Returns inputs for a handler: unknown values have stand-ins, and assets have no content, because none is sent. */
export function withStandIns(inputs: Props): Props {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, replaced(value, name)]));
}

function replaced(value: unknown, name: string): unknown {
  if (isUnknown(value)) return standIn(name);
  if (Array.isArray(value)) return value.map((item) => replaced(item, name));
  if (isAsset(value)) return withoutContent(value);
  return isObject(value) ? withStandIns(value) : value;
}

function withoutContent({ path, uri, ...asset }: Props): Props {
  const isElsewhere = path !== undefined || uri !== undefined || asset.assets !== undefined;
  return isElsewhere ? { ...asset, text: "", assets: {} } : asset;
}

/** Returns whether a value of a request comes from a stand-in, so that it says nothing about the request that AWS would receive. */
export function isMadeUp(value: unknown): boolean {
  if (typeof value === "string") return value.includes(MARKER);
  return Number.isNaN(value) || (value instanceof Date && Number.isNaN(value.getTime()));
}

/** Returns the paths of the values that come from stand-ins, in the form that the checks of requests use. */
export function madeUpPaths(value: unknown, path: string): string[] {
  if (isMadeUp(value)) return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => madeUpPaths(item, `${path}[${index}]`));
  if (!isObject(value) || value instanceof Uint8Array || value instanceof Date) return [];
  return Object.entries(value).flatMap(([name, item]) => [
    ...(isMadeUp(name) ? [`${path} (key ${JSON.stringify(name)})`] : []),
    ...madeUpPaths(item, `${path}.${name}`),
  ]);
}
