import { isAsset, isObject, isUnknown, type Props } from "../../../evaluate/wire";

/** Stands in a request for what is known only after deployment; every text that was made from it contains it. */
export const MARKER = "known-after-deployment";

/** A value that AWS would give, by the name of the property or member it is for: text, as an ARN where the name says so. */
export const standIn = (name: string): string =>
  /arn$/i.test(name) ? ["arn", "aws", MARKER, MARKER, MARKER, MARKER].join(":") : MARKER;

/** Inputs as a handler takes them: unknown values have stand-ins, and assets have no content, as none is sent. */
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

/** Whether a value of a request was made from a stand-in: it says nothing about the request that AWS would get. */
export function isMadeUp(value: unknown): boolean {
  if (typeof value === "string") return value.includes(MARKER);
  return Number.isNaN(value) || (value instanceof Date && Number.isNaN(value.getTime()));
}

/** The paths of a request's made-up values, written as the checks of requests write them. */
export function madeUpPaths(value: unknown, path: string): string[] {
  if (isMadeUp(value)) return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => madeUpPaths(item, `${path}[${index}]`));
  if (!isObject(value) || value instanceof Uint8Array || value instanceof Date) return [];
  return Object.entries(value).flatMap(([name, item]) => [
    ...(isMadeUp(name) ? [`${path} (key ${JSON.stringify(name)})`] : []),
    ...madeUpPaths(item, `${path}.${name}`),
  ]);
}
