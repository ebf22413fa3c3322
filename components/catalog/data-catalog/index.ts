import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { RESERVED_TABLES } from "../../../contracts/check";
import type { CompiledContract, CompiledTable } from "../../../contracts/compiled";
import type { EncryptionKey } from "../../core/encryption-key";
import type { Statement } from "../../core/iam";
import { PlatformComponent } from "../../core/platform-component";
import type { Settings } from "../../core/settings";
import type { DataLake } from "../../storage/data-lake";
import { partitionDdl } from "./partition-ddl";
import { parquetTable, rejectedRowsTable } from "./tables";

export const dataCatalogSettings = z.strictObject({
  databaseName: z
    .string()
    .regex(/^[a-z0-9_]{1,255}$/, "lower-case letters, digits and underscores, 1 to 255")
    .describe("Name of the Glue database. It is part of every query."),
  description: z.string().default("Tables of the data platform").describe("What the database is for."),
  encryptAccountCatalog: z
    .boolean()
    .default(false)
    .describe(
      "Encrypts the Glue catalog of the whole account and region with the key. Everyone who uses a table of any team then needs the key, a second stack that does it takes the catalog over, and a destroyed stack turns the encryption off.",
    )
    .meta({ safer: [false, true] }),
});

export interface DataCatalogArgs extends Settings<typeof dataCatalogSettings> {
  readonly lake: DataLake;
  readonly key: EncryptionKey;
  /** The datasets whose tables the catalog holds. */
  readonly contracts: readonly CompiledContract[];
  readonly transform?: {
    readonly database?: (args: aws.glue.CatalogDatabaseArgs) => aws.glue.CatalogDatabaseArgs;
    readonly table?: (args: aws.glue.CatalogTableArgs) => aws.glue.CatalogTableArgs;
  };
}

const REJECTED_ROWS = "rejected_rows";

/**
 * The Glue database with a table for every dataset, one for every aggregate, and one for all rejected rows.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const lake = new DataLake("lake", { key });
 * const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
 */
export class DataCatalog extends PlatformComponent {
  readonly databaseName: pulumi.Output<string>;
  readonly tableNames: pulumi.Output<string[]>;
  /** ARNs of catalog, database and tables, for permissions of Glue and Athena. */
  readonly arns: {
    readonly catalog: pulumi.Output<string>;
    readonly database: pulumi.Output<string>;
    readonly tables: pulumi.Output<string>;
  };
  /** Table → the statement that adds partitions by hand in Athena; empty where no partitions are registered. */
  readonly partitionDdl: pulumi.Output<Record<string, string>>;
  private readonly lake: DataLake;
  private readonly key: EncryptionKey;
  private readonly encrypts: boolean;
  private readonly names = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: DataCatalogArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("catalog", "DataCatalog", name, opts);
    const { databaseName, description, encryptAccountCatalog } = this.settings(
      dataCatalogSettings,
      args,
      (_, check) => {
        const names = [
          ...args.contracts.flatMap((contract) => contract.tables.map((table) => table.name)),
          ...RESERVED_TABLES,
        ];
        for (const table of names.filter((one, index) => names.indexOf(one) !== index)) {
          const allowed = `tables called once: datasets, <dataset>_<aggregate>, and names other than ${RESERVED_TABLES.join(", ")}, which are the platform's`;
          check.require(false, "contracts", table, allowed);
        }
      },
    );
    this.lake = args.lake;
    this.key = args.key;
    this.encrypts = encryptAccountCatalog;

    const encryption = encryptAccountCatalog ? [this.encryptAccountCatalog()] : [];
    const databaseArgs: aws.glue.CatalogDatabaseArgs = {
      name: databaseName,
      description,
      locationUri: pulumi.interpolate`s3://${args.lake.zones.processed.bucketName}/`,
    };
    const database = new aws.glue.CatalogDatabase(
      `${name}-database`,
      args.transform?.database?.(databaseArgs) ?? databaseArgs,
      // The catalog encrypts only what is created after that.
      this.mainChild({ dependsOn: encryption }),
    );
    this.databaseName = database.name;
    const tables = args.contracts.flatMap((contract) =>
      contract.tables.map((table) => this.table(table, args.transform?.table)),
    );
    tables.push(
      new aws.glue.CatalogTable(
        `${name}-rejected-rows`,
        {
          name: REJECTED_ROWS,
          databaseName: database.name,
          ...rejectedRowsTable(
            args.lake.zones.quarantine.bucketName,
            args.contracts.map((contract) => contract.dataset),
          ),
        },
        this.child(),
      ),
    );
    this.tableNames = pulumi.all(tables.map((table) => table.name));
    const { processed, curated } = args.lake.zones;
    this.partitionDdl = pulumi
      .all([database.name, processed.bucketName, curated.bucketName])
      .apply(([name, processedBucket, curatedBucket]) =>
        Object.fromEntries(
          args.contracts
            .flatMap((contract) => contract.tables)
            .map((table) => [
              table.name,
              partitionDdl(name, table, table.zone === "curated" ? curatedBucket : processedBucket),
            ]),
        ),
      );
    const { partition, region, accountId } = this.aws;
    const arn = (rest: pulumi.Input<string>): pulumi.Output<string> =>
      pulumi.interpolate`arn:${partition}:glue:${region}:${accountId}:${rest}`;
    this.arns = {
      catalog: arn("catalog"),
      database: arn(pulumi.interpolate`database/${this.databaseName}`),
      tables: arn(pulumi.interpolate`table/${this.databaseName}/*`),
    };
    this.registerOutputs({
      databaseName: this.databaseName,
      tableNames: this.tableNames,
      arns: this.arns,
      partitionDdl: this.partitionDdl,
    });
  }

  /** The name of a dataset's table. Unlike the text, it makes the resource that uses it wait for the table. */
  tableName(dataset: string): pulumi.Output<string> {
    this.check.oneOf("tableName", dataset, [...this.names.keys()]);
    return this.names.get(dataset) ?? pulumi.output(dataset);
  }

  /** What a role needs to read tables and partitions of an encrypted catalog. */
  grantRead(): Statement[] {
    return [
      {
        actions: [
          "glue:GetDatabase",
          "glue:GetTable",
          "glue:GetTables",
          "glue:GetPartition",
          "glue:GetPartitions",
          "glue:BatchGetPartition",
        ],
        resources: [this.arns.catalog, this.arns.database, this.arns.tables],
      },
      ...this.key.grantDecrypt(),
    ];
  }

  /**
   * What a role needs to query the tables through Athena, which also asks for the database `default`
   * (https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html).
   */
  grantQuery(): Statement[] {
    const { partition, region, accountId } = this.aws;
    const fallback = pulumi.interpolate`arn:${partition}:glue:${region}:${accountId}:database/default`;
    return [
      {
        actions: ["glue:GetDatabase", "glue:GetDatabases"],
        resources: [this.arns.catalog, this.arns.database, fallback],
      },
      ...this.grantRead(),
    ];
  }

  /** What a role needs to add, change and remove partitions, and to see which there are. */
  grantPartitions(): Statement[] {
    return [
      {
        actions: [
          "glue:GetTable",
          "glue:GetPartitions",
          "glue:BatchGetPartition",
          "glue:BatchCreatePartition",
          "glue:BatchUpdatePartition",
          "glue:DeletePartition",
        ],
        resources: [this.arns.catalog, this.arns.database, this.arns.tables],
      },
      // Only an encrypted catalog uses the key: https://docs.aws.amazon.com/glue/latest/dg/encrypt-glue-data-catalog.html
      ...(this.encrypts ? this.key.grantEncryptDecrypt({ directly: true }) : []),
    ];
  }

  /** What the role of a crawler needs: to create and change tables and partitions. */
  grantTables(): Statement[] {
    return [
      ...this.grantRead(),
      ...this.grantPartitions(),
      {
        actions: [
          "glue:CreatePartition",
          "glue:UpdatePartition",
          "glue:BatchDeletePartition",
          "glue:CreateTable",
          "glue:UpdateTable",
          "glue:DeleteTable",
          "glue:BatchDeleteTable",
        ],
        resources: [this.arns.catalog, this.arns.database, this.arns.tables],
      },
    ];
  }

  private encryptAccountCatalog(): pulumi.Resource {
    const { keyArn } = this.key;
    return new aws.glue.DataCatalogEncryptionSettings(
      `${this.name}-encryption`,
      {
        dataCatalogEncryptionSettings: {
          encryptionAtRest: { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: keyArn },
          connectionPasswordEncryption: { returnConnectionPasswordEncrypted: true, awsKmsKeyId: keyArn },
        },
      },
      this.child(),
    );
  }

  private table(table: CompiledTable, transform?: (args: aws.glue.CatalogTableArgs) => aws.glue.CatalogTableArgs) {
    const tableArgs: aws.glue.CatalogTableArgs = {
      name: table.name,
      databaseName: this.databaseName,
      ...parquetTable(table, pulumi.interpolate`s3://${this.lake.zones[table.zone].bucketName}/${table.prefix}`),
    };
    const args = transform?.(tableArgs) ?? tableArgs;
    const made = new aws.glue.CatalogTable(`${this.name}-${table.name}`, args, this.child());
    this.names.set(table.name, made.name);
    return made;
  }
}
