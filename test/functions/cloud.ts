import { randomBytes } from "node:crypto";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, CreateEventBusCommand } from "@aws-sdk/client-eventbridge";
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import type { CompiledContract } from "../../contracts/compiled";
import { compileContract } from "../../contracts/compile";
import { ATTENTION_INDEX, type FileRef, type Verdict } from "../../contracts/flow";
import { parseContract } from "../../contracts/parse";
import { documents, dynamodb as functionsClient } from "../../functions/shared/aws";
import { forgetContracts } from "../../functions/shared/contracts";
import { forgetEnvironments } from "../../functions/shared/environment";
import { Ledger } from "../../functions/shared/ledger";
import { withAttention } from "../../functions/shared/ledger/items";
import { logger } from "../../functions/shared/observability";
import { conflictTrue } from "../support/conflicts";
import { sharedMinistack } from "../support/ministack";

/** What the functions need around them, on an emulator, under names of its own. */
export interface Cloud {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly ledger: Ledger;
  readonly env: Readonly<Record<string, string>>;
  readonly endpoint: string;
  readonly name: string;
  bucket(zone: "RAW" | "PROCESSED" | "CURATED" | "QUARANTINE" | "ARTIFACTS"): string;
  /** Puts an object into the raw zone; the reference is what its event would say. */
  upload(key: string, body: string | Uint8Array): Promise<FileRef>;
  /** Writes the ledger item the state machine's Claim writes. */
  claim(file: FileRef, changes?: Readonly<Record<string, unknown>>): Promise<void>;
  publish(contract: CompiledContract): Promise<void>;
  /** Messages the alert topic got since the last look. */
  alerts(): Promise<{ Subject: string; Message: string; MessageAttributes: Record<string, { Value: string }> }[]>;
}

logger.setLogLevel("SILENT");

let sequence = 0;

/** Later files get later sequencers, as in S3. */
export function nextSequencer(): string {
  return (0x6500_0000_0000_0000n + BigInt(++sequence)).toString(16).toUpperCase();
}

/** Gives the functions a cloud for the tests of a `describe` block. */
export function withCloud(): () => Cloud {
  let cloud: Cloud | undefined;
  const before_ = { ...process.env };
  before(async function () {
    this.timeout(90_000);
    cloud = await makeCloud();
    Object.assign(process.env, cloud.env);
    conflictTrue(functionsClient());
  });
  beforeEach(() => {
    forgetContracts();
    forgetEnvironments();
  });
  after(() => {
    for (const name of Object.keys(cloud?.env ?? {})) {
      if (before_[name] === undefined) delete process.env[name];
      else process.env[name] = before_[name];
    }
  });
  return () => {
    if (!cloud) throw new Error("the cloud is there in tests only");
    return cloud;
  };
}

async function makeCloud(): Promise<Cloud> {
  const ministack = await sharedMinistack();
  const config = {
    endpoint: ministack.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
  const name = `fn-${randomBytes(4).toString("hex")}`;
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const dynamodb = new DynamoDBClient(config);
  conflictTrue(dynamodb);
  const sns = new SNSClient(config);
  const sqs = new SQSClient(config);

  const zones = ["RAW", "PROCESSED", "CURATED", "QUARANTINE", "ARTIFACTS"];
  const buckets = new Map(zones.map((zone) => [zone, `${name}-${zone.toLowerCase()}`]));
  for (const Bucket of buckets.values()) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  }
  const table = `${name}-ledger`;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", ATTENTION_INDEX.hashKey, ATTENTION_INDEX.rangeKey].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: ATTENTION_INDEX.name,
          KeySchema: [
            { AttributeName: ATTENTION_INDEX.hashKey, KeyType: "HASH" },
            { AttributeName: ATTENTION_INDEX.rangeKey, KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  await new EventBridgeClient(config).send(new CreateEventBusCommand({ Name: `${name}-bus` }));
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: `${name}-alerts` }));
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-alerts` }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const mayDeliver = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: Attributes?.QueueArn,
    Condition: { ArnEquals: { "aws:SourceArn": TopicArn } },
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [mayDeliver] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: Attributes?.QueueArn }));

  const db = documents(dynamodb);
  const bucketOf = (zone: string): string => buckets.get(zone) ?? "";
  return {
    s3,
    sqs,
    name,
    endpoint: ministack.endpoint,
    ledger: new Ledger(db, table),
    env: {
      ...ministack.env,
      LEDGER_TABLE: table,
      RAW_BUCKET: bucketOf("RAW"),
      PROCESSED_BUCKET: bucketOf("PROCESSED"),
      CURATED_BUCKET: bucketOf("CURATED"),
      QUARANTINE_BUCKET: bucketOf("QUARANTINE"),
      ARTIFACTS_BUCKET: bucketOf("ARTIFACTS"),
      UNCLAIMED: "leave",
      DATABASE_NAME: name.replace("-", "_"),
      ALERT_TOPIC_ARN: TopicArn,
      EVENT_BUS_NAME: `${name}-bus`,
      ETL_JOB_NAME: "etl",
      LIGHT_MAX_BYTES: String(1024 ** 3),
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "2048",
      LEASE_SECONDS: "600",
      MAX_ATTEMPTS: "3",
      PLATFORM_ENVIRONMENT: "test",
      POWERTOOLS_METRICS_DISABLED: "true",
      POWERTOOLS_METRICS_NAMESPACE: "DataPlatform",
      POWERTOOLS_SERVICE_NAME: "test",
    },
    bucket: bucketOf,
    async upload(key, body) {
      const answer = await s3.send(new PutObjectCommand({ Bucket: bucketOf("RAW"), Key: key, Body: body }));
      const versionId = answer.VersionId ?? "";
      return {
        bucket: bucketOf("RAW"),
        key,
        version: versionId,
        versionId,
        etag: (answer.ETag ?? "").replaceAll('"', ""),
        size: Buffer.byteLength(body),
        sequencer: nextSequencer(),
        eventTime: new Date().toISOString(),
      };
    },
    async claim(file, changes = {}) {
      const now = new Date().toISOString();
      await db.send(
        new PutCommand({
          TableName: table,
          Item: {
            pk: `file#${file.bucket}/${file.key}`,
            sk: file.version,
            entity: "file",
            ...withAttention("CLAIMED", file),
            claimedAt: now,
            updatedAt: now,
            file,
            ...changes,
          },
          ConditionExpression: "attribute_not_exists(pk)",
        }),
      );
    },
    async publish(contract) {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucketOf("ARTIFACTS"),
          Key: contract.contractKey,
          Body: JSON.stringify(contract),
        }),
      );
      forgetContracts();
    },
    async alerts() {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      return Messages.map(({ Body }) => JSON.parse(Body ?? "{}"));
    },
  };
}

/** A contract of two columns, `id` and `city`, with what a test changes. */
export function contractOf(name: string, changes: Partial<CompiledContract> = {}): CompiledContract {
  const { contract, problems } = parseContract(
    [
      `name: ${name}`,
      "description: Test",
      "owner: team@example.org",
      "columns:",
      "  - { name: id, type: int, nullable: false }",
      "  - { name: city, type: string, nullable: false }",
      "partitioning: { layout: hive, keys: [city] }",
    ].join("\n"),
    `${name}.yaml`,
  );
  if (!contract) throw new Error(JSON.stringify(problems));
  return { ...compileContract(contract), ...changes };
}

/** The validator's answer on a file that fits. */
export function validVerdict(file: FileRef, contract: CompiledContract): Verdict {
  return {
    status: "valid",
    file,
    dataset: contract.dataset,
    contractKey: contract.contractKey,
    trigger: contract.trigger.kind,
    columns: ["id", "city"],
    missing: [],
    unexpected: [],
    duplicates: [],
    renamed: [],
    order: "same",
    dialect: { encoding: "utf-8", bom: false, delimiter: ",", quote: '"', compression: "none" },
    bytesRead: file.size,
  };
}
