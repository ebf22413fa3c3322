import { deepEqual, equal, match, ok } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { CompiledContract } from "../../contracts/compiled";
import { bindColumns, compareHeader, HEADER_WINDOW, readHeader, type HeaderSource } from "../../contracts/header";
import { compiled, contractText } from "./fixtures";

const SOURCE: HeaderSource = {
  delimiter: ",",
  quote: '"',
  encoding: "auto",
  header: { ordered: false, extraColumns: "reject", case: "sensitive", allowEmpty: false },
};

function read(
  body: string | Buffer,
  source: Partial<HeaderSource> = {},
  complete = true,
  expected?: readonly string[],
) {
  return readHeader(Buffer.from(body), { ...SOURCE, ...source }, { complete, expected });
}

function columnsOf(body: string | Buffer, source: Partial<HeaderSource> = {}, complete = true): readonly string[] {
  const result = read(body, source, complete);
  if (!result.ok) throw new Error(`${result.reason}: ${result.message}`);
  return result.columns;
}

const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();

describe("Reading a header", () => {
  it("gives the columns and the plainest dialect for plain text", () => {
    deepEqual(read("id,name\n1,a\n"), {
      ok: true,
      columns: ["id", "name"],
      dialect: { encoding: "utf-8", bom: false, delimiter: ",", quote: '"', compression: "none" },
    });
  });

  for (const [what, body, dialect] of [
    ["a UTF-8 byte order mark", Buffer.from("\ufeffid,größe\n1,2\n"), { encoding: "utf-8", bom: true }],
    [
      "UTF-16, little end first, with mark",
      Buffer.from("\ufeffid,größe\n1,2\n", "utf16le"),
      { encoding: "utf-16le", bom: true },
    ],
    ["UTF-16, big end first, with mark", utf16be("\ufeffid,größe\n1,2\n"), { encoding: "utf-16be", bom: true }],
    [
      "UTF-16, little end first, without mark",
      Buffer.from("id,größe\n1,2\n", "utf16le"),
      { encoding: "utf-16le", bom: false },
    ],
    ["UTF-16, big end first, without mark", utf16be("id,größe\n1,2\n"), { encoding: "utf-16be", bom: false }],
    ["Latin-1", Buffer.from("id,größe\n1,2\n", "latin1"), { encoding: "latin-1", bom: false }],
    ["gzip under any name", gzipSync("id,größe\n1,2\n"), { encoding: "utf-8", compression: "gzip" }],
    [
      "gzipped UTF-16 with mark",
      gzipSync(Buffer.from("\ufeffid,größe\n1,2\n", "utf16le")),
      { encoding: "utf-16le", bom: true, compression: "gzip" },
    ],
  ] as const) {
    it(`recognises ${what}`, () => {
      const result = read(body);
      ok(result.ok, JSON.stringify(result));
      deepEqual(result.columns, ["id", "größe"]);
      deepEqual({ ...result.dialect, ...dialect }, result.dialect);
    });
  }

  it("takes a file for UTF-8 although one of its rows is broken", () => {
    const result = read(Buffer.concat([Buffer.from("id,größe\n1,"), Buffer.from([0xff]), Buffer.from("\n")]));
    ok(result.ok && result.dialect.encoding === "utf-8");
  });

  it("does not mind a character cut off at the end of what was read", () => {
    const whole = Buffer.from("id,name\n1,größe", "utf8");
    const result = read(whole.subarray(0, whole.indexOf(0xc3) + 1), { encoding: "utf-8" }, false);
    ok(result.ok && result.dialect.encoding === "utf-8");
  });

  it("reads quoted names with delimiters, quotes and line ends in them", () => {
    deepEqual(columnsOf('"a,b","c""d","e\nf",g"h\r\n1,2,3,4\r\n'), ["a,b", 'c"d', "e\nf", 'g"h']);
  });

  it("ends the header at any kind of line end and skips empty lines before it", () => {
    for (const end of ["\n", "\r\n", "\r"]) deepEqual(columnsOf(`${end}${end}a,b${end}1,2${end}`), ["a", "b"]);
  });

  it("trims names", () => deepEqual(columnsOf(" a ,\tb\n1,2\n"), ["a", "b"]));

  for (const delimiter of [",", ";", "\t", "|"] as const) {
    it(`finds the delimiter ${JSON.stringify(delimiter)}, also when others are inside quotes`, () => {
      const result = read(`a${delimiter}"x,y;z|w"${delimiter}c\n1${delimiter}2${delimiter}3\n`, { delimiter: "auto" });
      ok(result.ok);
      equal(result.dialect.delimiter, delimiter);
      deepEqual(result.columns, ["a", "x,y;z|w", "c"]);
    });
  }

  it("lets the contract's columns decide between two delimiters", () => {
    const result = read("a,x;b,y;c,z\n1;2;3\n", { delimiter: "auto" }, true, ["a,x", "b,y", "c,z"]);
    ok(result.ok && result.dialect.delimiter === ";");
  });

  it("takes a file of one column when the contract has one", () => {
    ok(read("id\n1\n", { delimiter: "auto" }, true, ["id"]).ok);
  });

  for (const [what, body, source, reason, message] of [
    ["nothing", "", {}, "empty-file", /empty/],
    ["blank lines only", "\r\n\n\n", {}, "empty-file", /blank lines/],
    ["compressed nothing", gzipSync(""), {}, "empty-file", /empty/],
    ["a header and nothing else", "a,b", {}, "header-only", /no rows/],
    ["a header and blank lines", "a,b\r\n\r\n", {}, "header-only", /no rows/],
    ["another delimiter than the contract's", "a;b;c\n1;2;3\n", {}, "delimiter", /"," ; |";"/],
    ["no delimiter at all", "hello\nworld\n", { delimiter: "auto" }, "delimiter", /none of the delimiters/],
    ["a zip archive", Buffer.from("PK\u0003\u0004....."), {}, "not-csv", /zip archive/],
    ["Parquet", "PAR1....", {}, "not-csv", /Parquet/],
    ["JSON", '{"a": 1}\n', {}, "not-csv", /JSON/],
    ["a JSON list", '[{"a": 1}]\n', {}, "not-csv", /JSON/],
    ["HTML", "<!DOCTYPE html>\n<html>", {}, "not-csv", /HTML/],
    ["binary data", Buffer.from([1, 2, 0, 0, 7, 0, 9, 0, 0, 0, 0, 3]), {}, "not-csv", /binary/],
    ["control characters", "a\u0001b,c\n1,2\n", {}, "not-csv", /control/],
    ["broken gzip", Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from("nonsense")]), {}, "not-csv", /gzip/],
    ["a quote that is never closed", '"a,b\n1,2\n', {}, "not-csv", /never closed/],
    [
      "UTF-16 where UTF-8 was agreed",
      Buffer.from("\ufeffa,b\n1,2\n", "utf16le"),
      { encoding: "utf-8" },
      "encoding",
      /utf-16.*utf-8/,
    ],
    ["UTF-8 where UTF-16 was agreed", "a,b\n1,2\n", { encoding: "utf-16" }, "encoding", /utf-16/],
    [
      "Latin-1 in a header agreed to be UTF-8",
      Buffer.from("größe,b\n1,2\n", "latin1"),
      { encoding: "utf-8" },
      "encoding",
      /utf-8/,
    ],
  ] as const) {
    it(`refuses ${what} as ${reason}`, () => {
      const result = read(body, source, true, ["a", "b", "c"]);
      ok(!result.ok, JSON.stringify(result));
      equal(result.reason, reason);
      match(result.message, message);
    });
  }

  it("accepts a header without rows where the contract does", () => {
    ok(read("a,b\n", { header: { ...SOURCE.header, allowEmpty: true } }).ok);
  });

  it("does not take a header for the whole file when there is more of it", () => {
    ok(read("a,b\n", {}, false).ok);
  });

  it("refuses a header that does not end within the window, quoted or not", () => {
    for (const body of [`a,${"b".repeat(HEADER_WINDOW)}`, `a,"${"b\n".repeat(HEADER_WINDOW)}`]) {
      const result = read(Buffer.from(body).subarray(0, HEADER_WINDOW), {}, false);
      ok(!result.ok);
      equal(result.reason, "header-too-long");
    }
  });

  it("reads the header of a gzip file from its first bytes alone", () => {
    let noise = 1;
    const rows = Array.from({ length: 50_000 }, () => String((noise = (noise * 48_271) % 2_147_483_647))).join("\n");
    const body = gzipSync(`id\n${rows}\n`);
    ok(body.length > HEADER_WINDOW);
    deepEqual(columnsOf(body.subarray(0, HEADER_WINDOW), {}, false), ["id"]);
  });

  it("does not inflate a bomb", () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, "a"));
    const result = read(bomb);
    ok(!result.ok && result.reason === "header-too-long", JSON.stringify(result).slice(0, 200));
  });

  it("gives back any names that were written by the rules, in any dialect", () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
      .filter((text) => text.trim() === text && !/[\u0000-\u001f\u007f-\u009f\ufeff\ufffd]/.test(text));
    const encodings = {
      "utf-8": (text: string) => Buffer.from(text, "utf8"),
      "utf-8 with mark": (text: string) => Buffer.from(`\ufeff${text}`, "utf8"),
      "utf-16le with mark": (text: string) => Buffer.from(`\ufeff${text}`, "utf16le"),
      "utf-16be with mark": (text: string) => utf16be(`\ufeff${text}`),
    };
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 2, maxLength: 8 }),
        fc.constantFrom(",", ";", "\t", "|"),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.constantFrom(...Object.values(encodings)),
        fc.boolean(),
        (names, delimiter, end, encode, zip) => {
          const quoted = names.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter);
          const text = encode(`${quoted}${end}${names.map(() => "1").join(delimiter)}${end}`);
          const result = read(zip ? gzipSync(text) : text, { delimiter: delimiter as "," }, true, names);
          ok(result.ok, JSON.stringify(result));
          deepEqual(result.columns, names);
          equal(result.dialect.delimiter, delimiter);
          equal(result.dialect.compression, zip ? "gzip" : "none");
        },
      ),
      { numRuns: 300 },
    );
  });

  it("answers any bytes with columns or with a reason in words", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.boolean(),
        fc.constantFrom("auto", ","),
        (bytes, complete, delimiter) => {
          const result = readHeader(bytes, { ...SOURCE, delimiter: delimiter as "auto" }, { complete });
          if (result.ok) ok(result.columns.length > 0);
          else ok(result.message.length > 10 && result.message.endsWith("."));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("Comparing a header with the contract", () => {
  const contract = (header = "{}", columns?: string): CompiledContract =>
    compiled(contractText({ columns, rest: `source: { header: ${header} }` }));
  const compare = (columns: readonly string[], header?: string, own?: string) =>
    compareHeader(contract(header, own), columns);

  it("is content with the contract's columns in any order", () => {
    const { ok: fine, order } = compare(["ordered", "id", "amount", "shop"]);
    deepEqual({ fine, order }, { fine: true, order: "different" });
    equal(compare(["id", "shop", "amount", "ordered"]).order, "same");
  });

  it("insists on the order where the contract does", () => {
    const { ok: fine, message } = compare(["ordered", "id", "amount", "shop"], "{ ordered: true }");
    ok(!fine);
    match(message ?? "", /order: "id", "shop", "amount", "ordered"/);
  });

  it("names what is missing, too much and there twice, in one sentence", () => {
    const result = compare(["id", "id", "amount", "colour"]);
    ok(!result.ok);
    deepEqual(
      { missing: result.missing, unexpected: result.unexpected, duplicates: result.duplicates },
      { missing: ["shop", "ordered"], unexpected: ["colour"], duplicates: ["id"] },
    );
    match(result.message ?? "", /missing: "shop", "ordered"; not in the contract: "colour"; more than once: "id"/);
  });

  it("tells a renamed column from a missing one", () => {
    deepEqual(compare(["ID", "shop", "amuont", "ordered"]).renamed, [
      { expected: "id", found: "ID" },
      { expected: "amount", found: "amuont" },
    ]);
  });

  it("ignores columns too many and case where the contract says so", () => {
    ok(compare(["ID", "Shop", "AMOUNT", "ordered", "colour"], "{ extraColumns: ignore, case: insensitive }").ok);
    ok(!compare(["ID", "shop", "amount", "ordered"]).ok);
  });

  const OPTIONAL = "  - { name: id, type: int }\n  - { name: amount, type: int, optional: true }";

  it("lets an optional column be missing, but not be misspelt", () => {
    ok(compare(["id"], "{ extraColumns: ignore }", OPTIONAL).ok);
    ok(compare(["id", "colour"], "{ extraColumns: ignore }", OPTIONAL).ok);
    ok(!compare(["id", "Amount"], "{ extraColumns: ignore }", OPTIONAL).ok);
  });

  it("binds the contract's columns to their places in the file", () => {
    deepEqual(bindColumns(contract("{ case: insensitive }", OPTIONAL).plan, ["AMOUNT", "x", "Id"]), [2, 0]);
    deepEqual(bindColumns(contract("{}", OPTIONAL).plan, ["x", "id"]), [1, undefined]);
  });
});
