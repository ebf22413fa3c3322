/** Reads what a native file needs, from the tables that the dynamic linker reads (https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html). */

import { closeSync, openSync, readSync } from "node:fs";

/** The processors that Lambda has. */
export type Architecture = "x86_64" | "arm64";

export interface Elf {
  readonly machine: Architecture | "another processor";
  /** The shared libraries that the dynamic linker loads with the file. */
  readonly libraries: readonly string[];
  /** The versions of symbols that must exist in them: `GLIBC_2.17` of `libc.so.6`. */
  readonly versions: readonly { readonly library: string; readonly version: string }[];
}

const MACHINES: Readonly<Record<number, Architecture>> = { 62: "x86_64", 183: "arm64" };
const SECTION = { dynamic: 6, versionNeeds: 0x6ffffffe } as const;
const TAG_NEEDED = 1n;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/** Reads a 64-bit file in little-endian byte order. Without its tables it cannot be checked, which is an error. */
export function readElf(path: string): Elf {
  const open = openSync(path, "r");
  try {
    const read = (offset: number, size: number): Buffer => {
      const bytes = Buffer.alloc(size);
      if (readSync(open, bytes, 0, size, offset) < size) throw new Error(`${path} ends too early to be a native file`);
      return bytes;
    };
    return parse(path, read);
  } finally {
    closeSync(open);
  }
}

function parse(path: string, read: (offset: number, size: number) => Buffer): Elf {
  const header = read(0, 64);
  if (header[4] !== 2 || header[5] !== 1) throw new Error(`${path} is not a 64-bit file in little-endian byte order`);
  const [entrySize, count] = [header.readUInt16LE(0x3a), header.readUInt16LE(0x3c)];
  const table = count === 0 ? Buffer.alloc(0) : read(Number(header.readBigUInt64LE(0x28)), entrySize * count);
  const sections = Array.from({ length: count }, (_, at): Section => {
    const entry = table.subarray(at * entrySize);
    return {
      type: entry.readUInt32LE(4),
      offset: Number(entry.readBigUInt64LE(0x18)),
      size: Number(entry.readBigUInt64LE(0x20)),
      link: entry.readUInt32LE(0x28),
    };
  });
  const dynamic = sections.find(({ type }) => type === SECTION.dynamic);
  if (dynamic === undefined) throw new Error(`${path} has no table of what it needs, so it cannot be checked`);

  const content = ({ offset, size }: Section) => read(offset, size);
  const textOf = ({ link }: Section): ((at: number) => string) => {
    const strings = sections[link];
    if (strings === undefined) throw new Error(`${path} has no names for what it needs`);
    const bytes = content(strings);
    return (at) => bytes.toString("latin1", at, bytes.indexOf(0, at));
  };
  const libraries: string[] = [];
  const entries = content(dynamic);
  const nameOf = textOf(dynamic);
  for (let at = 0; at + 16 <= entries.length; at += 16) {
    if (entries.readBigInt64LE(at) === TAG_NEEDED) libraries.push(nameOf(Number(entries.readBigUInt64LE(at + 8))));
  }
  const needs = sections.find(({ type }) => type === SECTION.versionNeeds);
  return {
    machine: MACHINES[header.readUInt16LE(0x12)] ?? "another processor",
    libraries,
    versions: needs === undefined ? [] : versionNeeds(content(needs), textOf(needs)),
  };
}

/** Follows the list of libraries, each with its list of versions. */
function versionNeeds(table: Buffer, text: (at: number) => string): { library: string; version: string }[] {
  const found: { library: string; version: string }[] = [];
  for (let at = 0, next = 1; next !== 0; at += next) {
    const library = text(table.readUInt32LE(at + 4));
    for (let one = at + table.readUInt32LE(at + 8), left = table.readUInt16LE(at + 2); left > 0; left--) {
      found.push({ library, version: text(table.readUInt32LE(one + 8)) });
      one += table.readUInt32LE(one + 12);
    }
    next = table.readUInt32LE(at + 12);
  }
  return found;
}
