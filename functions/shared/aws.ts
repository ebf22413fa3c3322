import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { GlueClient } from "@aws-sdk/client-glue";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** One client a service and process, made when first needed: a warm function keeps its connections. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const RETRIES = { maxAttempts: 6 };

export const s3 = once(() => new S3Client(RETRIES));
export const glue = once(() => new GlueClient({ ...RETRIES, retryMode: "adaptive" }));
export const sns = once(() => new SNSClient(RETRIES));
export const events = once(() => new EventBridgeClient(RETRIES));
export const stepFunctions = once(() => new SFNClient(RETRIES));
export const dynamodb = once(() => documents(new DynamoDBClient(RETRIES)));

/** The ledger's view of DynamoDB: plain values, undefined members left out. */
export const documents = (client: DynamoDBClient): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
