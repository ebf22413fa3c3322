import { ACCOUNT, AWS_KEY, KEY, UNKNOWN, UNSET, type Cases, type Fixture, type RuleCases } from "./case";

const TABLE_ARN = `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/ledger`;

const table: Fixture = {
  type: "aws:dynamodb/table:Table",
  props: {
    name: "ledger",
    id: "ledger",
    billingMode: "PAY_PER_REQUEST",
    serverSideEncryption: { enabled: true, kmsKeyArn: KEY },
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: true,
  },
};
const replicated: Fixture = {
  ...table,
  props: {
    ...table.props,
    replicas: [
      { regionName: "eu-west-1", kmsKeyArn: KEY, pointInTimeRecovery: true, deletionProtectionEnabled: true },
      { regionName: "eu-north-1", kmsKeyArn: KEY, pointInTimeRecovery: true, deletionProtectionEnabled: true },
    ],
  },
};
const alone = { "has no replicas": { "table.replicas": UNSET }, "has an empty list": { "table.replicas": [] } };
/** Both replicas count, not the first alone. */
const ofReplicas = (field: string): RuleCases["fields"] => ({
  [`table.replicas.0.${field}`]: {},
  [`table.replicas.1.${field}`]: {},
});

const consumer: Fixture = {
  type: "aws:lambda/eventSourceMapping:EventSourceMapping",
  props: {
    eventSourceArn: `${TABLE_ARN}/stream/2026-11-01T00:00:00.000`,
    destinationConfig: { onFailure: { destinationArn: `arn:aws:sqs:eu-central-1:${ACCOUNT}:dead` } },
  },
};

const target: Fixture = {
  type: "aws:appautoscaling/target:Target",
  props: { resourceId: "table/ledger", scalableDimension: "dynamodb:table:WriteCapacityUnits" },
};

export const TABLES: Cases = {
  "dynamodb/encryption": {
    stack: { table },
    fields: { "table.serverSideEncryption.enabled": {}, "table.serverSideEncryption.kmsKeyArn": {} },
    violating: { "uses AWS's key": [{ "table.serverSideEncryption.kmsKeyArn": AWS_KEY }, /customer managed key/] },
  },
  "dynamodb/point-in-time-recovery": {
    stack: { table },
    fields: { "table.pointInTimeRecovery.enabled": {} },
    violating: {},
  },
  "dynamodb/deletion-protection": {
    stack: { table },
    fields: { "table.deletionProtectionEnabled": {} },
    violating: {},
  },
  "dynamodb/replica-encryption": {
    stack: { table: replicated },
    fields: ofReplicas("kmsKeyArn"),
    violating: {
      "has a replica with AWS's key": [{ "table.replicas.1.kmsKeyArn": AWS_KEY }, /customer managed key: eu-north-1$/],
    },
    notApplicable: alone,
    unknown: { "may have replicas": { "table.replicas": UNKNOWN } },
  },
  "dynamodb/replica-recovery": {
    stack: { table: replicated },
    fields: ofReplicas("pointInTimeRecovery"),
    violating: {
      "has two replicas without": [
        { "table.replicas.0.pointInTimeRecovery": false, "table.replicas.1.pointInTimeRecovery": false },
        /recovery: eu-west-1, eu-north-1$/,
      ],
    },
    notApplicable: alone,
  },
  "dynamodb/replica-deletion-protection": {
    stack: { table: replicated },
    fields: ofReplicas("deletionProtectionEnabled"),
    violating: {
      "has a replica without": [{ "table.replicas.1.deletionProtectionEnabled": false }, /protection: eu-north-1$/],
    },
    notApplicable: alone,
  },
  "dynamodb/capacity": {
    stack: { table },
    fields: { "table.billingMode": {} },
    compliant: {
      "is provisioned and scales by the table's name": { "table.billingMode": "PROVISIONED", target },
      "is provisioned and scales by the name AWS gave the table": {
        "table.billingMode": "PROVISIONED",
        "table.id": "ledger-1a2b",
        target: { ...target, props: { resourceId: "ledger-1a2b" } },
      },
      "is provisioned and scales by a dependency": {
        "table.billingMode": "PROVISIONED",
        target: { ...target, props: { resourceId: UNKNOWN }, from: { resourceId: "table" } },
      },
    },
    violating: {
      "is provisioned and does not scale": [{ "table.billingMode": "PROVISIONED" }, /does not scale/],
      "is provisioned while another table scales": [
        { "table.billingMode": "PROVISIONED", target: { ...target, props: { resourceId: "table/another" } } },
        /does not scale/,
      ],
    },
  },
  "dynamodb/stream-consumer-dead-letter": {
    stack: { consumer },
    fields: { "consumer.destinationConfig.onFailure.destinationArn": {} },
    violating: {
      "reads a table's stream by dependency": [
        {
          "consumer.eventSourceArn": "the stream of the table",
          "consumer.@from": { eventSourceArn: "table" },
          "consumer.destinationConfig": UNSET,
          table,
        },
        /are lost/,
      ],
    },
    notApplicable: {
      "reads a stream of Kinesis": { "consumer.eventSourceArn": "arn:aws:kinesis:eu-central-1:1:stream/changes" },
      "reads a queue": { "consumer.eventSourceArn": `arn:aws:sqs:eu-central-1:${ACCOUNT}:dead` },
    },
    unknown: {
      "reads who knows what": { "consumer.eventSourceArn": UNKNOWN, "consumer.destinationConfig": UNSET },
    },
  },
  "dynamodb/contributor-insights": {
    stack: {
      table,
      insights: {
        type: "aws:dynamodb/contributorInsights:ContributorInsights",
        props: { tableName: "ledger" },
        from: { tableName: "table" },
      },
    },
    joins: ["insights.tableName"],
    fields: {},
    noFields: "it asks for a resource, not for a value of it",
    violating: { "has no insights": [{ insights: UNSET }, /Contributor Insights is off/] },
  },
};
