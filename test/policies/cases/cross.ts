import { UNKNOWN, UNSET, type Cases, type Fixture } from "./case";

const tags = { environment: "prod", owner: "data@example.com", "cost-center": "4711" };
const queue: Fixture = { type: "aws:sqs/queue:Queue", props: { tags } };
const provider: Fixture = { type: "pulumi:providers:aws", props: { region: "eu-central-1" } };
const role: Fixture = {
  type: "aws:iam/role:Role",
  props: { permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary" },
};
const providerUrn = (name: string): string => `urn:pulumi:prod::shop::pulumi:providers:aws::${name}`;
/** The resource takes what its provider says; the provider is among the resources. */
const byProvider = (defaultTags: unknown): Record<string, unknown> => ({
  "queue.tags": UNSET,
  "queue.@provider": `${providerUrn("provider")}::4f1b`,
  provider: { ...provider, props: { ...provider.props, defaultTags } },
});

/** What must not fall out of the list of what takes tags. */
const TAKE_TAGS = [
  "athena/workgroup:Workgroup",
  "cloudwatch/eventBus:EventBus",
  "cloudwatch/logGroup:LogGroup",
  "dynamodb/table:Table",
  "glue/crawler:Crawler",
  "glue/job:Job",
  "iam/role:Role",
  "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
  "kinesis/stream:Stream",
  "kms/key:Key",
  "lambda/function:Function",
  "rds/cluster:Cluster",
  "rds/clusterInstance:ClusterInstance",
  "rds/instance:Instance",
  "rds/proxy:Proxy",
  "s3/bucket:Bucket",
  "secretsmanager/secret:Secret",
  "sfn/stateMachine:StateMachine",
  "sns/topic:Topic",
].map((type) => `aws:${type}`);

export const CROSS: Cases = {
  "cross/tags": {
    stack: { queue },
    fields: {
      "queue.tags.environment": {},
      "queue.tags.owner": {},
      "queue.tags.cost-center": {},
    },
    compliant: {
      "gets its tags from its provider": byProvider({ tags }),
      "gets its tags from its provider, as the engine hands them over": byProvider(JSON.stringify({ tags })),
      "has them all together, as states do": { "queue.tags": UNSET, "queue.tagsAll": tags },
      "has one of its own and the others of its provider": {
        ...byProvider({ tags: { ...tags, owner: UNSET } }),
        "queue.tags": { owner: "ops@example.com" },
      },
    },
    violating: {
      ...Object.fromEntries(
        TAKE_TAGS.map((type) => [`is a ${type} without tags`, [{ queue: { type, props: {} } }, /missing/] as const]),
      ),
      "has no tags": [{ "queue.tags": UNSET }, /missing: environment, owner, cost-center$/],
      "lacks two": [{ "queue.tags": { owner: "data@example.com" } }, /missing: environment, cost-center$/],
      "has a provider without tags": [byProvider(undefined), /missing: environment/],
      "has a provider whose tags cannot be read": [byProvider("{"), /missing: environment/],
    },
    unknown: { "has a provider with unknown tags": byProvider(UNKNOWN) },
  },
  "cross/region": {
    stack: { provider },
    fields: { "provider.region": {} },
    compliant: { "is in Ireland": { "provider.region": "eu-west-1" } },
    violating: {
      "is in Virginia": [{ "provider.region": "us-east-1" }, /"us-east-1"; allowed: eu-central-1, eu-west-1/],
    },
  },
  "cross/permissions-boundary": {
    stack: { role },
    fields: { "role.permissionsBoundary": {} },
    compliant: { "is a user's": { role: { ...role, type: "aws:iam/user:User" } } },
    violating: { "is a user without": [{ role: { type: "aws:iam/user:User", props: {} } }, /no permissions boundary/] },
  },
  "cross/protect-stateful": {
    stack: { bucket: { type: "aws:s3/bucket:Bucket", props: {}, protect: true } },
    fields: {},
    noFields: "it asks for an option of the resource, which is always known",
    violating: {
      "is not protected": [{ "bucket.@protect": false }, /not protected/],
      "has no option": [{ "bucket.@protect": UNSET }, /not protected/],
      ...Object.fromEntries(
        [
          "dynamodb/table:Table",
          "kms/key:Key",
          "rds/cluster:Cluster",
          "rds/globalCluster:GlobalCluster",
          "rds/instance:Instance",
        ].map((type) => [
          `is a ${type} that is not protected`,
          [{ bucket: { type: `aws:${type}`, props: {} } }, /not protected/] as const,
        ]),
      ),
    },
  },
  "cross/explicit-provider": {
    stack: { queue },
    fields: {},
    noFields: "it asks for an option of the resource, which is always known",
    compliant: {
      "names it by its URN alone, as the engine does": { "queue.@provider": providerUrn("aws") },
      "has a provider whose name begins so": { "queue.@provider": providerUrn("defaults") },
    },
    violating: {
      "uses the default provider": [{ "queue.@provider": providerUrn("default") }, /default provider/],
      "uses the default provider of a version": [
        { "queue.@provider": providerUrn("default_7_48_0") },
        /default provider/,
      ],
      "uses the default provider, as states name it": [
        { "queue.@provider": `${providerUrn("default_7_48_0")}::1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed` },
        /default provider/,
      ],
      "names no provider": [{ "queue.@provider": "" }, /default provider/],
    },
  },
};
