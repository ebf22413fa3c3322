/**
 * Turns date and timestamp formats (`dd/MM/yyyy`, `yyyy-MM-dd'T'HH:mm:ssXXX`) into one regular expression and a replacement
 * that puts the digits into ISO order. The engines' own date parsers are not used, because they accept different texts.
 */

export interface ParsedFormat {
  /** Matches the whole text. It uses only what RE2 and Java read alike. */
  readonly regex: string;
  /** Group numbers and literals that make `yyyy-MM-dd` or `yyyy-MM-dd HH:mm:ss.ffffff±HH:MM`; absent for text in ISO. */
  readonly iso?: readonly (number | string)[];
  /** Whether the text names its offset from UTC. */
  readonly zoned: boolean;
}

/** The first year accepted: earlier years are mostly mistakes, and the engines differ on year 0. */
const YEAR = "[1-9][0-9]{3}";
const HOUR = "(?:[01][0-9]|2[0-3])";
const MINUTE = "[0-5][0-9]";
const ZONE = "(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])";

/** The format of a date when the contract gives none. */
export const DEFAULT_DATE_FORMAT = "yyyy-MM-dd";

/** The format of a timestamp when the contract gives none, in words. */
export const DEFAULT_TIMESTAMP_FORMAT = "ISO 8601";

const FIELDS: Readonly<Record<string, { part: string; regex: string; prefix?: string }>> = {
  yyyy: { part: "year", regex: YEAR },
  yy: { part: "year", regex: "[0-9]{2}", prefix: "20" },
  MM: { part: "month", regex: "[0-9]{2}" },
  M: { part: "month", regex: "[0-9]{1,2}" },
  dd: { part: "day", regex: "[0-9]{2}" },
  d: { part: "day", regex: "[0-9]{1,2}" },
  HH: { part: "hour", regex: HOUR },
  H: { part: "hour", regex: "(?:[01]?[0-9]|2[0-3])" },
  mm: { part: "minute", regex: MINUTE },
  ss: { part: "second", regex: MINUTE },
  S: { part: "fraction", regex: "[0-9]{1,6}" },
  XXX: { part: "zone", regex: ZONE },
};

const LETTERS = `${Object.keys(FIELDS).join(", ")}, and other letters between apostrophes`;

/** Reads a format. Returns a string when something is wrong with it. */
export function parseFormat(format: string, kind: "date" | "timestamp"): ParsedFormat | string {
  const groups: string[] = [];
  const found = new Map<string, { group: number; prefix: string }>();
  let regex = "";
  for (let i = 0; i < format.length;) {
    const char = format.charAt(i);
    if (char === "'") {
      const end = format.indexOf("'", i + 1);
      if (end === -1) return `the apostrophe in "${format}" is not closed`;
      regex += quoteRegex(end === i + 1 ? "'" : format.slice(i + 1, end));
      i = end + 1;
      continue;
    }
    if (!/[A-Za-z]/.test(char)) {
      regex += quoteRegex(char);
      i += 1;
      continue;
    }
    const run = /^(.)\1*/.exec(format.slice(i))?.[0] ?? char;
    const letters = run.startsWith("S") ? "S" : run;
    const field = FIELDS[letters];
    if (field === undefined) return `"${run}" in "${format}" is not known; allowed: ${LETTERS}`;
    if (found.has(field.part)) return `"${format}" names the ${field.part} twice`;
    groups.push(run);
    found.set(field.part, { group: groups.length, prefix: field.prefix ?? "" });
    regex += `(${letters === "S" ? (run.length === 1 ? "[0-9]{1,6}" : `[0-9]{${run.length}}`) : field.regex})`;
    i += run.length;
    if (letters === "S" && run.length > 6) return `"${format}" has more than the 6 digits of a second that are kept`;
  }
  const parts = [...found.keys()];
  const needed = kind === "date" ? ["year", "month", "day"] : ["year", "month", "day", "hour"];
  const lacking = needed.filter((part) => !parts.includes(part));
  if (lacking.length > 0) return `"${format}" lacks the ${lacking.join(", the ")}`;
  if (kind === "date") {
    const extra = parts.filter((part) => !needed.includes(part));
    if (extra.length > 0)
      return `"${format}" names the ${extra.join(", the ")}, which a date has not; use type timestamp`;
  }
  if (parts.includes("second") && !parts.includes("minute")) return `"${format}" has seconds but no minutes`;
  if (parts.includes("fraction") && !parts.includes("second")) return `"${format}" has a fraction but no seconds`;
  const piece = (part: string): (number | string)[] => {
    const field = found.get(part);
    if (field === undefined) return ["00"];
    return field.prefix === "" ? [field.group] : [field.prefix, field.group];
  };
  const iso: (number | string)[] = [...piece("year"), "-", ...piece("month"), "-", ...piece("day")];
  if (kind === "timestamp") {
    iso.push(" ", ...piece("hour"), ":", ...piece("minute"), ":", ...piece("second"));
    if (found.has("fraction")) iso.push(".", ...piece("fraction"));
    if (found.has("zone")) iso.push(...piece("zone"));
  }
  return { regex, iso, zoned: found.has("zone") };
}

/** The format `yyyy-MM-dd`, which both engines cast. The expression keeps out other forms that they know. */
export const ISO_DATE: ParsedFormat = { regex: `${YEAR}-[0-9]{2}-[0-9]{2}`, zoned: false };

const DAY = `${YEAR}-[0-9]{2}-[0-9]{2}`;
const OFFSET = "[+-](?:0[0-9]|1[0-4]):[0-5][0-9]";

/**
 * The forms of ISO 8601 with a space or a T, optional seconds and up to nine digits of their fraction (microseconds are kept),
 * with or without an offset. Without an offset the time is UTC. The most frequent forms come first and are cast as they are.
 */
export const ISO_TIMESTAMPS: readonly ParsedFormat[] = [
  { regex: `${DAY}[ T]${HOUR}:${MINUTE}:${MINUTE}(?:[.][0-9]{1,6})?Z?`, zoned: false },
  { regex: `${DAY}[ T]${HOUR}:${MINUTE}:${MINUTE}(?:[.][0-9]{1,6})?${OFFSET}`, zoned: true },
  { regex: `(${DAY})[ T](${HOUR}:${MINUTE})(${ZONE})?`, iso: [1, " ", 2, ":00", 3], zoned: true },
  {
    regex: `(${DAY})[ T](${HOUR}:${MINUTE}:${MINUTE}[.][0-9]{6})[0-9]{1,3}(${ZONE})?`,
    iso: [1, " ", 2, 3],
    zoned: true,
  },
];

/** Makes a regular expression that matches exactly this text. */
export function quoteRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
