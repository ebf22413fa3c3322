import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { FirehoseClient } from "@aws-sdk/client-firehose";
import { GlueClient } from "@aws-sdk/client-glue";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/* PURE lets the bundler drop the clients a function does not use. */

/** Makes one client a service and process, when it is first needed: a warm function keeps its connections. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const RETRIES = { maxAttempts: 6 };

export const s3 = /* @__PURE__ */ once(() => new S3Client(RETRIES));
export const glue = /* @__PURE__ */ once(() => new GlueClient({ ...RETRIES, retryMode: "adaptive" }));
export const sns = /* @__PURE__ */ once(() => new SNSClient(RETRIES));
export const events = /* @__PURE__ */ once(() => new EventBridgeClient(RETRIES));
export const firehose = /* @__PURE__ */ once(() => new FirehoseClient(RETRIES));
export const stepFunctions = /* @__PURE__ */ once(() => new SFNClient(RETRIES));
export const dynamodb = /* @__PURE__ */ once(() => documents(new DynamoDBClient(RETRIES)));

/** A client of DynamoDB that takes and gives plain values, and leaves out undefined members. */
export const documents = (client: DynamoDBClient): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
