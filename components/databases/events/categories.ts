/** Events of RDS, by the kind of their source, in AWS's own names. */

export type EventSource =
  | "instance"
  | "cluster"
  | "snapshot"
  | "clusterSnapshot"
  | "parameterGroup"
  | "securityGroup"
  | "proxy"
  | "blueGreenDeployment"
  | "customEngineVersion";

/** The kinds as `SourceType` of AWS names them. */
export const SOURCE_TYPES: Readonly<Record<EventSource, string>> = {
  instance: "db-instance",
  cluster: "db-cluster",
  snapshot: "db-snapshot",
  clusterSnapshot: "db-cluster-snapshot",
  parameterGroup: "db-parameter-group",
  securityGroup: "db-security-group",
  proxy: "db-proxy",
  blueGreenDeployment: "blue-green-deployment",
  customEngineVersion: "custom-engine-version",
};

/**
 * The categories that a source of each kind has. RDS refuses any other when the subscription is made:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html.
 */
export const EVENT_CATEGORIES: Readonly<Record<EventSource, readonly string[]>> = {
  instance: [
    "availability",
    "backtrack",
    "backup",
    "configuration change",
    "creation",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "read replica",
    "recovery",
    "restoration",
    "security",
    "security patching",
  ],
  cluster: [
    "configuration change",
    "creation",
    "deletion",
    "failover",
    "failure",
    "global failover",
    "maintenance",
    "migration",
    "notification",
    "serverless",
  ],
  snapshot: ["creation", "deletion", "notification", "restoration"],
  clusterSnapshot: ["backup", "notification"],
  parameterGroup: ["configuration change"],
  securityGroup: ["configuration change", "failure"],
  proxy: ["configuration change", "creation", "deletion", "failure"],
  blueGreenDeployment: ["creation", "deletion", "failure", "notification"],
  customEngineVersion: ["creation", "failure", "restoring"],
};

/** Events that an operator must receive: Foundational Security Best Practices RDS.19 to RDS.22. */
export const CRITICAL_CATEGORIES: Readonly<Partial<Record<EventSource, readonly string[]>>> = {
  cluster: ["maintenance", "failure"],
  instance: ["maintenance", "configuration change", "failure"],
  parameterGroup: ["configuration change"],
  securityGroup: ["configuration change", "failure"],
};
