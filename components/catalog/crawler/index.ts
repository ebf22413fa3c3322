import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { glueSecurity } from "../../core/glue-security";
import { serviceRole, type Statement } from "../../core/iam";
import { logGroup } from "../../core/log-group";
import type { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import type { Settings } from "../../core/settings";
import type { DataCatalog } from "../data-catalog";
import { createClassifiers, resolveClassifiers, type Classifier } from "./classifiers";
import { crawlBehavior, crawlerSettings, crawlProblems, crawlSettings, type CrawlBehavior } from "./configuration";
import { crawlerFailureRule, crawlerQueue, type CrawlerQueue } from "./events";
import { crawlerStatements } from "./role";
import { resolveTargets, targetArgs, type CrawlerTargets } from "./targets";

export { crawlerSettings };

export interface CrawlerArgs extends Settings<typeof crawlerSettings> {
  readonly catalog: DataCatalog;
  readonly key: EncryptionKey;
  readonly targets: CrawlerTargets;
  /** Receives an alert when a crawl fails. */
  readonly alerts?: NotificationTopic;
  /** Classifiers in order of priority, before Glue's own. */
  readonly classifiers?: readonly Classifier[];
  /** Further rights of the role, for example to read the secret of a connection. */
  readonly statements?: readonly Statement[];
  readonly transform?: { readonly crawler?: (args: aws.glue.CrawlerArgs) => aws.glue.CrawlerArgs };
}

/**
 * A Glue crawler that finds tables of files that have no contract, with a choice of three for changed columns, your own
 * classifiers in their order, encrypted logs, and an alert when it fails.
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
    const { targets, problems } = resolveTargets(args.targets);
    const classifiers = resolveClassifiers(args.classifiers ?? []);
    const settings = this.settings(crawlerSettings, args, (chosen, check) => {
      check.add([...problems, ...classifiers.problems, ...crawlProblems(crawlBehavior(chosen, targets))]);
      if (args.alerts) args.key.requireUser("events", check);
      if (chosen.recrawl === "eventMode") args.key.requireUser("s3", check);
    });
    const behavior = crawlBehavior(settings, targets);
    const queue = this.queue(behavior, args);
    const { role, policy } = serviceRole(this.scope, "role", {
      service: "glue.amazonaws.com",
      description: `Lets Glue crawl for ${name}`,
      statements: crawlerStatements({
        catalog: args.catalog,
        key: args.key,
        targets,
        context: this.aws,
        queueArns: queue ? [queue.queueArn, queue.deadLetterQueueArn] : [],
        further: args.statements ?? [],
      }),
    });
    const security = glueSecurity(this.scope, args.key);
    const logs = logGroup(this.scope, "logs", {
      key: args.key,
      logRetentionDays: settings.logRetentionDays,
      // Glue would make the group itself, for every role and security configuration, without an end.
      name: pulumi.interpolate`/aws-glue/crawlers-role/${role.name}-${security.name}`,
    });
    const crawlerArgs: aws.glue.CrawlerArgs = {
      description: settings.description ?? `Finds tables for ${name}`,
      databaseName: args.catalog.databaseName,
      role: role.arn,
      ...targetArgs(targets, args.catalog.databaseName, queue),
      ...crawlSettings(behavior),
      schedule: settings.schedule,
      tablePrefix: settings.tablePrefix,
      classifiers: createClassifiers(this.scope, classifiers.classifiers),
      securityConfiguration: security.name,
      lakeFormationConfiguration: settings.lakeFormationCredentials
        ? { useLakeFormationCredentials: true, accountId: this.aws.accountId }
        : undefined,
    };
    const crawler = new aws.glue.Crawler(
      `${name}-crawler`,
      args.transform?.crawler?.(crawlerArgs) ?? crawlerArgs,
      // Glue tries the role on the targets when the crawler is made.
      this.mainChild({ dependsOn: [logs, ...(policy ? [policy] : []), ...(queue?.ready ?? [])] }),
    );
    if (args.alerts) {
      crawlerFailureRule(this.scope, { crawlerName: crawler.name, alerts: args.alerts, key: args.key });
    }
    this.crawlerName = crawler.name;
    this.crawlerArn = crawler.arn;
    this.roleArn = role.arn;
    this.registerOutputs({ crawlerName: this.crawlerName, crawlerArn: this.crawlerArn, roleArn: this.roleArn });
  }

  /** The queue of events, in event mode. */
  private queue({ recrawl, targets }: CrawlBehavior, { key, alerts }: CrawlerArgs): CrawlerQueue | undefined {
    const [target] = [...targets.s3, ...targets.catalog.map(({ bucket }) => ({ bucket, prefix: "" }))];
    if (recrawl !== "eventMode" || !target) return undefined;
    return crawlerQueue(this.scope, { bucket: target.bucket, prefix: target.prefix, key, alerts });
  }
}
