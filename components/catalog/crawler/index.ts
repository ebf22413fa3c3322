import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { glueSecurity } from "../../core/glue-security";
import { serviceRole, type Statement } from "../../core/iam";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import { classifierProblems, createClassifiers, type Classifier } from "./classifiers";
import {
  crawlProblems,
  crawlSettings,
  DELETE_BEHAVIORS,
  RECRAWLS,
  SCHEMA_CHANGES,
  type CrawlBehavior,
  type CrawlerTargets,
  type DeleteBehavior,
  type Recrawl,
  type SchemaChange,
} from "./configuration";
import { crawlerFailureRule, crawlerQueue, type CrawlerQueue } from "./events";
import { crawlerStatements } from "./role";
import { targetArgs } from "./targets";
import type { DataCatalog } from "../data-catalog";

export interface CrawlerArgs {
  readonly catalog: DataCatalog;
  readonly key: EncryptionKey;
  readonly targets: CrawlerTargets;
  readonly description?: string;
  /** Hears of failed crawls. */
  readonly alerts?: NotificationTopic;
  /** UTC, e.g. `cron(0 3 * * ? *)`; on demand when unset. */
  readonly schedule?: string;
  /** When a table's columns changed. Default `addNewColumnsOnly`; with `newFoldersOnly` Glue allows `ignore` alone. */
  readonly schemaChange?: SchemaChange;
  /** When a table's data is gone. Default `log`. */
  readonly deleteBehavior?: DeleteBehavior;
  /** What a run looks at. `eventMode` wires queue, dead letters and the bucket, made with `directEvents: true`. */
  readonly recrawl?: Recrawl;
  /** Put files of like columns into one table. */
  readonly combineCompatibleSchemas?: boolean;
  /** Partitions take their columns from the table, so that queries never meet two schemas. */
  readonly inheritFromTable?: boolean;
  /** What becomes a table: `onePerPrefix` the target's prefix, `onePerFolder` each folder below it. Default: Glue guesses. */
  readonly tables?: "automatic" | "onePerPrefix" | "onePerFolder";
  /** Begins the name of every table. */
  readonly tablePrefix?: string;
  /** In order of priority, before Glue's own. */
  readonly classifiers?: readonly Classifier[];
  /** Let Lake Formation decide on the data, not the role. */
  readonly lakeFormationCredentials?: boolean;
  /** What the role may do beyond, e.g. read the secret of a connection. */
  readonly statements?: readonly Statement[];
  readonly transform?: { readonly crawler?: (args: aws.glue.CrawlerArgs) => aws.glue.CrawlerArgs };
}

export const CRAWLER_DEFAULTS = {
  schemaChange: "addNewColumnsOnly" as SchemaChange,
  deleteBehavior: "log" as DeleteBehavior,
  recrawl: "everything" as Recrawl,
  combineCompatibleSchemas: true,
  inheritFromTable: true,
  tables: "automatic" as const,
};

/**
 * A Glue crawler that finds tables where no contract names them, with a choice of three for changed columns, classifiers of
 * one's own in their order, encrypted logs, and an alert when it fails.
 *
 * @example
 * const key = new EncryptionKey("lake", { description: "Data lake" });
 * const lake = new DataLake("lake", { key });
 * const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
 * const alerts = new NotificationTopic("alerts", { key });
 * new Crawler("discovery", {
 *   catalog,
 *   key,
 *   alerts,
 *   targets: { s3: [{ bucket: lake.zones.raw, prefix: "exports/" }] },
 *   schemaChange: "addNewColumnsOnly",
 *   classifiers: [{ kind: "csv", name: "semicolons", delimiter: ";", header: "present" }],
 * });
 */
export class Crawler extends PlatformComponent {
  readonly crawlerName: pulumi.Output<string>;
  readonly crawlerArn: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: CrawlerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("catalog", "Crawler", name, opts);
    const behavior = this.checkedBehavior(args);
    const queue = behavior.recrawl === "eventMode" ? this.queue(args) : undefined;
    const { role, policy } = serviceRole(this.scope, "role", {
      service: "glue.amazonaws.com",
      description: `Crawls for ${name}`,
      sourceAccount: this.aws.accountId,
      statements: crawlerStatements({
        catalog: args.catalog,
        key: args.key,
        targets: args.targets,
        context: this.aws,
        queueArns: queue ? [queue.queueArn, queue.deadLetterQueueArn] : [],
        further: args.statements ?? [],
      }),
    });
    const settings = crawlSettings(behavior);
    const crawlerArgs: aws.glue.CrawlerArgs = {
      description: args.description ?? `Finds tables for ${name}`,
      databaseName: args.catalog.databaseName,
      role: role.arn,
      ...targetArgs(args.targets, args.catalog.databaseName, queue),
      ...settings,
      schedule: args.schedule,
      tablePrefix: args.tablePrefix,
      classifiers: createClassifiers(name, args.classifiers ?? [], this.child()),
      securityConfiguration: glueSecurity(this.scope, args.key).name,
      lakeFormationConfiguration: args.lakeFormationCredentials
        ? { useLakeFormationCredentials: true, accountId: this.aws.accountId }
        : undefined,
    };
    const crawler = new aws.glue.Crawler(
      `${name}-crawler`,
      args.transform?.crawler?.(crawlerArgs) ?? crawlerArgs,
      // Glue tries the role on the targets when the crawler is made.
      this.mainChild({ dependsOn: [...(policy ? [policy] : []), ...(queue?.ready ?? [])] }),
    );
    if (args.alerts) {
      crawlerFailureRule(this.scope, { crawlerName: crawler.name, topicArn: args.alerts.topicArn, key: args.key });
    }
    this.crawlerName = crawler.name;
    this.crawlerArn = crawler.arn;
    this.roleArn = role.arn;
    this.registerOutputs({ crawlerName: this.crawlerName, crawlerArn: this.crawlerArn, roleArn: this.roleArn });
  }

  private checkedBehavior(args: CrawlerArgs): CrawlBehavior {
    const recrawl = args.recrawl ?? CRAWLER_DEFAULTS.recrawl;
    const behavior: CrawlBehavior = {
      targets: args.targets,
      recrawl,
      schemaChange: args.schemaChange ?? (recrawl === "newFoldersOnly" ? "ignore" : CRAWLER_DEFAULTS.schemaChange),
      deleteBehavior: args.deleteBehavior ?? CRAWLER_DEFAULTS.deleteBehavior,
      combineCompatibleSchemas: args.combineCompatibleSchemas ?? CRAWLER_DEFAULTS.combineCompatibleSchemas,
      inheritFromTable: args.inheritFromTable ?? CRAWLER_DEFAULTS.inheritFromTable,
      tables: args.tables ?? CRAWLER_DEFAULTS.tables,
      tablePrefix: args.tablePrefix,
    };
    this.check.oneOf("schemaChange", behavior.schemaChange, SCHEMA_CHANGES);
    this.check.oneOf("deleteBehavior", behavior.deleteBehavior, DELETE_BEHAVIORS);
    this.check.oneOf("recrawl", behavior.recrawl, RECRAWLS);
    this.check.oneOf("tables", behavior.tables, ["automatic", "onePerPrefix", "onePerFolder"]);
    this.check.matches(
      "schedule",
      args.schedule,
      /^cron\(\S+( \S+){5}\)$/,
      "six fields in UTC, e.g. cron(0 3 * * ? *)",
    );
    this.check.matches(
      "tablePrefix",
      args.tablePrefix,
      /^[a-z0-9_]{1,128}$/,
      "lower-case letters, digits and underscores",
    );
    for (const { argument, value, allowed } of [
      ...crawlProblems(behavior),
      ...classifierProblems(args.classifiers ?? []),
    ]) {
      this.check.require(false, argument, value, allowed);
    }
    if (args.alerts) {
      this.check.require(
        args.key.admits("events"),
        "key",
        "a key that EventBridge cannot use",
        'an EncryptionKey with "events" among its users',
      );
    }
    return behavior;
  }

  private queue({ targets, key }: CrawlerArgs): CrawlerQueue | undefined {
    this.check.require(
      key.admits("s3"),
      "key",
      "a key that S3 cannot use",
      'an EncryptionKey with "s3" among its users',
    );
    const [target] = [...(targets.s3 ?? []), ...(targets.catalog ?? []).map(({ bucket }) => ({ bucket, prefix: "" }))];
    if (!target) return undefined;
    const { bucket, prefix = "" } = target;
    return crawlerQueue(this.name, { bucket, prefix, key, accountId: this.aws.accountId }, this.child());
  }
}
