import type { RecordedResource } from "../recorded";
import type { FlowUse } from "./flow";
import { INSTANCE_HOURS, PRICES, type Price } from "./prices";

/** The hours of a month, as AWS's calculator has them. */
const HOURS = 730;
const MILLION = 1e6;

/** What an item costs in a month. */
export interface Charge {
  readonly item: string;
  readonly quantity: number;
  readonly price: Price;
}

export interface Estimate {
  readonly charges: readonly Charge[];
  /** The resources that cost money at a price that the table does not have. */
  readonly unpriced: readonly string[];
}

export const monthly = ({ quantity, price }: Charge): number => quantity * price.usd;
export const total = (charges: readonly Charge[]): number => charges.reduce((sum, charge) => sum + monthly(charge), 0);

/** What the traffic of an environment is, as assumptions that a reader can replace. */
export interface Workload {
  readonly datasets: number;
  readonly filesPerDatasetAndDay: number;
  readonly mibPerFile: number;
  /** The datasets that run on Spark once a night. */
  readonly scheduledDatasets: number;
  readonly sparkMinutes: number;
  readonly sparkWorkers: number;
  /** Seconds of all functions for a file that runs alone on the light engine, by the memory of each. */
  readonly lightSeconds: number;
  readonly otherSeconds: number;
  /** Calls of functions for a file. */
  readonly calls: number;
  readonly logKibPerFile: number;
  readonly writeUnitsPerFile: number;
  readonly putsPerFile: number;
  /** The number of metrics that the functions send. */
  readonly metrics: number;
}

type Inputs = RecordedResource["inputs"];
type Priced = (resource: RecordedResource, all: ReadonlyMap<string, readonly RecordedResource[]>) => readonly Charge[];

const charge = (item: string, price: Price, quantity = 1): Charge => ({ item, price, quantity });
const zones = (inputs: Inputs): number => (inputs.multiAz === true ? 2 : 1);

/** An instance by its class; without a price for the class, a charge of no price. */
function instance(item: string, key: string, count: number): readonly Charge[] {
  const price = INSTANCE_HOURS[key];
  return price ? [charge(`${item} ${key}`, price, count * HOURS)] : [charge(`${item} ${key}`, UNPRICED, count)];
}

const UNPRICED: Price = { usd: NaN, unit: "", source: "" };

/** The number of rules that Contributor Insights makes: one a key, for throttled and, in the wider mode, for accessed keys. */
const insightRules = ({ mode }: Inputs): number => (mode === "THROTTLED_KEYS" ? 2 : 4);

/** What costs money although it does nothing, by resource type. */
const IDLE: Readonly<Record<string, Priced>> = {
  "aws:kms/key:Key": () => [charge("KMS keys", PRICES.key)],
  "aws:cloudwatch/metricAlarm:MetricAlarm": () => [charge("CloudWatch alarms", PRICES.alarm)],
  "aws:dynamodb/contributorInsights:ContributorInsights": ({ inputs }) => [
    charge("Contributor Insights rules, at most", PRICES.insightRule, insightRules(inputs)),
  ],
  "aws:ec2/natGateway:NatGateway": () => [charge("NAT gateways", PRICES.natHour, HOURS)],
  "aws:ec2/eip:Eip": () => [charge("Public IPv4 addresses", PRICES.addressHour, HOURS)],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ inputs }) =>
    inputs.vpcEndpointType === "Interface"
      ? [charge("Interface endpoints", PRICES.endpointHour, HOURS * (inputs.subnetIds as unknown[]).length)]
      : [],
  "aws:secretsmanager/secret:Secret": () => [charge("Secrets", PRICES.secret)],
  "aws:wafv2/webAcl:WebAcl": ({ inputs }) => [
    charge("Web ACLs", PRICES.webAcl),
    charge("Rules of web ACLs", PRICES.webAclRule, (inputs.rules as unknown[]).length),
  ],
  "aws:rds/instance:Instance": ({ inputs }) => [
    ...instance("Database", String(inputs.instanceClass), zones(inputs)),
    charge("Database storage", PRICES.storageGiB, Number(inputs.allocatedStorage) * zones(inputs)),
    ...(inputs.manageMasterUserPassword ? [charge("Secrets", PRICES.secret)] : []),
  ],
  "aws:rds/cluster:Cluster": ({ inputs }) =>
    inputs.manageMasterUserPassword ? [charge("Secrets", PRICES.secret)] : [],
  "aws:rds/clusterInstance:ClusterInstance": ({ inputs }) =>
    instance("Database", `aurora ${String(inputs.instanceClass)}`, 1),
  "aws:rds/proxy:Proxy": (_, all) => {
    const members = all.get("aws:rds/clusterInstance:ClusterInstance")?.length ?? 1;
    return [charge("RDS Proxy, two vCPUs a database", PRICES.proxyHour, 2 * members * HOURS)];
  },
  "aws:dms/replicationInstance:ReplicationInstance": ({ inputs }) => [
    ...instance("Replication", String(inputs.replicationInstanceClass), zones(inputs)),
    charge("Replication storage", PRICES.migrationGiB, Number(inputs.allocatedStorage) * zones(inputs)),
  ],
  "aws:kinesis/stream:Stream": () => [charge("Kinesis streams", PRICES.stream, HOURS)],
  "aws:appsync/apiCache:ApiCache": () => [charge("AppSync caches", PRICES.cacheHour, HOURS)],
};

/** Types that are charged by the hour in ways that this estimate does not know. */
const NOT_KNOWN = ["aws:dms/replicationConfig:ReplicationConfig", "aws:fsx/", "aws:opensearch/", "aws:redshift/"];

/** Adds up charges of the same item. */
function summed(charges: readonly Charge[]): Charge[] {
  const items = new Map<string, Charge>();
  for (const one of charges) {
    const before = items.get(one.item);
    items.set(one.item, before ? { ...before, quantity: before.quantity + one.quantity } : one);
  }
  // What has no price has no place in an order by price: it comes last.
  const rank = (one: Charge): number => (Number.isNaN(monthly(one)) ? -1 : monthly(one));
  return [...items.values()].sort((a, b) => rank(b) - rank(a));
}

/** Estimates what an environment costs in a month in which nothing happens. */
export function idleCosts(resources: readonly RecordedResource[]): Estimate {
  const all = new Map<string, RecordedResource[]>();
  for (const resource of resources) all.set(resource.type, [...(all.get(resource.type) ?? []), resource]);
  const charges = summed(resources.flatMap((resource) => IDLE[resource.type]?.(resource, all) ?? []));
  const unknown = resources.filter(({ type }) => NOT_KNOWN.some((prefix) => type.startsWith(prefix)));
  return {
    charges: charges.filter(({ price }) => price !== UNPRICED),
    unpriced: [
      ...charges.filter(({ price }) => price === UNPRICED).map(({ item, quantity }) => `${quantity} × ${item}`),
      ...unknown.map(({ name, type }) => `${name} (${type})`),
    ],
  };
}

/** Estimates what the traffic of an environment costs in a month, in addition to the environment itself. */
export function workloadCosts(workload: Workload, flow: FlowUse): readonly Charge[] {
  const days = HOURS / 24;
  const files = workload.datasets * workload.filesPerDatasetAndDay * days;
  const gib = (files * workload.mibPerFile) / 1024;
  const seconds = workload.lightSeconds * flow.lightGiB + workload.otherSeconds * flow.otherGiB;
  const dpuHours = (workload.scheduledDatasets * days * workload.sparkWorkers * workload.sparkMinutes) / 60;
  return summed([
    charge("State transitions", PRICES.transitions, (files * flow.transitions) / MILLION),
    charge("Functions", PRICES.lambdaSeconds, (files * seconds) / MILLION),
    charge("Requests to functions", PRICES.lambdaRequests, (files * workload.calls) / MILLION),
    charge("Spark", PRICES.flexDpuHour, dpuHours),
    charge("Ledger", PRICES.writes, (files * workload.writeUnitsPerFile) / MILLION),
    charge("Objects written", PRICES.puts, (files * workload.putsPerFile) / MILLION),
    charge("Raw files and Parquet of one month", PRICES.objectGiB, gib * 1.25),
    charge("Logs", PRICES.logGiB, (files * workload.logKibPerFile) / 1024 ** 2),
    charge("Metrics", PRICES.metric, workload.metrics),
    charge("Events", PRICES.eventsSent, files / MILLION),
  ]);
}
