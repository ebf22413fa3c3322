/** The Spark engine's code as AWS Glue takes it: a script, and the package that the script imports as a zip. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { output, sources, writeAtomically } from "./bundle";

const PACKAGE = "glue";
const folder = join(sources, PACKAGE);
const ENTRY = "etl.py";
/** Zip archives hold a time for each file. A fixed time keeps the archive the same while its files are. */
const TIME = new Date(1980, 0, 1);

/** The script that a Glue job starts. */
export const SPARK_SCRIPT = join(folder, ENTRY);

/** Makes the package's zip: the same bytes whenever and wherever it is made. */
export function sparkArchive(): Buffer {
  const modules = readdirSync(folder).filter((name) => name.endsWith(".py") && name !== ENTRY);
  const entries = modules.sort().map((name) => [`${PACKAGE}/${name}`, readFileSync(join(folder, name))] as const);
  return Buffer.from(zipSync(Object.fromEntries(entries), { mtime: TIME }));
}

/**
 * Writes the package's zip, unless it is up to date, and returns its path. Glue puts the archive on Python's path
 * (https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-libraries.html).
 */
export function sparkPackage(): string {
  const zip = sparkArchive();
  const file = join(output, `${PACKAGE}.zip`);
  if (!existsSync(file) || !readFileSync(file).equals(zip)) writeAtomically(file, zip);
  return file;
}
