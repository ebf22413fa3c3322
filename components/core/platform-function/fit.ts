/** Whether a function's code fits into Lambda: its size, and what its native files need of the processor and of Linux. */

import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { readElf, type Architecture, type Elf } from "./elf";

/** Bytes of a function's code when it is unpacked (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
export const MAX_UNPACKED_BYTES = 262_144_000;
/** Bytes of a zip that is uploaded with the request, as the AWS provider does it (the same page: 50 MB). */
export const MAX_ZIPPED_BYTES = 52_428_800;

/**
 * The newest versions of symbols that Amazon Linux 2023 has, on which the runtime of the functions runs: glibc 2.34 and the
 * libraries of GCC 11 (https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html,
 * https://gcc.gnu.org/onlinedocs/libstdc++/manual/abi.html).
 */
const NEWEST: Readonly<Record<string, readonly number[]>> = {
  GLIBC: [2, 34],
  GLIBCXX: [3, 4, 29],
  CXXABI: [1, 3, 13],
  GCC: [11, 0, 0],
};

/** The shared libraries that Amazon Linux 2023 brings along. Others must be in the bundle. */
const OF_THE_SYSTEM =
  /^(ld-linux-(x86-64|aarch64)\.so|libc\.so|libm\.so|libdl\.so|libpthread\.so|librt\.so|libgcc_s\.so|libstdc\+\+\.so)(\.\d+)*$/;

const ELF_MAGIC = 0x7f454c46;

/** Finds why Lambda would refuse the code in a folder, or fail to load it. */
export function fitProblems(folder: string, architecture: Architecture): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const problems: string[] = [];
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  if (bytes > MAX_UNPACKED_BYTES) {
    problems.push(`the code has ${bytes} bytes when it is unpacked; Lambda takes ${MAX_UNPACKED_BYTES} at most`);
  }
  const present = new Set(files.map((file) => basename(file)));
  for (const file of files.filter(isElf)) {
    const name = relative(folder, file);
    problems.push(...nativeProblems(readElf(file), architecture, present).map((problem) => `${name} ${problem}`));
  }
  return problems;
}

/** Finds why a native file would not load. `present` has the names of the files beside it. */
export function nativeProblems(elf: Elf, architecture: Architecture, present: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  if (elf.machine !== architecture) problems.push(`is made for ${elf.machine}, not for ${architecture}`);
  for (const library of elf.libraries) {
    if (!OF_THE_SYSTEM.test(library) && !present.has(library)) {
      problems.push(`needs ${library}, which neither the bundle nor Amazon Linux 2023 has`);
    }
  }
  for (const { library, version } of elf.versions) {
    const [, family = "", numbers = ""] = /^([A-Z]+)_([\d.]+)$/.exec(version) ?? [];
    const newest = NEWEST[family];
    if (newest === undefined) {
      if (OF_THE_SYSTEM.test(library)) problems.push(`needs ${version} of ${library}, of which nothing is known here`);
    } else if (isNewer(numbers.split(".").map(Number), newest)) {
      problems.push(`needs ${version}; Amazon Linux 2023 has ${family}_${newest.join(".")} at most`);
    }
  }
  return problems;
}

function isNewer(version: readonly number[], than: readonly number[]): boolean {
  for (let i = 0; i < Math.max(version.length, than.length); i++) {
    const difference = (version[i] ?? 0) - (than[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function isElf(file: string): boolean {
  const start = Buffer.alloc(4);
  const open = openSync(file, "r");
  try {
    return readSync(open, start, 0, 4, 0) === 4 && start.readUInt32BE(0) === ELF_MAGIC;
  } finally {
    closeSync(open);
  }
}
