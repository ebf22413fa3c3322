import { policyDocument } from "./policy-document";
import { SECRET } from "./stand-ins";
import type { Props } from "./wire";

/** The place for which a data source is invoked. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/** Answers a data source of the `aws` package from its arguments and the place. */
export type Answer = (args: Props, place: Place) => Props;

/** The data sources whose answer depends on the place only and is the same in a check, in a plan and in the local cloud. */
export const PURE: Readonly<Record<string, Answer>> = {
  "aws:iam/getPolicyDocument:getPolicyDocument": (args) => policyDocument(args),
  "aws:index/getAvailabilityZones:getAvailabilityZones": availabilityZones,
  "aws:index/getCallerIdentity:getCallerIdentity": (_args, { account, partition }) => ({
    id: account,
    accountId: account,
    arn: `arn:${partition}:iam::${account}:user/deployer`,
    userId: "AIDADEPLOYER",
  }),
  "aws:index/getPartition:getPartition": (_args, { partition }) => ({
    id: partition,
    partition,
    dnsSuffix: dnsSuffix(partition),
    reverseDnsPrefix: dnsSuffix(partition).split(".").reverse().join("."),
  }),
  "aws:index/getRegion:getRegion": (args, { region, partition }) => ({
    ...args,
    id: region,
    name: region,
    region,
    description: region,
    endpoint: `ec2.${region}.${dnsSuffix(partition)}`,
  }),
};

/** Stand-in answers to the data sources that only a cloud can answer, for use without a cloud. */
const WITHOUT_A_CLOUD: Readonly<Record<string, Answer>> = {
  "aws:ec2/getRouteTable:getRouteTable": (args) => {
    const table = `table-of-${String(args.subnetId)}`;
    return { ...args, id: table, routeTableId: table };
  },
  "aws:secretsmanager/getSecretVersion:getSecretVersion": (args) => ({
    ...args,
    id: String(args.secretId),
    secretString: SECRET,
  }),
};

/** Returns the function that answers a data source without a cloud; undefined if there is none. */
export const answerWithoutCloud = (token: string): Answer | undefined => PURE[token] ?? WITHOUT_A_CLOUD[token];

export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

const dnsSuffix = (partition: string): string => (partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com");

/** Answers with three zones, because every region in question has at least three. */
function availabilityZones(args: Props, { region }: Place): Props {
  const excluded = new Set([...list(args.excludeNames), ...list(args.excludeZoneIds)]);
  // The zone ids of `eu-central-1` begin with `euc1`.
  const short = region.replace(/-(\w)\w*-/, "$1");
  const zones = ["a", "b", "c"]
    .map((letter, index) => ({ name: region + letter, id: `${short}-az${index + 1}` }))
    .filter(({ name, id }) => !excluded.has(name) && !excluded.has(id));
  return {
    ...args,
    id: region,
    region,
    names: zones.map(({ name }) => name),
    zoneIds: zones.map(({ id }) => id),
    groupNames: [region],
  };
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
