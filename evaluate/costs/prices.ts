/** A list price of AWS in us-east-1, in US dollars. */
export interface Price {
  readonly usd: number;
  /** What one price buys. */
  readonly unit: string;
  /** AWS's page that has the price. */
  readonly source: string;
}

/** The month in which the prices were taken from AWS's pages. AWS changes them: check the pages before you decide by a price. */
export const PRICES_OF = "2025-06";
export const PRICES_REGION = "us-east-1";

const page = (service: string): string => `https://aws.amazon.com/${service}/pricing/`;
const price = (usd: number, unit: string, service: string): Price => ({ usd, unit, source: page(service) });

export const PRICES = {
  key: price(1, "key-month, and as much again after each of the first two rotations", "kms"),
  alarm: price(0.1, "alarm-month", "cloudwatch"),
  metric: price(0.3, "metric-month", "cloudwatch"),
  insightRule: price(0.5, "rule-month", "cloudwatch"),
  logGiB: price(0.5, "GB of logs", "cloudwatch"),
  natHour: price(0.045, "hour of a NAT gateway", "vpc"),
  addressHour: price(0.005, "hour of a public IPv4 address", "vpc"),
  endpointHour: price(0.01, "hour of an interface endpoint in a zone", "privatelink"),
  secret: price(0.4, "secret-month", "secrets-manager"),
  webAcl: price(5, "web ACL-month", "waf"),
  webAclRule: price(1, "rule-month", "waf"),
  storageGiB: price(0.115, "GB-month of gp3 storage", "rds"),
  proxyHour: price(0.015, "hour of a vCPU behind a proxy", "rds/proxy"),
  migrationGiB: price(0.115, "GB-month of storage", "dms"),
  stream: price(0.04, "hour of an on-demand stream", "kinesis/data-streams"),
  cacheHour: price(0.044, "hour of a small cache", "appsync"),
  transitions: price(25, "million state transitions", "step-functions"),
  lambdaSeconds: price(13.3334, "million GB-seconds on arm64", "lambda"),
  lambdaRequests: price(0.2, "million requests", "lambda"),
  flexDpuHour: price(0.29, "DPU-hour of flexible execution", "glue"),
  writes: price(0.625, "million write request units", "dynamodb/on-demand"),
  puts: price(5, "million PUT requests", "s3"),
  objectGiB: price(0.023, "GB-month", "s3"),
  eventsSent: price(1, "million custom events", "eventbridge"),
} as const satisfies Readonly<Record<string, Price>>;

/** The price of an instance for an hour in one zone. A class that is missing here is reported as not priced. */
export const INSTANCE_HOURS: Readonly<Record<string, Price>> = {
  "db.t4g.medium": price(0.065, "hour", "rds/postgresql"),
  "aurora db.r7g.large": price(0.276, "hour", "rds/aurora"),
  "dms.t3.medium": price(0.072, "hour", "dms"),
};
