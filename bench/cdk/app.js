"use strict";
// The peer: as many resources as asked for, half of them CMK-encrypted buckets, a quarter tables, a quarter queues,
// checked with cdk-nag's AwsSolutions pack at synthesis.
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
  let made = 1;
  for (let i = 0; made < here; i++) {
    if (i % 4 < 2) {
      new s3.Bucket(stack, `bucket-${i}`, {
        encryption: s3.BucketEncryption.KMS,
        encryptionKey: key,
        enforceSSL: true,
        versioned: true,
      });
      made += 2; // the bucket and its policy
    } else if (i % 4 === 2) {
      new dynamodb.TableV2(stack, `table-${i}`, {
        partitionKey: { name: "id", type: dynamodb.AttributeType.STRING },
        removalPolicy: RemovalPolicy.RETAIN,
      });
      made += 1;
    } else {
      new sqs.Queue(stack, `queue-${i}`, { encryptionMasterKey: key });
      made += 1;
    }
  }
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
