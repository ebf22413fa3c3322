import { settingsOf } from "../../policies/settings";
import { ENVIRONMENTS } from "../../policies/levels";
import { TABLE, type TableRow } from "../../policies/table";
import { code, table } from "./markdown";

/** The headings of the rules' folders. A folder without an entry has its name as the heading. */
const SERVICES: Readonly<Record<string, string>> = {
  apigateway: "API Gateway",
  appsync: "AppSync",
  athena: "Athena",
  cross: "All resources",
  datasync: "DataSync",
  dms: "Database Migration Service",
  dynamodb: "DynamoDB",
  eventbridge: "EventBridge",
  firehose: "Data Firehose",
  glue: "Glue",
  iam: "IAM",
  kinesis: "Kinesis Data Streams",
  kms: "KMS",
  lambda: "Lambda",
  logs: "CloudWatch Logs",
  rds: "RDS and Aurora",
  s3: "S3",
  secretsmanager: "Secrets Manager",
  sns: "SNS",
  sqs: "SQS",
  stepfunctions: "Step Functions",
};

const folderOf = ({ path }: TableRow): string => path.split("/")[0] ?? path;

/** Returns the row of a rule, with what auditors and developers need. */
const rowOf = (row: TableRow): string[] => [
  `${code(row.id)}<br>${code(row.path)}`,
  `${row.title}. ${row.remediation}`,
  row.kind,
  row.severity,
  ...ENVIRONMENTS.map((environment) => row.levels[environment]),
  row.suppressible ? "possible" : "never",
  row.maps.join(", ") || "–",
];

/** Returns the rules, in one table for each service and in the order of `policies/table.ts`. */
export function ruleTables(): string {
  const services = new Map<string, TableRow[]>();
  for (const row of TABLE) services.set(folderOf(row), [...(services.get(folderOf(row)) ?? []), row]);
  const heads = ["rule", "requirement and remediation", "kind", "severity", ...ENVIRONMENTS, "exemption", "elsewhere"];
  return [...services]
    .map(([folder, rows]) => `### ${SERVICES[folder] ?? folder}\n\n${table(heads, rows.map(rowOf))}`)
    .join("\n\n");
}

/** Returns the numbers of rules, by kind. */
export function ruleCounts(): string {
  const kinds = ["encryption", "deletion", "other"] as const;
  const rows = kinds.map((kind) => {
    const mine = TABLE.filter((row) => row.kind === kind);
    return [
      kind,
      String(mine.length),
      ...ENVIRONMENTS.map((environment) => {
        const levels = (["mandatory", "advisory", "disabled"] as const)
          .map((level) => [mine.filter((row) => row.levels[environment] === level).length, level] as const)
          .filter(([count]) => count > 0);
        return levels.map(([count, level]) => `${count} ${level}`).join(", ");
      }),
      String(mine.filter(({ suppressible }) => !suppressible).length),
    ];
  });
  return table(["kind", `rules (${TABLE.length})`, ...ENVIRONMENTS, "without exemptions"], rows);
}

/** Returns the settings that some rules need from an environment. */
export function ruleSettings(): string {
  const list = (values: readonly string[]): string => values.map(code).join(", ") || "any";
  return table(
    ["environment", "required tags", "allowed regions", "permissions boundary"],
    ENVIRONMENTS.map((environment) => {
      const { requiredTags, allowedRegions, permissionsBoundaryRequired } = settingsOf(environment);
      return [
        code(environment),
        list(requiredTags),
        list(allowedRegions),
        permissionsBoundaryRequired ? "required" : "optional",
      ];
    }),
  );
}
