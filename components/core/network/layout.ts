import type { ArgumentCheck } from "../validate";

/** The addresses of a network's subnets, one range a zone for each kind. */
export interface NetworkLayout {
  readonly public: readonly string[];
  readonly private: readonly string[];
  readonly isolated: readonly string[];
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const SMALLEST_PREFIX = 16;
const LARGEST_PREFIX = 22;
const BITS = 32;

/**
 * Divides a VPC's range: a sixteenth for each private subnet, where most addresses are needed, a sixty-fourth for each public
 * and isolated one. What is left over stays free for what comes later.
 */
export function networkLayout(cidrBlock: string, zones: number, check: ArgumentCheck): NetworkLayout {
  const allowed = `an IPv4 range of /${SMALLEST_PREFIX} to /${LARGEST_PREFIX} that begins at its own first address, e.g. 10.0.0.0/16`;
  const [, address = "", length = ""] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(cidrBlock) ?? [];
  const parts = address.split(".").map(Number);
  const prefix = Number(length);
  const first = parts.reduce((sum, part) => sum * 256 + part, 0);
  check.require(
    address !== "" &&
      parts.every((part) => part <= 255) &&
      prefix >= SMALLEST_PREFIX &&
      prefix <= LARGEST_PREFIX &&
      first % 2 ** (BITS - prefix) === 0,
    "cidrBlock",
    cidrBlock,
    allowed,
  );
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
