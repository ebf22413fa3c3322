/**
 * Failures, maintenance and changed settings of every database go to mail, failovers to a queue that a program reads. All
 * events go to the lake, where they can be queried years later.
 */
import { DatabaseEvents, DataLake, DeadLetterQueue, EncryptionKey, NotificationTopic } from "../../components";

const key = new EncryptionKey("databases", {
  description: "Databases",
  users: ["cloudwatch-logs", "cloudwatch-alarms", "rds-events", "sns"],
});
const alerts = new NotificationTopic("alerts", { key, publishers: ["cloudwatch"], emails: ["oncall@example.org"] });
const lake = new DataLake("lake", { key });
const events = new DatabaseEvents("database-events", {
  key,
  alerts,
  emails: ["databases@example.org"],
  subscriptions: {
    failovers: { source: "instance", categories: ["failover", "low storage"] },
    switchovers: { source: "blueGreenDeployment" },
  },
  archive: { lake },
});
const failovers = new DeadLetterQueue("failovers", {
  key,
  allow: (queueArn) => [events.topic.statementForQueue(queueArn)],
});
events.topic.subscribeQueue("failovers", failovers.queueArn);

export const topicArn = events.topicArn;
export const queueUrl = failovers.queueUrl;
