import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../core/encryption-key";
import type { LogRetentionDays } from "../core/log-retention";
import type { Statement } from "../core/iam";
import { PlatformComponent } from "../core/platform-component";
import { PlatformFunction } from "../core/platform-function";
import type { DataLake } from "../storage/data-lake";
import type { DataCatalog } from "./data-catalog";

export interface PartitionRegistrarArgs {
  readonly lake: DataLake;
  readonly catalog: DataCatalog;
  readonly key: EncryptionKey;
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly architecture?: "x86_64" | "arm64";
  readonly logRetentionDays?: LogRetentionDays;
  readonly deadLetterQueueArn?: pulumi.Input<string>;
}

/** Ten thousand partitions are 100 calls: a few minutes at most, also where Glue throttles. */
export const PARTITION_REGISTRAR_DEFAULTS = { memoryMiB: 512, timeoutSeconds: 600 };

/**
 * The function that tells the catalog of partitions: those of a run, or all of a table (`sync`), in key=value and in plain
 * folder layout.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const lake = new DataLake("lake", { key });
 * const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
 * const registrar = new PartitionRegistrar("registrar", { lake, catalog, key });
 */
export class PartitionRegistrar extends PlatformComponent {
  readonly functionArn: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  private readonly fn: PlatformFunction;

  constructor(name: string, args: PartitionRegistrarArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("catalog", "PartitionRegistrar", name, opts);
    this.fn = new PlatformFunction(
      `${name}-partition-registrar`,
      {
        code: "partition-registrar",
        description: "Registers partitions with the Glue catalog",
        key: args.key,
        ...PARTITION_REGISTRAR_DEFAULTS,
        architecture: args.architecture,
        logRetentionDays: args.logRetentionDays,
        deadLetterQueueArn: args.deadLetterQueueArn,
        environment: {
          ...args.environment,
          DATABASE_NAME: args.catalog.databaseName,
          POWERTOOLS_SERVICE_NAME: "partition-registrar",
        },
        statements: [
          ...args.catalog.grantPartitions(),
          ...args.lake.grantRead("artifacts", "runs/"),
          ...args.lake.grantRead("processed"),
          ...args.lake.grantRead("curated"),
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
