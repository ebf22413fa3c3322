/**
 * One topic receives messages of EventBridge, alarms and RDS, and delivers them to mail and to a queue of the auditors.
 * Messages that a receiver did not accept stay in the topic's own queue for 14 days.
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
// The queue's policy lets only the topic send.
const audit = new DeadLetterQueue("audit", { key, allow: (queueArn) => [topic.statementForQueue(queueArn)] });
topic.subscribeQueue("audit", audit.queueArn);

export const topicArn = topic.topicArn;
export const auditQueue = audit.queueUrl;
