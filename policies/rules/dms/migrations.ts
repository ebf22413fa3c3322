import type { Props } from "../../rule";

/** The resource types of migrations. */
export const INSTANCE = "aws:dms/replicationInstance:ReplicationInstance";
export const CONFIG = "aws:dms/replicationConfig:ReplicationConfig";
export const TASK = "aws:dms/replicationTask:ReplicationTask";
export const ENDPOINT = "aws:dms/endpoint:Endpoint";
export const LAKE_ENDPOINT = "aws:dms/s3Endpoint:S3Endpoint";
export const PROFILE = "aws:dms/instanceProfile:InstanceProfile";
export const PROVIDER = "aws:dms/dataProvider:DataProvider";

/** The engines whose connections the endpoint encrypts by its `sslMode`. */
export const SERVERS: readonly string[] = [
  "aurora",
  "aurora-postgresql",
  "aurora-postgresql-serverless",
  "aurora-serverless",
  "azure-sql-managed-instance",
  "azuredb",
  "babelfish",
  "db2",
  "db2-zos",
  "docdb",
  "mariadb",
  "mongodb",
  "mysql",
  "oracle",
  "postgres",
  "sqlserver",
  "sybase",
];

/** The extra attributes of a connection, `a=b;c=d`, in lower case. */
export function attributes({ extraConnectionAttributes }: Props): ReadonlyMap<string, string> {
  const text = typeof extraConnectionAttributes === "string" ? extraConnectionAttributes : "";
  return new Map(
    text
      .toLowerCase()
      .split(";")
      .map((pair) => pair.split("=").map((part) => part.trim()))
      .map(([name = "", value = ""]) => [name, value]),
  );
}
