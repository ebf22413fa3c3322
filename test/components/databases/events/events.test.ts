import assert from "node:assert/strict";
import {
  DatabaseEvents,
  EncryptionKey,
  EVENT_CATEGORIES,
  type DatabaseEventsArgs,
  type EventSource,
  type KeyUser,
} from "../../../../components";
import { record, type Recording } from "../../../support/harness";

const make = (
  changes: Partial<Omit<DatabaseEventsArgs, "key">> = {},
  users: readonly KeyUser[] = ["cloudwatch-logs", "rds-events", "sns"],
): Promise<Recording> =>
  record(() => {
    const key = new EncryptionKey("databases", { description: "Databases", users });
    new DatabaseEvents("events", { key, ...changes });
  });

const heard = (recording: Recording): Record<string, string[]> =>
  Object.fromEntries(
    recording
      .all("rds/eventSubscription:EventSubscription")
      .map(({ name, inputs }) => [name, [inputs.sourceType, ...inputs.eventCategories]]),
  );

describe("DatabaseEvents", () => {
  it("tells of what Foundational Security Best Practices RDS.19 to RDS.22 ask for, and of no backup", async () => {
    assert.deepEqual(heard(await make()), {
      "events-critical-cluster": ["db-cluster", "failure", "maintenance"],
      "events-critical-instance": ["db-instance", "configuration change", "failure", "maintenance"],
      "events-critical-parameter-group": ["db-parameter-group", "configuration change"],
      "events-critical-security-group": ["db-security-group", "configuration change", "failure"],
    });
  });

  it("tells of everything a source has when no category is named", async () => {
    const found = heard(await make({ critical: false, subscriptions: { all: { source: "proxy" } } }));
    assert.deepEqual(found, { "events-all": ["db-proxy", "configuration change", "creation", "deletion", "failure"] });
  });

  it("lets RDS publish to the topic and use its key, for this account's databases only", async () => {
    const recording = await make();
    const [policy] = recording.all("sns/topicPolicy:TopicPolicy");
    assert.ok(policy);
    const publish = recording.statement(policy, "Publishrds");
    assert.deepEqual(publish.Principal, { Service: ["events.rds.amazonaws.com"] });
    assert.deepEqual(publish.Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });
    const use = recording
      .statements(recording.one("kms/key:Key"))
      .find(({ Principal }) => JSON.stringify(Principal).includes("events.rds.amazonaws.com"));
    assert.deepEqual(use?.Action, ["kms:GenerateDataKey", "kms:Decrypt"]);
  });

  it("waits for the topic's policy: RDS sends a first message at once", async () => {
    const recording = await make();
    const [policy] = recording.all("sns/topicPolicy:TopicPolicy");
    for (const subscription of recording.all("rds/eventSubscription:EventSubscription")) {
      assert.ok(policy && recording.dependsOn(subscription, policy), subscription.name);
    }
  });

  it("knows categories for every kind of source", () => {
    for (const [source, categories] of Object.entries(EVENT_CATEGORIES)) {
      assert.ok(categories.length > 0, source);
      assert.deepEqual(categories, [...new Set(categories)].sort(), source);
    }
  });

  // Every category under every source that does not have it: the mistake AWS answers with an error after minutes.
  const sources = Object.keys(EVENT_CATEGORIES) as EventSource[];
  for (const source of sources) {
    it(`refuses for ${source} what only other sources have`, async () => {
      const foreign = [...new Set(sources.flatMap((one) => EVENT_CATEGORIES[one]))].filter(
        (category) => !EVENT_CATEGORIES[source].includes(category),
      );
      for (const category of foreign) {
        await assert.rejects(
          make({ subscriptions: { mine: { source, categories: [category] } } }),
          new RegExp(`subscriptions\\.mine\\.categories is "${category}"; allowed: ${EVENT_CATEGORIES[source][0]}`),
        );
      }
    });
  }

  const refused: [string, Partial<Omit<DatabaseEventsArgs, "key">>, RegExp][] = [
    [
      "an unknown source",
      { subscriptions: { mine: { source: "database" as never } } },
      /subscriptions\.mine\.source is "database"; allowed: instance/,
    ],
    [
      "no category",
      { subscriptions: { mine: { source: "proxy", categories: [] } } },
      /subscriptions\.mine\.categories is \[\]; allowed: a list of at least 1/,
    ],
    [
      "no source",
      { subscriptions: { mine: { source: "proxy", sourceIds: [] } } },
      /subscriptions\.mine\.sourceIds is \[\]/,
    ],
    [
      "an id RDS could not have",
      { subscriptions: { mine: { source: "proxy", sourceIds: ["a--b"] } } },
      /sourceIds\[0\] is "a--b"; allowed: identifiers/,
    ],
    ["no subscription at all", { critical: false }, /subscriptions is \{\}; allowed: one at least/],
    [
      "a name of the preset's",
      { subscriptions: { "critical-instance": { source: "instance" } } },
      /subscriptions is "critical-instance"/,
    ],
    [
      "an address that is none",
      { emails: ["nobody"] },
      /DatabaseEvents "events": emails\[0\] is "nobody"; allowed: an e-mail address/,
    ],
  ];
  for (const [what, changes, message] of refused) {
    it(`refuses ${what}`, () => assert.rejects(make(changes), message));
  }

  it("names every problem of its arguments at once", () =>
    assert.rejects(make({ emails: ["nobody"], critical: false }), (error: Error) => {
      assert.match(error.message, /2 problems/);
      assert.match(error.message, /emails\[0\] is "nobody"/);
      assert.match(error.message, /subscriptions is \{\}; allowed: one at least/);
      return true;
    }));

  it("refuses a key RDS cannot use: its messages would be lost without a trace", async () => {
    await assert.rejects(
      make({}, ["cloudwatch-logs", "sns"]),
      /publishers\[0\] is "rds"; allowed: publishers whose key has them/,
    );
  });
});
