"use strict";
// The peer: as many resources as asked for, half of them CMK-encrypted buckets with their policies, the rest tables and queues,
// checked with cdk-nag's AwsSolutions pack at synthesis. They keep its rules: no time goes into reporting violations.
const {
  App,
  RemovalPolicy,
  Stack,
  Validations,
  aws_dynamodb: dynamodb,
  aws_kms: kms,
  aws_s3: s3,
  aws_sqs: sqs,
} = require("aws-cdk-lib");
const { AwsSolutionsChecks } = require("cdk-nag");

const app = new App();
const wanted = Number(process.env.RESOURCES ?? 100);
// CloudFormation takes 500 resources a stack at most.
for (let index = 0, left = wanted; left > 0; index++) {
  const stack = new Stack(app, `bench-${index}`);
  const here = Math.min(left, 450);
  left -= here;
  const key = new kms.Key(stack, "key", { enableKeyRotation: true });
  const logs = new s3.Bucket(stack, "logs", { encryption: s3.BucketEncryption.S3_MANAGED, enforceSSL: true });
  const letters = new sqs.Queue(stack, "dead-letters", { encryptionMasterKey: key, enforceSSL: true });
  // The key, and the two with their policies.
  let made = 5;
  for (let i = 0; made < here; i++) {
    if (i % 4 < 2 && made + 2 <= here) {
      new s3.Bucket(stack, `bucket-${i}`, {
        encryption: s3.BucketEncryption.KMS,
        encryptionKey: key,
        enforceSSL: true,
        versioned: true,
        serverAccessLogsBucket: logs,
        serverAccessLogsPrefix: `bucket-${i}/`,
      });
      made += 2;
    } else if (i % 4 === 3 && made + 2 <= here) {
      new sqs.Queue(stack, `queue-${i}`, {
        encryptionMasterKey: key,
        enforceSSL: true,
        deadLetterQueue: { queue: letters, maxReceiveCount: 3 },
      });
      made += 2;
    } else {
      new dynamodb.TableV2(stack, `table-${i}`, {
        partitionKey: { name: "id", type: dynamodb.AttributeType.STRING },
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        removalPolicy: RemovalPolicy.RETAIN,
      });
      made += 1;
    }
  }
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
