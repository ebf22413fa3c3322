/**
 * Reports survive the loss of a region: they are locked for a year, and copied to a bucket of another region under its key.
 */
import * as aws from "@pulumi/aws";
import { EncryptionKey, SecureBucket } from "../../components";

const elsewhere = new aws.Provider("elsewhere", { region: "eu-west-1" });

const key = new EncryptionKey("reports", { description: "Reports" });
const copyKey = new EncryptionKey("reports-copy", { description: "Copies of reports" }, { providers: [elsewhere] });
const copy = new SecureBucket("reports-copy", { key: copyKey }, { providers: [elsewhere] });
const reports = new SecureBucket("reports", {
  key,
  objectLock: { mode: "GOVERNANCE", days: 365 },
  replication: { bucketArn: copy.bucketArn, keyArn: copyKey.keyArn, storageClass: "STANDARD_IA" },
});

export const bucket = reports.bucketName;
export const copies = copy.bucketName;
