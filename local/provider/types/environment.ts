import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Invoke } from "../handler";

const DNS_SUFFIX = "amazonaws.com";

export const getAvailabilityZones: Invoke = {
  token: "aws:index/getAvailabilityZones:getAvailabilityZones",
  async invoke({ region }, args) {
    // The emulators have no zones of their own: three, as every region a platform is put into has.
    const excluded = new Set([...list(args.excludeNames), ...list(args.excludeZoneIds)]);
    const zones = ["a", "b", "c"].map((letter, index) => ({
      name: region + letter,
      id: `${zoneId(region)}-az${index + 1}`,
    }));
    const chosen = zones.filter(({ name, id }) => !excluded.has(name) && !excluded.has(id));
    return {
      ...args,
      id: region,
      region,
      names: chosen.map(({ name }) => name),
      zoneIds: chosen.map(({ id }) => id),
      groupNames: [region],
    };
  },
};

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** `eu-central-1` is `euc1` in the ids of its zones. */
const zoneId = (region: string): string => region.replace(/-(\w)\w*-/, "$1");

export const getCallerIdentity: Invoke = {
  token: "aws:index/getCallerIdentity:getCallerIdentity",
  async invoke(ctx) {
    const { Account, Arn, UserId } = await ctx.client(STSClient).send(new GetCallerIdentityCommand({}));
    return { id: Account, accountId: Account, arn: Arn, userId: UserId };
  },
};

export const getPartition: Invoke = {
  token: "aws:index/getPartition:getPartition",
  async invoke({ partition }) {
    return {
      id: partition,
      partition,
      dnsSuffix: DNS_SUFFIX,
      reverseDnsPrefix: DNS_SUFFIX.split(".").reverse().join("."),
    };
  },
};

export const getRegion: Invoke = {
  token: "aws:index/getRegion:getRegion",
  async invoke({ region }, args) {
    return {
      ...args,
      id: region,
      name: region,
      region,
      description: region,
      endpoint: `ec2.${region}.${DNS_SUFFIX}`,
    };
  },
};
