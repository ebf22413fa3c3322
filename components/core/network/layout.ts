/** The addresses of a network's subnets, one range a zone for each kind. */
export interface NetworkLayout {
  readonly public: readonly string[];
  readonly private: readonly string[];
  readonly isolated: readonly string[];
}

/** The limits of a VPC (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html). */
const SMALLEST_PREFIX = 16;
const LARGEST_PREFIX = 22;
const BITS = 32;

interface Range {
  readonly first: number;
  readonly prefix: number;
}

function rangeOf(cidrBlock: string): Range | undefined {
  const [, address = "", length = ""] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(cidrBlock) ?? [];
  const parts = address.split(".").map(Number);
  const prefix = Number(length);
  const first = parts.reduce((sum, part) => sum * 256 + part, 0);
  const fits =
    address !== "" &&
    parts.every((part) => part <= 255) &&
    prefix >= SMALLEST_PREFIX &&
    prefix <= LARGEST_PREFIX &&
    first % 2 ** (BITS - prefix) === 0;
  return fits ? { first, prefix } : undefined;
}

/** The ranges a network may have, in words. */
export const NETWORK_RANGE = `an IPv4 range of /${SMALLEST_PREFIX} to /${LARGEST_PREFIX} that begins at its own first address, e.g. 10.0.0.0/16`;

export const isNetworkRange = (cidrBlock: string): boolean => rangeOf(cidrBlock) !== undefined;

/**
 * Divides a VPC's range: a sixteenth for each private subnet, where most addresses are needed, a sixty-fourth for each public
 * and isolated one. The rest stays free for later.
 */
export function networkLayout(cidrBlock: string, zones: number): NetworkLayout {
  const range = rangeOf(cidrBlock);
  if (!range) throw new Error(`${cidrBlock} is not ${NETWORK_RANGE}`);
  const { first, prefix } = range;
  const ranges = (start: number, bits: number): string[] =>
    Array.from({ length: zones }, (_, zone) => {
      const size = 2 ** (BITS - prefix - bits);
      return `${dotted(first + start + zone * size)}/${prefix + bits}`;
    });
  const whole = 2 ** (BITS - prefix);
  return {
    // The second half holds up to eight private subnets, the first quarter sixteen public and isolated ones.
    private: ranges(whole / 2, 4),
    public: ranges(0, 6),
    isolated: ranges(whole / 8, 6),
  };
}

const dotted = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
