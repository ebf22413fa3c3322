import * as pulumi from "@pulumi/pulumi";
import { denyPlainHttp, type Statement } from "../../core/iam";

export interface BucketPolicyArgs {
  readonly bucketArn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly accountId: pulumi.Input<string>;
  /** Other buckets' access logs arrive here, under SSE-S3. */
  readonly accessLogDestination: boolean;
  /** S3 inventories arrive here. */
  readonly inventoryDestination: boolean;
}

const ALGORITHM = "s3:x-amz-server-side-encryption";
const KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const CUSTOMER_ALGORITHM = "s3:x-amz-server-side-encryption-customer-algorithm";

/**
 * Makes the statements of a bucket's policy: requests that every bucket refuses, and deliveries that it accepts.
 *
 * A negated operator such as `StringNotEquals` is true where the request has no such header, so each is paired with
 * `Null: false`: an upload that names no encryption takes the bucket's default and must pass
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
 */
export function bucketPolicy(args: BucketPolicyArgs): Statement[] {
  const objects = pulumi.interpolate`${args.bucketArn}/*`;
  const everything = [args.bucketArn, objects];
  const statements: Statement[] = [
    denyPlainHttp(["s3:*"], everything),
    deny("DenyOldTls", ["s3:*"], everything, { NumericLessThan: { "s3:TlsVersion": "1.2" } }),
    deny("DenyCustomerProvidedKeys", ["s3:PutObject"], [objects], { Null: { [CUSTOMER_ALGORITHM]: "false" } }),
  ];
  if (args.accessLogDestination) {
    statements.push(delivery("AccessLogDelivery", "logging.s3.amazonaws.com", objects, args.accountId));
  } else {
    statements.push(
      deny("DenyOtherEncryption", ["s3:PutObject"], [objects], {
        Null: { [ALGORITHM]: "false" },
        StringNotEquals: { [ALGORITHM]: "aws:kms" },
      }),
      deny("DenyOtherKeys", ["s3:PutObject"], [objects], {
        Null: { [KEY_ID]: "false" },
        StringNotEquals: { [KEY_ID]: args.keyArn },
      }),
      // Asking for SSE-KMS without naming a key means the key AWS manages, not the bucket's default:
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
      deny("DenyAwsManagedKey", ["s3:PutObject"], [objects], {
        Null: { [KEY_ID]: "true" },
        StringEquals: { [ALGORITHM]: "aws:kms" },
      }),
    );
  }
  if (args.inventoryDestination) {
    statements.push(delivery("InventoryDelivery", "s3.amazonaws.com", objects, args.accountId));
  }
  return statements;
}

function deny(
  sid: string,
  actions: readonly string[],
  resources: Statement["resources"],
  conditions: Statement["conditions"],
): Statement {
  return { sid, effect: "Deny", principals: "*", actions, resources, conditions };
}

function delivery(
  sid: string,
  service: string,
  objects: pulumi.Input<string>,
  accountId: pulumi.Input<string>,
): Statement {
  return {
    sid,
    principals: { Service: [service] },
    actions: ["s3:PutObject"],
    resources: [objects],
    conditions: { StringEquals: { "aws:SourceAccount": accountId } },
  };
}
