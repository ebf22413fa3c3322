import type { EngineKind } from "./engine-facts";

/** How a client connects so that it is encrypted, verifies its server, and returns after a failover. */
export interface ConnectionGuide {
  /** Where to write, and to read what was just written. */
  readonly writer: string;
  /** Where to read what may be a little old; the writer where there is no reader. */
  readonly reader: string;
  readonly port: number;
  /** The proxy's address, which is then the one to use; empty without one. */
  readonly proxy: string;
  readonly proxyPort: number;
  readonly databaseName: string;
  /** Secret with `username` and `password`. */
  readonly secretArn: string;
  readonly tls: {
    /** Certificates of RDS's authorities, of every region of the partition. The proxy's are Amazon's own: in every system's store. */
    readonly caBundleUrl: string;
    /** Client or driver → settings by which it checks certificate and name. */
    readonly settings: Readonly<Record<string, string>>;
  };
  readonly iamAuthentication: boolean;
  readonly failover: readonly string[];
}

export interface GuideFacts extends Omit<ConnectionGuide, "tls" | "failover" | "proxyPort"> {
  readonly kind: EngineKind;
  readonly usualPort: number;
  readonly partition: string;
  readonly region: string;
  readonly aurora: boolean;
}

/** Returns where RDS's certificates are: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html#UsingWithRDS.SSL.CertificatesDownload. */
export function caBundleUrl(partition: string, region: string): string {
  if (partition === "aws-cn") return "https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/global/global-bundle.pem";
  if (partition === "aws-us-gov")
    return `https://truststore.pki.${region}.rds.amazonaws.com/${region}/${region}-bundle.pem`;
  return "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem";
}

const PEM = "global-bundle.pem";
const POSTGRES = {
  libpq: `sslmode=verify-full sslrootcert=${PEM}`,
  "PostgreSQL JDBC": `sslmode=verify-full&sslrootcert=${PEM}`,
  "node-postgres": `ssl: { ca: readFileSync("${PEM}"), rejectUnauthorized: true }`,
  psycopg: `sslmode="verify-full", sslrootcert="${PEM}"`,
  Npgsql: `SSL Mode=VerifyFull;Root Certificate=${PEM}`,
};
const MYSQL = {
  "mysql client": `--ssl-mode=VERIFY_IDENTITY --ssl-ca=${PEM}`,
  "MySQL Connector/J": "sslMode=VERIFY_IDENTITY&trustCertificateKeyStoreUrl=<store made from the bundle>",
  "MariaDB Connector/J": `sslMode=verify-full&serverSslCert=${PEM}`,
  mysql2: `ssl: { ca: readFileSync("${PEM}"), verifyIdentity: true }`,
  PyMySQL: `ssl_ca="${PEM}", ssl_verify_cert=True, ssl_verify_identity=True`,
};
const SETTINGS: Readonly<Record<EngineKind, Readonly<Record<string, string>>>> = {
  postgres: POSTGRES,
  "aurora-postgresql": POSTGRES,
  mysql: MYSQL,
  mariadb: MYSQL,
  "aurora-mysql": MYSQL,
  oracle: {
    "Oracle Net": "(PROTOCOL=TCPS) and (SECURITY=(SSL_SERVER_DN_MATCH=YES)), with a wallet made from the bundle",
    "Oracle JDBC": "jdbc:oracle:thin:@tcps://…?ssl_server_dn_match=true, javax.net.ssl.trustStore made from the bundle",
    "python-oracledb": `protocol="tcps", ssl_server_dn_match=True, wallet_location=<folder with ${PEM} as ewallet.pem>`,
  },
  sqlserver: {
    "SQL Server JDBC": "encrypt=true;trustServerCertificate=false;trustStore=<store made from the bundle>",
    "Microsoft.Data.SqlClient": `Encrypt=Strict;ServerCertificate=${PEM}`,
    "ODBC Driver 18": "Encrypt=yes;TrustServerCertificate=no",
    tedious: `options: { encrypt: true, trustServerCertificate: false, cryptoCredentialsDetails: { ca: readFileSync("${PEM}") } }`,
  },
};

/** Returns advice for failovers. A failover is a change of DNS: a client that keeps an old answer, or an old connection, is cut off longer than the database. */
function failover({ aurora, kind, proxy }: GuideFacts): string[] {
  const advice = [
    "Failover moves the name to another address: keep DNS answers for 5 seconds at most. Java keeps them longer, for ever with a security manager: set networkaddress.cache.ttl=5 and networkaddress.cache.negative.ttl=3 in java.security, or by Security.setProperty before the first look-up.",
    "Open connections break: have the pool check a connection before it lends it, end connections after 30 minutes, and set connect and read timeouts, so that none waits for a host that is gone.",
    "Reconnect with growing, random pauses, for two minutes at least, and repeat a transaction only when it is safe to run twice.",
  ];
  if (aurora || kind === "postgres" || kind === "mysql") {
    advice.push(
      "AWS's wrapper drivers (JDBC, Python, Node.js, ODBC) follow a failover by the cluster's own topology, faster than DNS: plugins failover2 and efm2.",
    );
  }
  if (kind === "mysql" || kind === "aurora-mysql" || kind === "mariadb") {
    advice.push(
      "A connection kept over a failover may now reach a reader: errors 1290 and 1836 (read only) mean: connect anew.",
    );
  }
  if (proxy !== "")
    advice.push("The proxy keeps connections through most failovers: use its address wherever the engine lets you.");
  return advice;
}

/** Returns the guide of a database. */
export function connectionGuide(facts: GuideFacts): ConnectionGuide {
  const { kind, partition, region, aurora: _, usualPort, ...known } = facts;
  return {
    ...known,
    proxyPort: usualPort,
    tls: { caBundleUrl: caBundleUrl(partition, region), settings: SETTINGS[kind] },
    failover: failover(facts),
  };
}
