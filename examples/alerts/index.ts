/**
 * One topic, many readers: mail, a queue for the audit, and whatever EventBridge, alarms and RDS have to say. What an endpoint
 * would not take waits 14 days in the topic's own queue of undelivered messages.
 */
import { DeadLetterQueue, EncryptionKey, NotificationTopic } from "../../components";

const key = new EncryptionKey("alerts", {
  description: "Alerts",
  users: ["cloudwatch-logs", "events", "cloudwatch-alarms", "sns", "rds-events"],
});
const topic = new NotificationTopic("alerts", {
  key,
  displayName: "Data platform",
  publishers: ["events", "cloudwatch", "rds"],
  emails: ["oncall@example.org"],
  https: ["https://hooks.example.org/alerts"],
});
// The queue's own policy lets the topic, and only it, send.
const audit = new DeadLetterQueue("audit", { key, allow: (queueArn) => [topic.statementForQueue(queueArn)] });
topic.subscribeQueue("audit", audit.queueArn);

export const topicArn = topic.topicArn;
export const auditQueue = audit.queueUrl;
