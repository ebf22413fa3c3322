import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import type { LogRetentionDays } from "../../core/log-retention";
import { NotificationTopic } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import type { PlatformFunction } from "../../core/platform-function";
import type { DataLake } from "../../storage/data-lake";
import { LakeDelivery } from "../../storage/lake-delivery";
import { CRITICAL_CATEGORIES, EVENT_CATEGORIES, SOURCE_TYPES, type EventSource } from "./categories";

export interface DatabaseEventSubscription {
  readonly source: EventSource;
  /** Categories of this kind of source; all of them when unset. */
  readonly categories?: readonly string[];
  /** Identifiers of the sources; all of the account and region when unset. */
  readonly sourceIds?: readonly pulumi.Input<string>[];
  /** Default true. A subscription that is off is kept, and tells nothing. */
  readonly enabled?: boolean;
}

export interface DatabaseEventsArgs {
  /** Its users must include `rds-events` and `sns`: without the first RDS's messages are lost in silence. */
  readonly key: EncryptionKey;
  /** Maintenance, failures and changed settings of every database of the account and region. */
  readonly critical?: boolean;
  /** More, or more precise ones, by name. */
  readonly subscriptions?: Readonly<Record<string, DatabaseEventSubscription>>;
  /** Addresses; each must confirm its subscription. */
  readonly emails?: readonly string[];
  /** Phone numbers, E.164. */
  readonly sms?: readonly string[];
  /** HTTPS endpoints; each must confirm its subscription. */
  readonly https?: readonly string[];
  /** Queues by role. Each needs `topic.statementForQueue` in its own policy. */
  readonly queues?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly functions?: Readonly<Record<string, PlatformFunction>>;
  /** Keeps every event in the lake, by day. */
  readonly archive?: { readonly lake: DataLake; readonly bufferSeconds?: number };
  /** Hears when the archive falls behind. */
  readonly alerts?: NotificationTopic;
  readonly logRetentionDays?: LogRetentionDays;
  readonly transform?: {
    readonly subscription?: (args: aws.rds.EventSubscriptionArgs) => aws.rds.EventSubscriptionArgs;
  };
}

export const DATABASE_EVENTS_DEFAULTS = { critical: true };

/**
 * What RDS has to tell, to whom it concerns: event subscriptions by kind of source to an encrypted topic RDS can really
 * publish to, and from there to mail, text messages, HTTPS, queues, functions and the lake. SNS is the only target RDS knows.
 *
 * Backups are events too, several a day for every database: they are in no preset.
 *
 * @example
 * const key = new EncryptionKey("databases", { description: "Databases", users: ["cloudwatch-logs", "rds-events", "sns"] });
 * const lake = new DataLake("lake", { key });
 * const events = new DatabaseEvents("database-events", {
 *   key,
 *   emails: ["databases@example.com"],
 *   subscriptions: { failovers: { source: "instance", categories: ["failover", "low storage"] } },
 *   archive: { lake },
 * });
 */
export class DatabaseEvents extends PlatformComponent {
  /** For further readers: `events.topic.subscribeQueue(…)`. */
  readonly topic: NotificationTopic;
  readonly topicArn: pulumi.Output<string>;
  /** Names of the subscriptions in RDS, by the names given here. */
  readonly subscriptionNames: pulumi.Output<Record<string, string>>;
  /** ARN of the Firehose stream into the lake; empty without an archive. */
  readonly archiveStreamArn: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: DatabaseEventsArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("databases", "DatabaseEvents", name, opts);
    const wanted = this.wanted();
    this.checkSubscriptions(wanted);
    this.topic = new NotificationTopic(
      `${name}-topic`,
      {
        key: args.key,
        displayName: "Database events",
        publishers: ["rds"],
        emails: args.emails,
        sms: args.sms,
        https: args.https,
      },
      this.child(),
    );
    this.topicArn = this.topic.topicArn;
    const subscriptions = Object.entries(wanted).map(([role, one]) => {
      const subscriptionArgs: aws.rds.EventSubscriptionArgs = {
        snsTopic: this.topic.topicArn,
        sourceType: SOURCE_TYPES[one.source],
        eventCategories: [...(one.categories ?? EVENT_CATEGORIES[one.source])].sort(),
        sourceIds: one.sourceIds && [...one.sourceIds],
        enabled: one.enabled ?? true,
      };
      const subscription = new aws.rds.EventSubscription(
        `${name}-${role}`,
        args.transform?.subscription?.(subscriptionArgs) ?? subscriptionArgs,
        // RDS publishes a first message at once: the topic's policy must be there.
        this.child({ dependsOn: [this.topic] }),
      );
      return [role, subscription.name] as const;
    });
    this.archiveStreamArn = this.fanOut();
    this.subscriptionNames = pulumi.output(Object.fromEntries(subscriptions));
    this.registerOutputs({
      topicArn: this.topicArn,
      subscriptionNames: this.subscriptionNames,
      archiveStreamArn: this.archiveStreamArn,
    });
  }

  private wanted(): Readonly<Record<string, DatabaseEventSubscription>> {
    const critical: Record<string, DatabaseEventSubscription> = {};
    if (this.args.critical ?? DATABASE_EVENTS_DEFAULTS.critical) {
      for (const [source, categories] of Object.entries(CRITICAL_CATEGORIES)) {
        critical[`critical-${SOURCE_TYPES[source as EventSource].replace("db-", "")}`] = {
          source: source as EventSource,
          categories,
        };
      }
    }
    for (const role of Object.keys(this.args.subscriptions ?? {})) {
      this.check.matches(
        "subscriptions",
        role,
        /^[a-z][a-z0-9-]{0,40}$/,
        "names of lower-case letters, digits, hyphens",
      );
      this.check.require(!(role in critical), "subscriptions", role, "a name the preset does not use");
    }
    return { ...critical, ...this.args.subscriptions };
  }

  private checkSubscriptions(wanted: Readonly<Record<string, DatabaseEventSubscription>>): void {
    const { check } = this;
    check.require(Object.keys(wanted).length > 0, "subscriptions", wanted, "one at least, or critical: true");
    for (const [role, { source, categories, sourceIds }] of Object.entries(wanted)) {
      const argument = `subscriptions.${role}`;
      check.oneOf(`${argument}.source`, source, Object.keys(SOURCE_TYPES) as EventSource[]);
      for (const category of categories ?? []) {
        check.oneOf(`${argument}.categories`, category, EVENT_CATEGORIES[source]);
      }
      check.integer(`${argument}.categories`, categories?.length, 1, EVENT_CATEGORIES[source].length);
      check.require(sourceIds?.length !== 0, `${argument}.sourceIds`, sourceIds, "one at least, or unset for all");
      for (const id of sourceIds ?? []) {
        if (typeof id !== "string") continue;
        check.matches(
          `${argument}.sourceIds`,
          id,
          /^[A-Za-z](?!.*--)[A-Za-z0-9-]*(?<!-)$/,
          "identifiers that begin with a letter, of letters, digits and single hyphens",
        );
      }
    }
  }

  /** The readers; returns the stream into the lake, if there is one. */
  private fanOut(): pulumi.Output<string> {
    const { args, topic } = this;
    for (const [role, arn] of Object.entries(args.queues ?? {})) topic.subscribeQueue(role, arn);
    for (const [role, fn] of Object.entries(args.functions ?? {})) topic.subscribeFunction(role, fn.functionArn);
    if (!args.archive) return pulumi.output("");
    const delivery = new LakeDelivery(
      `${this.name}-archive`,
      {
        lake: args.archive.lake,
        key: args.key,
        prefix: `database-events/${this.name}/`,
        bufferSeconds: args.archive.bufferSeconds,
        alerts: args.alerts,
        logRetentionDays: args.logRetentionDays,
      },
      this.child(),
    );
    topic.subscribeFirehose("archive", delivery.streamArn);
    return delivery.streamArn;
  }
}
