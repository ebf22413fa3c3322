/**
 * An Aurora cluster for orders: a writer, a reader and more of them while they are busy, behind a proxy that alone knows the password.
 * The service connects as one user of the database with an IAM token; what its drivers must be told is an output.
 */
import {
  EncryptionKey,
  NotificationTopic,
  policyDocument,
  RelationalDatabase,
  type NetworkView,
} from "../../components";

// A VPC that exists already; one made in the same program is a `Network`.
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
/** For the service's role: a token for this user of this database, through the proxy or not. */
export const policy = policyDocument(database.grantConnect("orders_service"));
