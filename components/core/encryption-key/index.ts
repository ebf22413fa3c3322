import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, type Statement } from "../iam";
import { KEY_USERS, keyPolicy, type KeyUser } from "./policy";
import { PlatformComponent } from "../platform-component";
import { DEFAULT_PROTECTION, protectionSettings, type Protection } from "../protection";

export { KEY_USERS, type KeyUser };

export interface EncryptionKeyArgs {
  readonly description: string;
  /** Services that may use the key by themselves. Default: CloudWatch Logs, EventBridge, CloudWatch alarms and SNS. */
  readonly users?: readonly KeyUser[];
  /** Days between deletion and loss of the key, 7 to 30. */
  readonly deletionWindowDays?: number;
  /** Days between rotations, 90 to 2560. */
  readonly rotationDays?: number;
  readonly protection?: Protection;
  /** A key that exists already, instead of a new one. Its owner answers for its policy and rotation. */
  readonly existingKeyArn?: pulumi.Input<string>;
  readonly transform?: { readonly key?: (args: aws.kms.KeyArgs) => aws.kms.KeyArgs };
}

export const ENCRYPTION_KEY_DEFAULTS = {
  users: ["cloudwatch-logs", "events", "cloudwatch-alarms", "sns"] as readonly KeyUser[],
  deletionWindowDays: 30,
  rotationDays: 365,
};

/**
 * A customer managed KMS key with rotation, an alias, and a key policy under which the services named can really use it: an
 * encrypted topic that a service cannot publish to loses its messages silently.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake of the sales platform" });
 */
export class EncryptionKey extends PlatformComponent {
  /** ARN of the key. */
  readonly keyArn: pulumi.Output<string>;
  readonly keyId: pulumi.Output<string>;
  /** `alias/<name>-…`; empty for a key that existed already. */
  readonly aliasName: pulumi.Output<string>;
  private readonly users: readonly KeyUser[] | undefined;

  constructor(name: string, args: EncryptionKeyArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("core", name, opts, "EncryptionKey");
    const deletionWindowInDays = args.deletionWindowDays ?? ENCRYPTION_KEY_DEFAULTS.deletionWindowDays;
    const rotationPeriodInDays = args.rotationDays ?? ENCRYPTION_KEY_DEFAULTS.rotationDays;
    this.check.integer("deletionWindowDays", deletionWindowInDays, 7, 30);
    this.check.integer("rotationDays", rotationPeriodInDays, 90, 2560);
    for (const user of args.users ?? []) this.check.oneOf("users", user, KEY_USERS);

    if (args.existingKeyArn !== undefined) {
      this.keyArn = pulumi.output(args.existingKeyArn);
      this.keyId = this.keyArn.apply((arn) => arn.slice(arn.lastIndexOf("/") + 1));
      this.aliasName = pulumi.output("");
    } else {
      this.users = args.users ?? ENCRYPTION_KEY_DEFAULTS.users;
      const keyArgs: aws.kms.KeyArgs = {
        description: args.description,
        enableKeyRotation: true,
        rotationPeriodInDays,
        deletionWindowInDays,
        policy: policyDocument(keyPolicy(this.users, this.aws)),
      };
      const key = new aws.kms.Key(
        `${name}-key`,
        args.transform?.key?.(keyArgs) ?? keyArgs,
        this.mainChild({ protect: protectionSettings(args.protection ?? DEFAULT_PROTECTION).protect }),
      );
      const alias = new aws.kms.Alias(`${name}-alias`, { targetKeyId: key.keyId }, this.child());
      this.keyArn = key.arn;
      this.keyId = key.keyId;
      this.aliasName = alias.name;
    }
    this.registerOutputs({ keyArn: this.keyArn, keyId: this.keyId, aliasName: this.aliasName });
  }

  /** Whether the key's policy lets a service use it by itself. An existing key's policy is its owner's affair: yes. */
  admits(user: KeyUser): boolean {
    return this.users === undefined || this.users.includes(user);
  }

  /** What a role needs to write what is encrypted with the key. */
  grantEncrypt(): Statement[] {
    return [{ actions: ["kms:GenerateDataKey", "kms:Encrypt", "kms:DescribeKey"], resources: [this.keyArn] }];
  }

  /** What a role needs to read what is encrypted with the key. */
  grantDecrypt(): Statement[] {
    return [{ actions: ["kms:Decrypt", "kms:DescribeKey"], resources: [this.keyArn] }];
  }

  grantEncryptDecrypt(): Statement[] {
    return [
      {
        actions: ["kms:GenerateDataKey", "kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"],
        resources: [this.keyArn],
      },
    ];
  }
}
