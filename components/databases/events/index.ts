import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { EncryptionKey } from "../../core/encryption-key";
import { logRetentionDays } from "../../core/log-retention";
import { NotificationTopic, notificationTopicSettings } from "../../core/notification-topic";
import { PlatformComponent } from "../../core/platform-component";
import type { PlatformFunction } from "../../core/platform-function";
import { reference, textInput, type Resolved, type Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";
import type { DataLake } from "../../storage/data-lake";
import { LakeDelivery, lakeDeliverySettings } from "../../storage/lake-delivery";
import { CRITICAL_CATEGORIES, EVENT_CATEGORIES, SOURCE_TYPES, type EventSource } from "./categories";

const IDENTIFIER = /^[A-Za-z](?!.*--)[A-Za-z0-9-]*(?<!-)$/;

const subscription = z.strictObject({
  source: z.enum(Object.keys(SOURCE_TYPES) as EventSource[]).describe("The kind of source."),
  categories: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Categories of events that this kind of source has; all of them when unset."),
  sourceIds: z
    .array(textInput(IDENTIFIER, "identifiers that begin with a letter, of letters, digits and single hyphens"))
    .min(1)
    .optional()
    .describe("Identifiers of the sources; all sources of the account and region when unset."),
  enabled: z.boolean().default(true).describe("A subscription that is off is kept and sends no message."),
});
type Subscriptions = Readonly<Record<string, Resolved<typeof subscription>>>;

const { emails, sms, https } = notificationTopicSettings.shape;

export const databaseEventsSettings = z.strictObject({
  critical: z
    .boolean()
    .default(true)
    .describe("Subscribes to maintenance, failures and changed settings of every database of the account and region."),
  subscriptions: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, "names of lower-case letters, digits, hyphens"), subscription)
    .default({})
    .describe("Further subscriptions, by name."),
  emails,
  sms,
  https,
  archive: z
    .strictObject({ lake: reference<DataLake>("DataLake"), bufferSeconds: lakeDeliverySettings.shape.bufferSeconds })
    .optional()
    .describe("Keeps every event in the lake, by day."),
  logRetentionDays,
});

export interface DatabaseEventsArgs extends Settings<typeof databaseEventsSettings> {
  /** A key whose users include `rds-events` and `sns`: without the first one RDS's messages are lost. */
  readonly key: EncryptionKey;
  /** Queues by role. Each needs `topic.statementForQueue` in its own policy. */
  readonly queues?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Functions by role. */
  readonly functions?: Readonly<Record<string, PlatformFunction>>;
  /** Receives an alarm when the archive falls behind, or an endpoint does not accept messages. */
  readonly alerts?: NotificationTopic;
  readonly transform?: {
    readonly subscription?: (args: aws.rds.EventSubscriptionArgs) => aws.rds.EventSubscriptionArgs;
  };
}

/** A subscription to the events of one kind of source. */
export type DatabaseEventSubscription = NonNullable<DatabaseEventsArgs["subscriptions"]>[string];

/**
 * Sends the events of RDS to the people and systems that need them: event subscriptions by kind of source publish to an
 * encrypted topic, and from there messages go to mail, text messages, HTTPS, queues, functions and the lake. SNS is the only
 * target that RDS knows.
 *
 * Backups are events too, several a day for every database: they are in no preset.
 *
 * @example
 * const key = new EncryptionKey("databases", { description: "Databases", users: ["cloudwatch-logs", "rds-events", "sns"] });
 * const lake = new DataLake("lake", { key });
 * const alerts = new NotificationTopic("alerts", { key: new EncryptionKey("alerts", { description: "Alerts" }) });
 * const events = new DatabaseEvents("database-events", {
 *   key,
 *   alerts,
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
    const settings = this.settings(databaseEventsSettings, args, checkSubscriptions);
    const { emails, sms, https } = settings;
    this.topic = new NotificationTopic(
      `${name}-topic`,
      { key: args.key, displayName: "Database events", publishers: ["rds"], alerts: args.alerts, emails, sms, https },
      this.child(),
    );
    this.topicArn = this.topic.topicArn;
    const subscriptions = Object.entries(allSubscriptions(settings)).map(([role, wanted]) => {
      const subscriptionArgs: aws.rds.EventSubscriptionArgs = {
        snsTopic: this.topic.topicArn,
        sourceType: SOURCE_TYPES[wanted.source],
        eventCategories: [...(wanted.categories ?? EVENT_CATEGORIES[wanted.source])].sort(),
        sourceIds: wanted.sourceIds && [...wanted.sourceIds],
        enabled: wanted.enabled,
      };
      const made = new aws.rds.EventSubscription(
        `${name}-${role}`,
        args.transform?.subscription?.(subscriptionArgs) ?? subscriptionArgs,
        // RDS publishes a first message at once: the topic's policy must be there.
        this.child({ dependsOn: [this.topic] }),
      );
      return [role, made.name] as const;
    });
    this.archiveStreamArn = this.fanOut(settings);
    this.subscriptionNames = pulumi.output(Object.fromEntries(subscriptions));
    this.registerOutputs({
      topicArn: this.topicArn,
      subscriptionNames: this.subscriptionNames,
      archiveStreamArn: this.archiveStreamArn,
    });
  }

  /** Subscribes queues, functions and the lake. Returns the stream into the lake, if there is one. */
  private fanOut({ archive, logRetentionDays }: Resolved<typeof databaseEventsSettings>): pulumi.Output<string> {
    const { args, topic } = this;
    for (const [role, arn] of Object.entries(args.queues ?? {})) topic.subscribeQueue(role, arn);
    for (const [role, fn] of Object.entries(args.functions ?? {})) topic.subscribeFunction(role, fn.functionArn);
    if (!archive) return pulumi.output("");
    const delivery = new LakeDelivery(
      `${this.name}-archive`,
      {
        lake: archive.lake,
        key: args.key,
        prefix: `database-events/${this.name}/`,
        bufferSeconds: archive.bufferSeconds,
        alerts: args.alerts,
        logRetentionDays,
      },
      this.child(),
    );
    topic.subscribeFirehose("archive", delivery.streamArn);
    return delivery.streamArn;
  }
}

/** The subscriptions that Foundational Security Best Practices ask for, by name. */
const CRITICAL: Subscriptions = Object.fromEntries(
  Object.entries(CRITICAL_CATEGORIES).map(([kind, categories]) => {
    const source = kind as EventSource;
    return [`critical-${SOURCE_TYPES[source].replace("db-", "")}`, { source, categories, enabled: true }];
  }),
);

const allSubscriptions = ({ critical, subscriptions }: Resolved<typeof databaseEventsSettings>): Subscriptions => ({
  ...(critical ? CRITICAL : {}),
  ...subscriptions,
});

function checkSubscriptions(settings: Resolved<typeof databaseEventsSettings>, check: ArgumentCheck): void {
  const { critical, subscriptions } = settings;
  const isAny = Object.keys(allSubscriptions(settings)).length > 0;
  check.require(isAny, "subscriptions", subscriptions, "one at least, or critical: true");
  for (const [role, { source, categories }] of Object.entries(subscriptions)) {
    check.require(!critical || !(role in CRITICAL), "subscriptions", role, "a name the preset does not use");
    for (const category of categories ?? [])
      check.oneOf(`subscriptions.${role}.categories`, category, EVENT_CATEGORIES[source]);
  }
}
