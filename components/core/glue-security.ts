import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "./encryption-key";

/** Encryption of logs, bookmarks and output of Glue's crawlers and jobs with one key. */
export function glueSecurity(
  name: string,
  key: EncryptionKey,
  options: pulumi.CustomResourceOptions,
): aws.glue.SecurityConfiguration {
  return new aws.glue.SecurityConfiguration(
    name,
    {
      encryptionConfiguration: {
        cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: key.keyArn },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: key.keyArn },
        s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: key.keyArn },
      },
    },
    options,
  );
}
