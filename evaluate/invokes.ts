import { policyDocument } from "./policy-document";
import { SECRET } from "./stand-ins";
import type { Props } from "./wire";

/** Where a question is asked. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/** Answers a data source of the `aws` package by what it is asked and where. */
export type Answer = (args: Props, place: Place) => Props;

/** The data sources whose answer follows from the place alone: the same in a check, in a plan and in the local cloud. */
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

/** The data sources that only a cloud can answer, and what is said in its place where there is none. */
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

/** What can be said to a data source where there is no cloud; undefined when nothing can. */
export const answerWithoutCloud = (token: string): Answer | undefined => PURE[token] ?? WITHOUT_A_CLOUD[token];

export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

const dnsSuffix = (partition: string): string => (partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com");

/** Three zones, as every region has that a platform is put into. */
function availabilityZones(args: Props, { region }: Place): Props {
  const excluded = new Set([...list(args.excludeNames), ...list(args.excludeZoneIds)]);
  // `eu-central-1` is `euc1` in the ids of its zones.
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
