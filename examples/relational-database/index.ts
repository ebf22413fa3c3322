/**
 * An Aurora cluster for orders has a writer, a reader, and further readers while they are busy. A proxy, which alone has the
 * password, stands in front. The service connects with an IAM token of one database user; the settings of its drivers are an output.
 */
import {
  EncryptionKey,
  NotificationTopic,
  policyDocument,
  RelationalDatabase,
  type NetworkView,
} from "../../components";

// This VPC exists already. A VPC of the same program would be a `Network`.
const network: NetworkView = {
  vpcId: "vpc-0a1b2c3d4e5f60718",
  cidrBlock: "10.20.0.0/16",
  publicSubnetIds: [],
  privateSubnetIds: ["subnet-0a1", "subnet-0b1"],
  isolatedSubnetIds: ["subnet-0a2", "subnet-0b2"],
};

const key = new EncryptionKey("orders", { description: "Orders" });
const alerts = new NotificationTopic("orders-alerts", { key, emails: ["oncall@example.org"] });

const database = new RelationalDatabase("orders", {
  engine: "aurora-postgresql",
  engineVersion: "17",
  instanceClass: "db.r7g.large",
  network,
  key,
  databaseName: "orders",
  aurora: { readers: 1, autoscaling: { minimum: 1, maximum: 4, cpuPercent: 60 } },
  clients: { securityGroups: { service: "sg-0123456789abcdef0" } },
  proxy: { maxConnectionsPercent: 80 },
  backup: { retentionDays: 35 },
  monitoring: { intervalSeconds: 15 },
  parameters: { log_min_duration_statement: "500" },
  alerts,
});

export const connection = database.connection;
/** The policy of the service's role: it may get a token for this database user, with the proxy and without it. */
export const policy = policyDocument(database.grantConnect("orders_service"));
