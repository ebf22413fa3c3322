/**
 * Measurements of a plant are copied to the raw zone every hour, with at most 100 MiB a second of its line; recipes are copied
 * both ways. A failed run sends an alert, and every run leaves a report.
 */
import { DataLake, DataSyncTransfer, EncryptionKey, NotificationTopic } from "../../components";

const key = new EncryptionKey("plant", { description: "Plant" });
const alerts = new NotificationTopic("alerts", { key, emails: ["plant@example.org"] });
const lake = new DataLake("lake", { key });
const account = (service: string, rest: string): string => `arn:aws:${service}:eu-central-1:123456789012:${rest}`;
// An agent that is not activated yet would be `agents: { plant: { ipAddress: "10.20.0.9" } }`.
const agentArns = [account("datasync", "agent/agent-0123456789abcdef0")];

const measurements = new DataSyncTransfer("measurements", {
  key,
  alerts,
  source: { kind: "nfs", host: "files.plant.example.org", path: "/measurements", agentArns },
  destination: { kind: "s3", bucket: lake.zones.raw, prefix: "measurements/" },
  schedule: "cron(15 * * * ? *)",
  exclude: ["/tmp", "*.part"],
  options: { bandwidthMiBps: 100 },
  reports: { bucket: lake.zones.artifacts, level: "all" },
});
const recipes = new DataSyncTransfer("recipes", {
  key,
  alerts,
  source: {
    kind: "smb",
    host: "files.plant.example.org",
    path: "/recipes",
    secretArn: account("secretsmanager", "secret:recipes-AbCdEf"),
    agentArns,
  },
  destination: { kind: "s3", bucket: lake.zones.curated, prefix: "recipes/" },
  bidirectional: true,
  schedule: "rate(1 day)",
});

export const measurementsTask = measurements.taskArn;
export const recipesTasks = [recipes.taskArn, recipes.returnTaskArn];
