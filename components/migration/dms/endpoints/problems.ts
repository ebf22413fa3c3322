import type { MigrationEndpoint } from "./arguments";
import { ENGINES, MIGRATION_ENGINES, needsCertificate, REFUSED_ENGINES, strictestTls } from "./engines";
import type { Problem } from "../table-mappings";

const FOLDERS = /^([A-Za-z0-9_.-]+\/)+$/;
const FOLDER = /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/;

/** What is wrong with an endpoint in this role, named as its user wrote it. Pure. */
export function endpointProblems(role: "source" | "target", endpoint: MigrationEndpoint): Problem[] {
  const problems: Problem[] = [];
  const need = (fits: boolean, argument: string, value: unknown, allowed: string): void => {
    if (!fits) problems.push({ argument: `${role}.${argument}`, value, allowed });
  };
  const facts = ENGINES[endpoint.engine] as (typeof ENGINES)[typeof endpoint.engine] | undefined;
  const able = MIGRATION_ENGINES.filter((engine) => ENGINES[engine].roles.includes(role));
  if (!facts?.roles.includes(role)) {
    need(false, "engine", endpoint.engine, REFUSED_ENGINES[endpoint.engine] ?? able.join(", "));
    return problems;
  }
  if ("tls" in endpoint && endpoint.tls !== undefined) {
    need(facts.tls.includes(endpoint.tls), "tls", endpoint.tls, facts.tls.join(", "));
  }
  if (facts.tls.length > 0) {
    const { tls = strictestTls(endpoint.engine), certificate } = endpoint as { tls?: never; certificate?: object };
    const weaker = facts.tls.filter((mode) => mode === "require");
    need(
      !needsCertificate(tls) || certificate !== undefined,
      "certificate",
      certificate,
      `the certificate of the server's authority, as tls is ${tls as string}${weaker.length > 0 ? " (or tls: require, which encrypts and verifies nobody)" : ""}`,
    );
    need(
      !(certificate && "wallet" in certificate) || endpoint.engine === "oracle",
      "certificate",
      "a wallet",
      "pem or arn: wallets are Oracle's",
    );
  }
  switch (endpoint.engine) {
    case "s3":
      lakeProblems(role, endpoint, need);
      break;
    case "kafka":
      if (typeof endpoint.brokers === "string") {
        need(
          /^[^\s,]+:\d+(,[^\s,]+:\d+)*$/.test(endpoint.brokers),
          "brokers",
          endpoint.brokers,
          "host:port, separated by commas",
        );
      }
      break;
    case "opensearch": {
      const { maxFailedPercent: percent } = endpoint;
      if (typeof endpoint.url === "string") {
        need(endpoint.url.startsWith("https://"), "url", endpoint.url, "an https:// address");
      }
      need(percent === undefined || (percent >= 0 && percent <= 100), "maxFailedPercent", percent, "0 to 100");
      break;
    }
    case "dynamodb":
      need(endpoint.tableNames.length > 0, "tableNames", endpoint.tableNames, "one table or more");
      for (const one of endpoint.tableNames) {
        need(/^[A-Za-z0-9_.-]{3,255}$/.test(one), "tableNames", one, "3 to 255 letters, digits, _ . -");
      }
      break;
    case "redshift":
      need(
        endpoint.staging.prefix === undefined || FOLDERS.test(endpoint.staging.prefix),
        "staging.prefix",
        endpoint.staging.prefix,
        "folders of letters, digits, _ . - that end with /",
      );
      break;
    case "postgres":
    case "aurora-postgresql":
    case "mysql":
    case "mariadb":
    case "aurora":
    case "oracle":
    case "sqlserver": {
      const postgres = endpoint.engine === "postgres" || endpoint.engine === "aurora-postgresql";
      for (const option of ["slotName", "plugin", "heartbeatMinutes"] as const) {
        const set = endpoint[option] !== undefined;
        need(
          !set || (postgres && role === "source"),
          option,
          endpoint[option],
          "unset, but for a source of PostgreSQL",
        );
      }
      const oracle = endpoint.engine === "oracle" && role === "source";
      need(
        endpoint.redoReader === undefined || oracle,
        "redoReader",
        endpoint.redoReader,
        "unset, but for a source of Oracle",
      );
      const minutes = endpoint.heartbeatMinutes;
      need(
        minutes === undefined || (Number.isInteger(minutes) && minutes >= 1),
        "heartbeatMinutes",
        minutes,
        "a whole number of minutes from 1",
      );
      break;
    }
    default:
  }
  return problems;
}

function lakeProblems(
  role: "source" | "target",
  endpoint: MigrationEndpoint & { readonly engine: "s3" },
  need: (fits: boolean, argument: string, value: unknown, allowed: string) => void,
): void {
  need(FOLDERS.test(endpoint.prefix), "prefix", endpoint.prefix, "folders of letters, digits, _ . - that end with /");
  const ofTarget = ["transactionFolder", "datePartition", "timestampColumn", "maxBatchSeconds", "minFileKiB"] as const;
  const ofSource = ["tables", "changesFolder"] as const;
  for (const option of role === "source" ? ofTarget : ofSource) {
    const other = role === "source" ? "target" : "source";
    need(endpoint[option] === undefined, option, endpoint[option], `unset: it is an option of a ${other}`);
  }
  if (role === "source")
    need(endpoint.tables !== undefined, "tables", endpoint.tables, "the description of the files' tables");
  for (const option of ["transactionFolder", "changesFolder"] as const) {
    const folder = endpoint[option];
    need(folder === undefined || FOLDER.test(folder), option, folder, "a folder without slashes at its ends");
  }
  const partitioned = endpoint.datePartition !== undefined && endpoint.datePartition !== "none";
  need(
    !(endpoint.transactionFolder && partitioned),
    "datePartition",
    endpoint.datePartition,
    "none, where the order of transactions is kept",
  );
  const { maxBatchSeconds: seconds, minFileKiB: size } = endpoint;
  need(seconds === undefined || (Number.isInteger(seconds) && seconds >= 1), "maxBatchSeconds", seconds, "1 or more");
  need(size === undefined || (Number.isInteger(size) && size >= 1), "minFileKiB", size, "1 or more");
}
