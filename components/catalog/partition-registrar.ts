import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../core/encryption-key";
import type { Statement } from "../core/iam";
import type { NotificationTopic } from "../core/notification-topic";
import { PlatformComponent } from "../core/platform-component";
import { PlatformFunction, platformFunctionSettings } from "../core/platform-function";
import type { Settings } from "../core/settings";
import type { DataLake } from "../storage/data-lake";
import type { DataCatalog } from "./data-catalog";

export const partitionRegistrarSettings = platformFunctionSettings.pick({ architecture: true, logRetentionDays: true });

export interface PartitionRegistrarArgs extends Settings<typeof partitionRegistrarSettings> {
  readonly lake: DataLake;
  readonly catalog: DataCatalog;
  readonly key: EncryptionKey;
  /** The queue of failed invocations. By default the function has a queue of its own. */
  readonly deadLetterQueueArn?: pulumi.Input<string>;
  /** Receives an alert when a failed invocation is in the function's own queue. */
  readonly alerts?: NotificationTopic;
}

/** Ten thousand partitions are 100 calls: a few minutes at most, also when Glue throttles. */
export const PARTITION_REGISTRAR_CAPACITY = { memoryMiB: 512, timeoutSeconds: 600 };

/**
 * A function that registers partitions with the catalog: those of a run, or all of a table (`sync`), in key=value and in plain
 * folder layout.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const lake = new DataLake("lake", { key });
 * const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
 * const alerts = new NotificationTopic("alerts", { key, emails: ["oncall@example.com"] });
 * const registrar = new PartitionRegistrar("registrar", { lake, catalog, key, alerts });
 */
export class PartitionRegistrar extends PlatformComponent {
  readonly functionArn: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  private readonly fn: PlatformFunction;

  constructor(name: string, args: PartitionRegistrarArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("catalog", "PartitionRegistrar", name, opts);
    const settings = this.settings(partitionRegistrarSettings, args);
    this.fn = new PlatformFunction(
      `${name}-partition-registrar`,
      {
        code: "partition-registrar",
        description: "Registers partitions with the Glue catalog",
        key: args.key,
        ...PARTITION_REGISTRAR_CAPACITY,
        ...settings,
        deadLetterQueueArn: args.deadLetterQueueArn,
        alerts: args.alerts,
        environment: {
          DATABASE_NAME: args.catalog.databaseName,
          POWERTOOLS_SERVICE_NAME: "partition-registrar",
        },
        statements: [
          ...args.catalog.grantPartitions(),
          ...args.lake.grantRead("artifacts", "runs/"),
          ...args.lake.zones.processed.grantList(),
          ...args.lake.zones.curated.grantList(),
        ],
      },
      this.mainChild(),
    );
    this.functionArn = this.fn.functionArn;
    this.functionName = this.fn.functionName;
    this.registerOutputs({ functionArn: this.functionArn, functionName: this.functionName });
  }

  /** What a role needs to invoke the registrar. */
  grantInvoke(): Statement[] {
    return this.fn.grantInvoke();
  }
}
