import { nearest } from "../validate";
import { isSet, list, part, type Params, type Rule } from "./rule";

const API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference";
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY = 24 * 60;
const WEEK = 7 * DAY;
const MONITORING = [0, 1, 5, 10, 15, 30, 60];
const AUTHORITIES = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];

const identifier = (name: string, value: unknown, most: number): string[] =>
  value === undefined || (new RegExp(`^[A-Za-z](-?[A-Za-z0-9])*$`).test(String(value)) && String(value).length <= most)
    ? []
    : [
        `${name}: ${JSON.stringify(value)} must begin with a letter, have single hyphens inside only, and ${most} characters at most`,
      ];

/** Returns the minutes of a window, for a weekly one from Monday 00:00. */
function minutes(
  window: unknown,
): { readonly start: number; readonly length: number; readonly weekly: boolean } | undefined {
  const match = /^(?:(\w{3}):)?(\d\d):(\d\d)-(?:(\w{3}):)?(\d\d):(\d\d)$/.exec(String(window).toLowerCase());
  if (!match) return undefined;
  const [, from, h1, m1, to, h2, m2] = match;
  if ((from === undefined) !== (to === undefined)) return undefined;
  const at = (day: string | undefined, hours: string | undefined, mins: string | undefined): number =>
    (day === undefined ? 0 : DAYS.indexOf(day) * DAY) + Number(hours) * 60 + Number(mins);
  const weekly = from !== undefined;
  const round = weekly ? WEEK : DAY;
  const [start, end] = [at(from, h1, m1), at(to, h2, m2)];
  return start < 0 || end < 0 ? undefined : { start, length: (end - start + round) % round, weekly };
}

function windows({ PreferredBackupWindow: daily, PreferredMaintenanceWindow: weekly }: Params): string[] {
  const problems: string[] = [];
  const [backup, maintenance] = [minutes(daily), minutes(weekly)];
  if (isSet(daily) && (!backup || backup.weekly || backup.length < 30))
    problems.push(
      `PreferredBackupWindow: ${JSON.stringify(daily)} must be hh24:mi-hh24:mi in UTC, 30 minutes at least`,
    );
  if (isSet(weekly) && (!maintenance?.weekly || maintenance.length < 30 || maintenance.length >= DAY))
    problems.push(
      `PreferredMaintenanceWindow: ${JSON.stringify(weekly)} must be ddd:hh24:mi-ddd:hh24:mi in UTC, 30 minutes at least, less than a day`,
    );
  if (problems.length > 0 || !isSet(daily) || !isSet(weekly) || !backup || !maintenance) return problems;
  const meet = DAYS.some((_, day) => {
    const start = backup.start + day * DAY;
    const after = (maintenance.start - start + WEEK) % WEEK;
    return after < backup.length || (WEEK - after) % WEEK < maintenance.length;
  });
  return meet ? ["PreferredMaintenanceWindow: must not overlap the backup window"] : [];
}

const PROBLEMS_OF_SIGNING_IN = "iam-db-auth-error";

/** The logs that each database engine sends to CloudWatch. MySQL in a Multi-AZ cluster has no audit log, which AWS checks. */
const LOGS: Readonly<Record<string, readonly string[]>> = {
  "aurora-mysql": ["audit", "error", "general", PROBLEMS_OF_SIGNING_IN, "instance", "slowquery"],
  "aurora-postgresql": [PROBLEMS_OF_SIGNING_IN, "instance", "postgresql"],
  db2: ["diag.log", PROBLEMS_OF_SIGNING_IN, "notify.log"],
  mariadb: ["audit", "error", "general", PROBLEMS_OF_SIGNING_IN, "slowquery"],
  mysql: ["audit", "error", "general", PROBLEMS_OF_SIGNING_IN, "slowquery"],
  oracle: ["alert", "audit", "listener", "oemagent", "trace"],
  postgres: [PROBLEMS_OF_SIGNING_IN, "postgresql", "upgrade"],
  sqlserver: ["agent", "error"],
};

/** Checks the names of logs. A change does not name its database engine, so the logs of all engines are allowed. */
function logs(params: Params): string[] {
  const engine = String(params.Engine ?? "");
  const known = LOGS[engine] ?? LOGS[engine.split("-")[0] ?? ""];
  const allowed = known ?? [...new Set(Object.values(LOGS).flat())].sort();
  const check = (logTypes: unknown, path: string): string[] =>
    list(logTypes).flatMap((log, index) =>
      allowed.includes(String(log))
        ? []
        : [
            `${path}[${index}]: ${JSON.stringify(log)} is not a log of ${known ? engine : "any engine"}${nearest(String(log), allowed)}; allowed: ${allowed.join(", ")}`,
          ],
    );
  return [
    ...check(params.EnableCloudwatchLogsExports, "EnableCloudwatchLogsExports"),
    ...check(
      part(params.CloudwatchLogsExportConfiguration).EnableLogTypes,
      "CloudwatchLogsExportConfiguration.EnableLogTypes",
    ),
  ];
}

/** Checks the settings that instances and clusters share, at creation and at a change. */
function database(params: Params): string[] {
  const problems = [...windows(params), ...logs(params)];
  const days = params.BackupRetentionPeriod;
  if (days !== undefined && !(Number(days) >= 0 && Number(days) <= 35))
    problems.push(`BackupRetentionPeriod: is ${String(days)}, allowed is 0 to 35`);
  const interval = params.MonitoringInterval;
  if (interval !== undefined) {
    if (!MONITORING.includes(Number(interval)))
      problems.push(`MonitoringInterval: is ${String(interval)}; allowed: ${MONITORING.join(", ")}`);
    else if (Number(interval) > 0 && !isSet(params.MonitoringRoleArn))
      problems.push("MonitoringRoleArn: is required when MonitoringInterval is not 0");
  }
  if (params.ManageMasterUserPassword === true && isSet(params.MasterUserPassword))
    problems.push("MasterUserPassword: is not allowed with ManageMasterUserPassword");
  if (isSet(params.MasterUserSecretKmsKeyId) && params.ManageMasterUserPassword !== true)
    problems.push("MasterUserSecretKmsKeyId: needs ManageMasterUserPassword");
  const authority = params.CACertificateIdentifier;
  if (isSet(authority) && !AUTHORITIES.includes(String(authority)))
    problems.push(
      `CACertificateIdentifier: ${JSON.stringify(authority)} is not allowed; allowed: ${AUTHORITIES.join(", ")}`,
    );
  const kept = params.PerformanceInsightsRetentionPeriod;
  const months = Number(kept) % 31 === 0 && Number(kept) >= 31 && Number(kept) <= 713;
  if (kept !== undefined && ![7, 731].includes(Number(kept)) && !months)
    problems.push(`PerformanceInsightsRetentionPeriod: is ${String(kept)}; allowed: 7, 31 times 1 to 23, 731`);
  if (isSet(params.PerformanceInsightsKMSKeyId) && params.EnablePerformanceInsights === false)
    problems.push("PerformanceInsightsKMSKeyId: needs EnablePerformanceInsights");
  if (isSet(params.KmsKeyId) && params.StorageEncrypted === false) problems.push("KmsKeyId: needs StorageEncrypted");
  if ((params.StorageType === "io1" || params.StorageType === "io2") && params.Iops === undefined)
    problems.push(`Iops: is required with ${params.StorageType}`);
  const [allocated, most] = [params.AllocatedStorage, params.MaxAllocatedStorage];
  if (typeof allocated === "number" && typeof most === "number" && most < allocated)
    problems.push(`MaxAllocatedStorage: is ${most}, must be ${allocated} (AllocatedStorage) at least`);
  return problems;
}

const newInstance = (params: Params): string[] => {
  const problems = [...identifier("DBInstanceIdentifier", params.DBInstanceIdentifier, 63), ...database(params)];
  if (isSet(params.DBClusterIdentifier)) return problems;
  const engine = String(params.Engine);
  if (engine.startsWith("aurora-")) problems.push("DBClusterIdentifier: is required with Aurora");
  if (!isSet(params.MasterUsername)) problems.push("MasterUsername: is required");
  if (!isSet(params.MasterUserPassword) && params.ManageMasterUserPassword !== true)
    problems.push("MasterUserPassword: is required unless ManageMasterUserPassword is true");
  if (params.AllocatedStorage === undefined) problems.push("AllocatedStorage: is required");
  if (engine.startsWith("sqlserver-") && isSet(params.DBName)) problems.push("DBName: is not allowed with SQL Server");
  return problems;
};

const newCluster = (params: Params): string[] => {
  const problems = [...identifier("DBClusterIdentifier", params.DBClusterIdentifier, 63), ...database(params)];
  const aurora = String(params.Engine).startsWith("aurora-");
  for (const name of ["DBClusterInstanceClass", "AllocatedStorage"]) {
    if (aurora && isSet(params[name])) problems.push(`${name}: is not allowed with Aurora`);
    if (!aurora && !isSet(params[name])) problems.push(`${name}: is required with ${String(params.Engine)}`);
  }
  return problems;
};

const deletion = (params: Params): string[] => {
  const snapshot = params.FinalDBSnapshotIdentifier;
  if (params.SkipFinalSnapshot === true)
    return isSet(snapshot) ? ["FinalDBSnapshotIdentifier: is not allowed with SkipFinalSnapshot"] : [];
  if (!isSet(snapshot)) return ["FinalDBSnapshotIdentifier: is required unless SkipFinalSnapshot is true"];
  return identifier("FinalDBSnapshotIdentifier", snapshot, 255);
};

const parameters = (params: Params): string[] =>
  list(params.Parameters).length > 20 ? ["Parameters: at most 20 are allowed in one request"] : [];

const target = ({ DBInstanceIdentifiers: instances, DBClusterIdentifiers: clusters }: Params): string[] =>
  list(instances).length + list(clusters).length === 1 ? [] : ["one DB instance or one DB cluster is allowed"];

const rotation = (params: Params): string[] => {
  const { AutomaticallyAfterDays: days, ScheduleExpression: schedule } = part(params.RotationRules);
  const both = days !== undefined && isSet(schedule);
  return both ? ["RotationRules: AutomaticallyAfterDays and ScheduleExpression exclude each other"] : [];
};

const scaling = ({ MinCapacity: least, MaxCapacity: most }: Params): string[] =>
  typeof least === "number" && typeof most === "number" && least > most
    ? [`MinCapacity: is ${least}, must be ${most} (MaxCapacity) at most`]
    : [];

export const RDS_RULES: readonly Rule[] = [
  { service: "RDS", operations: ["CreateDBInstance"], source: `${API}/API_CreateDBInstance.html`, check: newInstance },
  { service: "RDS", operations: ["ModifyDBInstance"], source: `${API}/API_ModifyDBInstance.html`, check: database },
  { service: "RDS", operations: ["CreateDBCluster"], source: `${API}/API_CreateDBCluster.html`, check: newCluster },
  { service: "RDS", operations: ["ModifyDBCluster"], source: `${API}/API_ModifyDBCluster.html`, check: database },
  {
    service: "RDS",
    operations: ["DeleteDBInstance", "DeleteDBCluster"],
    source: `${API}/API_DeleteDBCluster.html`,
    check: deletion,
  },
  {
    service: "RDS",
    operations: ["ModifyDBParameterGroup", "ModifyDBClusterParameterGroup"],
    source: `${API}/API_ModifyDBParameterGroup.html`,
    check: parameters,
  },
  {
    service: "RDS",
    operations: ["RegisterDBProxyTargets"],
    source: `${API}/API_RegisterDBProxyTargets.html`,
    check: target,
  },
  {
    service: "SecretsManager",
    operations: ["RotateSecret"],
    source: "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html",
    check: rotation,
  },
  {
    service: "ApplicationAutoScaling",
    operations: ["RegisterScalableTarget"],
    source: "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
    check: scaling,
  },
];
