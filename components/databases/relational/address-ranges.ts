/** IPv4 ranges as numbers: enough to tell whether one lies in another. */

interface Range {
  readonly first: number;
  readonly size: number;
}

/** Reads a range such as `10.0.0.0/16`; undefined when it is none, or does not begin where its size says. */
export function addressRange(cidr: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((part) => part > 255) || bits > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - bits);
  return first % size === 0 ? { first, size } : undefined;
}

/** Whether the first range lies in the second. It does not when either is none. */
export function liesWithin(inner: string, outer: string): boolean {
  const [one, other] = [addressRange(inner), addressRange(outer)];
  if (!one || !other) return false;
  return one.first >= other.first && one.first + one.size <= other.first + other.size;
}
