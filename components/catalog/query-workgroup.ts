import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { EncryptionKey } from "../core/encryption-key";
import type { Statement } from "../core/iam";
import { PlatformComponent } from "../core/platform-component";
import { dataProtection, type Protection } from "../core/protection";
import type { Settings } from "../core/settings";
import type { DataLake } from "../storage/data-lake";
import type { DataCatalog } from "./data-catalog";

/** A query that people find in the console. */
export interface NamedQueryArgs {
  readonly description?: string;
  readonly sql: pulumi.Input<string>;
}

export const queryWorkgroupSettings = z.strictObject({
  description: z.string().default("Queries of the data platform").describe("What the workgroup is for."),
  bytesScannedCutoffGiB: z
    .number()
    .min(0.01)
    .max(7 * 1024 ** 2)
    .default(100)
    .describe("A query that scans more GiB is cancelled (at least 10 MB).")
    .meta({ safer: "lower" }),
});

export interface QueryWorkgroupArgs extends Settings<typeof queryWorkgroupSettings> {
  readonly lake: DataLake;
  readonly catalog: DataCatalog;
  readonly key: EncryptionKey;
  readonly protection?: Protection;
  /** Queries that people find in the console: name → SQL. */
  readonly namedQueries?: Readonly<Record<string, NamedQueryArgs>>;
  readonly transform?: { readonly workgroup?: (args: aws.athena.WorkgroupArgs) => aws.athena.WorkgroupArgs };
}

/**
 * An Athena workgroup whose settings a query cannot override: its results are encrypted with the key in the lake's query-results
 * zone, a query that scans too much is cancelled, metrics are on.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const lake = new DataLake("lake", { key });
 * const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
 * const analysts = new QueryWorkgroup("analysts", { lake, catalog, key });
 */
export class QueryWorkgroup extends PlatformComponent {
  readonly workgroupName: pulumi.Output<string>;
  readonly workgroupArn: pulumi.Output<string>;
  /** The `s3://…/` address of the results. */
  readonly resultsLocation: pulumi.Output<string>;
  private readonly args: QueryWorkgroupArgs;

  constructor(name: string, args: QueryWorkgroupArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("catalog", "QueryWorkgroup", name, opts);
    const { description, bytesScannedCutoffGiB } = this.settings(queryWorkgroupSettings, args, (_, check) => {
      for (const query of Object.keys(args.namedQueries ?? {}))
        check.matches("namedQueries", query, /^[a-z][a-z0-9-]{0,80}$/, "lower-case letters, digits and hyphens");
    });
    this.args = args;
    this.resultsLocation = pulumi.interpolate`s3://${args.lake.zones["query-results"].bucketName}/${name}/`;
    const workgroupArgs: aws.athena.WorkgroupArgs = {
      description,
      // Deletes queries and results with the workgroup: takes both keys.
      forceDestroy: dataProtection(args.protection).forceDestroy,
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        requesterPaysEnabled: false,
        bytesScannedCutoffPerQuery: Math.ceil(bytesScannedCutoffGiB * 1024 ** 3),
        engineVersion: { selectedEngineVersion: "Athena engine version 3" },
        resultConfiguration: {
          outputLocation: this.resultsLocation,
          expectedBucketOwner: this.aws.accountId,
          encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKeyArn: args.key.keyArn },
        },
      },
    };
    const workgroup = new aws.athena.Workgroup(
      `${name}-workgroup`,
      args.transform?.workgroup?.(workgroupArgs) ?? workgroupArgs,
      this.mainChild(),
    );
    for (const [query, { description, sql }] of Object.entries(args.namedQueries ?? {})) {
      new aws.athena.NamedQuery(
        `${name}-${query}`,
        { name: query, description, query: sql, database: args.catalog.databaseName, workgroup: workgroup.name },
        this.child(),
      );
    }
    this.workgroupName = workgroup.name;
    this.workgroupArn = workgroup.arn;
    this.registerOutputs({
      workgroupName: this.workgroupName,
      workgroupArn: this.workgroupArn,
      resultsLocation: this.resultsLocation,
    });
  }

  /** What a role needs to query processed and curated data through this workgroup and no other. */
  grantQuery(): Statement[] {
    const { lake, catalog } = this.args;
    const results = `${this.name}/`;
    return [
      {
        actions: [
          "athena:StartQueryExecution",
          "athena:StopQueryExecution",
          "athena:GetQueryExecution",
          "athena:GetQueryResults",
          "athena:GetQueryResultsStream",
          "athena:ListQueryExecutions",
          "athena:GetWorkGroup",
        ],
        resources: [this.workgroupArn],
      },
      // Drivers list both; the actions have no resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html
      { actions: ["athena:ListWorkGroups", "athena:ListDataCatalogs"], resources: ["*"] },
      ...catalog.grantQuery(),
      ...[lake.zones.processed, lake.zones.curated].flatMap((zone) => [...zone.grantRead(), ...zone.grantLocation()]),
      ...lake.grantReadWrite("query-results", results, { parts: true }),
      ...lake.zones["query-results"].grantUploads(results),
    ];
  }
}
