/** Files for the Amazon Athena ODBC 2.x driver (https://docs.aws.amazon.com/athena/latest/ug/odbc-v2-driver.html). */

export interface OdbcSettings {
  /** The name of the data source that users choose. */
  readonly name: string;
  readonly region: string;
  readonly workgroup: string;
  readonly catalog: string;
  readonly database: string;
  /** The `s3://…/` address of query results. */
  readonly results: string;
  /** ARN of the role to assume. */
  readonly roleArn: string;
  /** Named profile of the machine's AWS configuration that may assume it. */
  readonly profile: string;
}

const DRIVER = "Amazon Athena ODBC (x64)";

/** Lists the keys and values of a data source, in the driver's own names. */
const entries = (settings: OdbcSettings): readonly (readonly [string, string])[] => [
  ["AwsRegion", settings.region],
  ["Catalog", settings.catalog],
  ["Schema", settings.database],
  ["Workgroup", settings.workgroup],
  ["S3OutputLocation", settings.results],
  ["AuthenticationType", "IAM Profile"],
  ["AWSProfile", settings.profile],
  ["UseResultFetcher", "1"],
];

/** Makes the connection string for Power BI's ODBC connector, which then needs no data source. */
export const connectionString = (settings: OdbcSettings): string =>
  [["Driver", `{${DRIVER}}`], ...entries(settings)].map(([key, value]) => `${key}=${value}`).join(";");

/** Makes a registry file that adds the data source for all users of a Windows machine. */
export function registryFile(settings: OdbcSettings): string {
  const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const root = "HKEY_LOCAL_MACHINE\\SOFTWARE\\ODBC\\ODBC.INI";
  const lines = [
    "Windows Registry Editor Version 5.00",
    "",
    `[${root}\\ODBC Data Sources]`,
    `${quoted(settings.name)}=${quoted(DRIVER)}`,
    "",
    `[${root}\\${settings.name}]`,
    `"Driver"=${quoted("C:\\Program Files\\Amazon Athena ODBC Driver\\AthenaODBC.dll")}`,
    ...entries(settings).map(([key, value]) => `${quoted(key)}=${quoted(value)}`),
    "",
  ];
  return lines.join("\r\n");
}

/** Makes the data source of unixODBC. */
export function odbcIni(settings: OdbcSettings): string {
  return [
    "[ODBC Data Sources]",
    `${settings.name}=${DRIVER}`,
    "",
    `[${settings.name}]`,
    "Driver=/opt/athena/odbc/lib/libathena-odbc.so",
    ...entries(settings).map(([key, value]) => `${key}=${value}`),
    "",
  ].join("\n");
}

/** Makes a profile that assumes the role, for the AWS configuration of the machine or the gateway. */
export const awsProfile = (settings: OdbcSettings, source: string, sessionSeconds: number): string =>
  [
    `[profile ${settings.profile}]`,
    `role_arn = ${settings.roleArn}`,
    source,
    `region = ${settings.region}`,
    `role_session_name = power-bi`,
    `duration_seconds = ${sessionSeconds}`,
    "",
  ].join("\n");

/** Makes the guide to these files, which are installed once for a machine. */
export const gatewayGuide = (
  settings: OdbcSettings,
  keySecretArn: string,
): string => `# Power BI on ${settings.workgroup}

On the machine of the on-premises data gateway, and of each author of reports:

1. Install the Amazon Athena ODBC 2.x driver.
2. Put the profile of \`aws-config\` into \`%USERPROFILE%\\.aws\\config\` of the account the gateway runs under. It assumes
   ${settings.roleArn}, which may query ${settings.database} and read its results, nothing else.${
     keySecretArn === ""
       ? ""
       : `
   The user's key is in the secret ${keySecretArn}: read it once, and give it to
   \`aws configure --profile power-bi-user\` under the same account.`
   }
3. Merge \`${settings.name}.reg\` (Windows) or append \`odbc.ini\` to unixODBC's.
4. In Power BI Desktop: Get data → Amazon Athena → DSN \`${settings.name}\`. Import; DirectQuery asks Athena for every click.
5. In the service: Manage gateways → add a data source of type ODBC with connection string
   \`${connectionString(settings)}\`, authentication Anonymous: the driver authenticates by the profile.

Queries run in the workgroup, whose limit on scanned bytes and encrypted results cannot be overridden here.
`;
