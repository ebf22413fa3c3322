import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import type { NetworkView } from "../../core/network/view";
import type { NotificationTopic } from "../../core/notification-topic";
import type { Protection } from "../../core/protection";
import type { SecureBucket } from "../../storage/secure-bucket";
import type { MigrationEndpoint } from "./endpoints/arguments";
import type { MigrationCompute } from "./compute";
import type { MigrationTask } from "./tasks";
import type { MigrationLimits } from "./watch";
import type { SchemaConversion } from "./schema-conversion";

export interface DmsMigrationArgs {
  /** Of the instance's storage, the endpoints' parameters, the reports, and of the lake where it is source or target. */
  readonly key: EncryptionKey;
  readonly network: NetworkView;
  /** Default: an instance in two zones. */
  readonly compute?: MigrationCompute;
  readonly source: MigrationEndpoint;
  readonly target: MigrationEndpoint;
  /** One or more, by name. */
  readonly tasks: Readonly<Record<string, MigrationTask>>;
  /**
   * The three roles DMS looks for by name (`dms-vpc-role`, `dms-cloudwatch-logs-role`, `dms-access-for-endpoint`), one of each an
   * account: `create` them in the one stack of the account that has them, `adopt` them everywhere else.
   */
  readonly roles?: "create" | "adopt";
  /** Where assessments and converted schemas go. Default: the lake's artifacts where the target is a lake, else a bucket made for it. */
  readonly reports?: { readonly bucket: SecureBucket; readonly prefix?: string };
  readonly schemaConversion?: SchemaConversion;
  /** Security groups instead of one that lets nobody in and everything out. */
  readonly securityGroupIds?: readonly pulumi.Input<string>[];
  /**
   * Hears of failures and of changes that are late. `dms` must be among its publishers (`events` for serverless), and among the
   * users of its key.
   */
  readonly alerts?: NotificationTopic;
  readonly limits?: MigrationLimits;
  readonly protection?: Protection;
  readonly transform?: {
    readonly instance?: (args: aws.dms.ReplicationInstanceArgs) => aws.dms.ReplicationInstanceArgs;
    readonly endpoint?: (args: aws.dms.EndpointArgs) => aws.dms.EndpointArgs;
    readonly lakeEndpoint?: (args: aws.dms.S3EndpointArgs) => aws.dms.S3EndpointArgs;
    readonly task?: (args: aws.dms.ReplicationTaskArgs) => aws.dms.ReplicationTaskArgs;
    readonly replication?: (args: aws.dms.ReplicationConfigArgs) => aws.dms.ReplicationConfigArgs;
  };
}
