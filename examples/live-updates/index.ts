/**
 * Clients receive changes at once: orders from the stream of their table, ingestions from EventBridge, warnings from a topic. A
 * client connects with a signed request and sends `{"action": "subscribe", "channel": "orders"}`.
 */
import { DocumentTable, EncryptionKey, NotificationTopic, WebSocketApi } from "../../components";

const key = new EncryptionKey("live", { description: "Live updates" });
const alerts = new NotificationTopic("alerts", { key, emails: ["oncall@example.org"] });
const orders = new DocumentTable("orders", {
  key,
  partitionKey: { name: "id", type: "string" },
  stream: "both",
});

const live = new WebSocketApi("live", {
  key,
  alerts,
  channels: ["orders", "ingestions/*"],
  throttling: { messagesPerSecond: 200, burst: 100 },
});
live.broadcastFrom("orders", { kind: "stream", channel: "orders", stream: orders });
live.broadcastFrom("ingestions", {
  kind: "events",
  channel: "ingestions/all",
  pattern: { source: ["dataplatform.ingestion"] },
});
// Without a channel, all clients receive the messages, whatever they have subscribed to.
live.broadcastFrom("warnings", { kind: "topic", topic: new NotificationTopic("warnings", { key, alerts }) });

export const url = live.url;
export const broadcast = live.broadcastFunctionName;
