import type { ClientClass } from "../handler";

/** The requests by which a service keeps the tags of its resources; `of` is the property that names one, or `id`. */
export interface Tagging {
  readonly tag: string;
  readonly untag: string;
  /** Absent: the tags are among what the service says of a resource. */
  readonly list?: string;
  readonly of: string;
  /** The emulator forgets the tags of the request that creates: a request of their own gives them. */
  readonly later?: boolean;
}

interface Service {
  /** The SDK's package, `@aws-sdk/client-<package>`. */
  readonly package: string;
  readonly tags?: Tagging;
}

const RESOURCE_TAGS = { tag: "TagResource", untag: "UntagResource", list: "ListTagsForResource", of: "arn" };

/** The services of the table by the names of their SDK clients. */
export const SERVICES = {
  APIGateway: { package: "api-gateway" },
  ApiGatewayV2: { package: "apigatewayv2", tags: { ...RESOURCE_TAGS, list: "GetTags" } },
  AppSync: { package: "appsync", tags: RESOURCE_TAGS },
  ApplicationAutoScaling: { package: "application-auto-scaling", tags: RESOURCE_TAGS },
  Athena: { package: "athena", tags: RESOURCE_TAGS },
  CloudWatch: { package: "cloudwatch", tags: RESOURCE_TAGS },
  CloudWatchLogs: { package: "cloudwatch-logs", tags: RESOURCE_TAGS },
  DataSync: { package: "datasync", tags: RESOURCE_TAGS },
  DatabaseMigrationService: {
    package: "database-migration-service",
    tags: { tag: "AddTagsToResource", untag: "RemoveTagsFromResource", list: "ListTagsForResource", of: "arn" },
  },
  DynamoDB: { package: "dynamodb", tags: { ...RESOURCE_TAGS, list: "ListTagsOfResource" } },
  EC2: { package: "ec2", tags: { tag: "CreateTags", untag: "DeleteTags", of: "id" } },
  EventBridge: { package: "eventbridge", tags: RESOURCE_TAGS },
  Firehose: {
    package: "firehose",
    tags: {
      tag: "TagDeliveryStream",
      untag: "UntagDeliveryStream",
      list: "ListTagsForDeliveryStream",
      of: "name",
    },
  },
  Glue: { package: "glue", tags: { ...RESOURCE_TAGS, list: "GetTags" } },
  IAM: { package: "iam" },
  KMS: { package: "kms", tags: { ...RESOURCE_TAGS, list: "ListResourceTags", of: "id" } },
  Kinesis: {
    package: "kinesis",
    tags: { tag: "AddTagsToStream", untag: "RemoveTagsFromStream", list: "ListTagsForStream", of: "name" },
  },
  Lambda: { package: "lambda", tags: { ...RESOURCE_TAGS, list: "ListTags" } },
  RDS: {
    package: "rds",
    tags: { tag: "AddTagsToResource", untag: "RemoveTagsFromResource", list: "ListTagsForResource", of: "arn" },
  },
  S3: { package: "s3" },
  Scheduler: { package: "scheduler", tags: RESOURCE_TAGS },
  SFN: { package: "sfn", tags: RESOURCE_TAGS },
  SNS: { package: "sns", tags: RESOURCE_TAGS },
  SQS: { package: "sqs", tags: { tag: "TagQueue", untag: "UntagQueue", list: "ListQueueTags", of: "id" } },
  SecretsManager: {
    package: "secrets-manager",
    tags: { tag: "TagResource", untag: "UntagResource", of: "id" },
  },
  WAFV2: { package: "wafv2", tags: RESOURCE_TAGS },
} as const satisfies Readonly<Record<string, Service>>;

export type ServiceName = keyof typeof SERVICES;

export const taggingOf = (service: ServiceName): Tagging | undefined => (SERVICES[service] as Service).tags;

type Sdk = Readonly<Record<string, new (input: object) => object>>;

/** A package is loaded with the first request to its service: a process that needs few services starts quickly. */
function sdk(service: ServiceName): Sdk {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- which service's package it is, the table says
  return require(`@aws-sdk/client-${SERVICES[service].package}`) as Sdk;
}

interface Sender {
  send(command: object): Promise<Record<string, unknown>>;
}

export const clientOf = (service: ServiceName): ClientClass<Sender> =>
  sdk(service)[`${service}Client`] as unknown as ClientClass<Sender>;

export function commandOf(service: ServiceName, operation: string, params: object): object {
  const Command = sdk(service)[`${operation}Command`];
  if (!Command) throw new Error(`the SDK's package for ${service} has no ${operation}`);
  return new Command(params);
}
