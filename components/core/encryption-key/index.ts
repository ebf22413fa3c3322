import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { policyDocument, type Statement } from "../iam";
import { KEY_USERS, keyPolicy, SERVICE_NAMES, type KeyUser } from "./policy";
import { PlatformComponent } from "../platform-component";
import { dataProtection, type Protection } from "../protection";
import type { Settings } from "../settings";
import type { ArgumentCheck } from "../validate";

export { KEY_USERS, type KeyUser };

export const encryptionKeySettings = z.strictObject({
  description: z.string().min(1).describe("What the key is for."),
  users: z
    .array(z.enum(KEY_USERS))
    .default(["cloudwatch-logs", "events", "cloudwatch-alarms", "sns"])
    .describe("Services that may use the key by themselves."),
  deletionWindowDays: z
    .int()
    .min(7)
    .max(30)
    .default(30)
    .describe("Days between the deletion and the loss of the key.")
    .meta({ safer: "higher" }),
  rotationDays: z
    .int()
    .min(90)
    .max(2560)
    .default(365)
    .describe("Days between two rotations of the key.")
    .meta({ safer: "lower" }),
});

export interface EncryptionKeyArgs extends Settings<typeof encryptionKeySettings> {
  readonly protection?: Protection;
  /** A key that exists already, instead of a new one. Its owner answers for its policy and rotation. */
  readonly existingKeyArn?: pulumi.Input<string>;
  readonly transform?: { readonly key?: (args: aws.kms.KeyArgs) => aws.kms.KeyArgs };
}

/**
 * A customer managed KMS key with rotation, an alias, and a key policy that lets the services named use it. Without such a policy
 * a service that publishes to an encrypted topic loses its messages without an error.
 *
 * Unless data may be lost, the key stays in the account when its stack is destroyed: final snapshots, backups and the copies of other
 * regions can be restored with it only.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake of the sales platform" });
 */
export class EncryptionKey extends PlatformComponent {
  /** ARN of the key. */
  readonly keyArn: pulumi.Output<string>;
  readonly keyId: pulumi.Output<string>;
  /** The alias, `alias/<name>-…`; empty for a key that existed already. */
  readonly aliasName: pulumi.Output<string>;
  private readonly users: readonly KeyUser[] | undefined;

  constructor(name: string, args: EncryptionKeyArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("core", "EncryptionKey", name, opts);
    const { description, users, deletionWindowDays, rotationDays } = this.settings(encryptionKeySettings, args);
    if (args.existingKeyArn !== undefined) {
      this.keyArn = pulumi.output(args.existingKeyArn);
      this.keyId = this.keyArn.apply((arn) => arn.slice(arn.lastIndexOf("/") + 1));
      this.aliasName = pulumi.output("");
    } else {
      this.users = users;
      const { protect, retainKeys } = dataProtection(args.protection);
      const keyArgs: aws.kms.KeyArgs = {
        description,
        enableKeyRotation: true,
        rotationPeriodInDays: rotationDays,
        deletionWindowInDays: deletionWindowDays,
        policy: policyDocument(keyPolicy(users, this.aws)),
      };
      const key = new aws.kms.Key(
        `${name}-key`,
        args.transform?.key?.(keyArgs) ?? keyArgs,
        this.mainChild({ protect, ...(retainKeys ? { retainOnDelete: true } : {}) }),
      );
      const alias = new aws.kms.Alias(`${name}-alias`, { targetKeyId: key.keyId }, this.child());
      this.keyArn = key.arn;
      this.keyId = key.keyId;
      this.aliasName = alias.name;
    }
    this.registerOutputs({ keyArn: this.keyArn, keyId: this.keyId, aliasName: this.aliasName });
  }

  /** Whether the key's policy lets a service use it by itself. An existing key is taken to: its owner answers for its policy. */
  admits(user: KeyUser): boolean {
    return this.users === undefined || this.users.includes(user);
  }

  /** Reports a key that a service cannot use by itself: the service's messages would be lost without a trace. */
  requireUser(user: KeyUser, check: ArgumentCheck): void {
    const value = `a key that ${SERVICE_NAMES[user]} cannot use`;
    check.require(this.admits(user), "key", value, `an EncryptionKey with "${user}" among its users`);
  }

  /** What a role needs to write what is encrypted with the key. */
  grantEncrypt(): Statement[] {
    return [{ actions: ["kms:GenerateDataKey"], resources: [this.keyArn] }];
  }

  /** What a role needs to read what is encrypted with the key. */
  grantDecrypt(): Statement[] {
    return [{ actions: ["kms:Decrypt"], resources: [this.keyArn] }];
  }

  /**
   * What a role needs to write and read what is encrypted with the key. With `directly`, it also encrypts small values with the key itself, as Glue does for
   * its catalog and for bookmarks (https://docs.aws.amazon.com/glue/latest/dg/set-up-encryption.html).
   */
  grantEncryptDecrypt({ directly = false }: { readonly directly?: boolean } = {}): Statement[] {
    const actions = ["kms:GenerateDataKey", ...(directly ? ["kms:Encrypt"] : []), "kms:Decrypt"];
    return [{ actions, resources: [this.keyArn] }];
  }
}
