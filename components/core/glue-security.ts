import * as aws from "@pulumi/aws";
import type { EncryptionKey } from "./encryption-key";
import type { Scope } from "./scope";

/** Makes `<scope>-security`: logs, bookmarks and output of Glue's crawlers and jobs are encrypted with one key. */
export function glueSecurity(scope: Scope, key: EncryptionKey): aws.glue.SecurityConfiguration {
  return new aws.glue.SecurityConfiguration(
    `${scope.name}-security`,
    {
      encryptionConfiguration: {
        cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: key.keyArn },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: key.keyArn },
        s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: key.keyArn },
      },
    },
    scope.child(),
  );
}
