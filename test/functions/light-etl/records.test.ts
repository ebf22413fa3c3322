import { deepEqual, equal, ok } from "node:assert/strict";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { Utf8Transcoder } from "../../../functions/light-etl/decode";
import { RecordSplitter } from "../../../functions/light-etl/records";

interface Split {
  readonly text: string;
  readonly malformed: readonly (readonly [string, string])[];
  readonly records: number;
}

/** Splits a text that comes in pieces. */
function split(
  text: string,
  fields: number,
  piece = text.length || 1,
  options: { quote?: string; maxRecord?: number } = {},
): Split {
  const malformed: (readonly [string, string])[] = [];
  const splitter = new RecordSplitter({
    delimiter: ",",
    quote: options.quote ?? '"',
    fields,
    maxRecord: options.maxRecord,
    onMalformed: ({ error, line }) => malformed.push([error, line.toString("utf8")]),
  });
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  // What comes out is copied at once: the engine writes it away before the next piece.
  for (let at = 0; at < bytes.length; at += piece)
    out.push(...splitter.push(Buffer.from(bytes.subarray(at, at + piece))));
  out.push(...splitter.end());
  equal(splitter.malformed, malformed.length);
  return { text: Buffer.concat(out).toString("utf8"), malformed, records: splitter.records };
}

describe("Splitting text into records", () => {
  for (const [what, text, good, malformed] of [
    ["leaves the header out", "h,i\n1,2\n", "1,2\n", []],
    ["leaves a quoted header of several lines out", 'h,"i\nj"\n1,2\n', "1,2\n", []],
    ["ends the last record where the file ends", "h,i\n1,2", "1,2\n", []],
    ["keeps CRLF", "h,i\r\n1,2\r\n3,4\r\n", "1,2\r\n3,4\r\n", []],
    ["makes one kind of line end of several", "h,i\n1,2\n3,4\r\n5,6\r7,8\n", "1,2\n3,4\n5,6\n7,8\n", []],
    ["skips empty lines", "h,i\n\n\n1,2\n\r\n\n3,4\n\n", "1,2\n3,4\n", []],
    ["keeps line ends and delimiters in quotes", 'h,i\n1,"a\r\n,""b"\n', '1,"a\r\n,""b"\n', []],
    ["takes a quote inside an unquoted field as it is", 'h,i\n1,a"b\n', '1,a"b\n', []],
    ["quotes a field of a blank and a quote", 'h,i\n1, "a"\n2,"x"\n', '1," ""a"""\n2,"x"\n', []],
    [
      "sets aside records of too few and too many fields",
      "h,i\n1\n1,2\n1,2,3\n",
      "1,2\n",
      [
        ["expected 2 fields, found 1", "1"],
        ["expected 2 fields, found 3", "1,2,3"],
      ],
    ],
    ["does not let a delimiter at the end pass", "h,i\n1,2,\n", "", [["expected 2 fields, found 3", "1,2,"]]],
    [
      "sets aside what goes on after a closing quote, up to the line's end",
      'h,i\n1,"a"b,"c\n2,3\n',
      "2,3\n",
      [["malformed quotes", '1,"a"b,"c']],
    ],
    ["sets aside blanks after a closing quote", 'h,i\n"a" ,1\n2,3\n', "2,3\n", [["malformed quotes", '"a" ,1']]],
    [
      "goes on after the line of a quote that is never closed",
      'h,i\n1,"a\n2,3\n4,5\n',
      "2,3\n4,5\n",
      [["malformed quotes", '1,"a']],
    ],
    ["keeps a field of nothing in quotes in a table of one column", 'h\n""\n\na\n', '""\na\n', []],
  ] as const) {
    it(what, () => {
      const fields = text.startsWith("h\n") ? 1 : 2;
      for (const piece of [1, 2, 3, 7, 1000]) {
        const result = split(text, fields, piece);
        deepEqual(
          { text: result.text, malformed: result.malformed },
          { text: good, malformed: malformed.map((one) => [...one]) },
          `pieces of ${piece}`,
        );
      }
    });
  }

  it("gives up on a record that never ends, and goes on with the next", () => {
    const { text, malformed } = split(`h,i\n1,${"x".repeat(5000)}\n2,3\n4,"${"y\n".repeat(2000)}`, 2, 100, {
      maxRecord: 1000,
    });
    equal(text, "2,3\n");
    equal(malformed[0]?.[0].startsWith("longer than"), true);
    equal(malformed[1]?.[0], "malformed quotes");
  });

  it("finds in any well-formed text the records a CSV library finds, however it is cut into pieces", () => {
    const field = fc.string({ unit: fc.constantFrom("a", "é", "😀", '"', ",", "\n", "\r", " ", "\t"), maxLength: 6 });
    const row = fc.array(field, { minLength: 2, maxLength: 2 });
    const quoted = (text: string, always: boolean) =>
      always || /[",\r\n]/.test(text) || text === "" ? `"${text.replaceAll('"', '""')}"` : text;
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 12 }),
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (rows, end, piece, always) => {
          const text = `h,i${end}${rows.map((r) => r.map((f) => quoted(f, always)).join(",") + end).join("")}`;
          const result = split(text, 2, piece);
          deepEqual(result.malformed, []);
          equal(result.records, rows.length);
          deepEqual(parse(result.text, { record_delimiter: end }), rows);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("loses no record of any text: each is passed on or set aside", () => {
    const text = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " "), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 10 }), (body, piece) => {
        const whole = split(`h,i\n${body}`, 2);
        const pieces = split(`h,i\n${body}`, 2, piece);
        deepEqual(pieces, whole, "pieces make no difference");
        const passed = parse(whole.text, {
          relax_quotes: true,
          // A quoted field may have the other of the two.
          record_delimiter: ["\r\n", "\n"],
        }) as string[][];
        equal(passed.length + whole.malformed.length, whole.records);
        ok(passed.every((record) => record.length === 2));
      }),
      { numRuns: 1000, examples: [[',"\r\n"\r,', 1]] },
    );
  });
});

describe("Transcoding to UTF-8", () => {
  const through = (
    bytes: Buffer,
    encoding: "utf-8" | "utf-16le" | "utf-16be" | "latin-1",
    bom: boolean,
    piece: number,
  ) => {
    const transcoder = new Utf8Transcoder({ encoding, bom });
    const out: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += piece) out.push(transcoder.push(bytes.subarray(at, at + piece)));
    out.push(transcoder.end());
    return Buffer.concat(out).toString("utf8");
  };

  it("gives the text back, whatever the encoding and wherever it is cut", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((one) => !/[\ufeff\ufffd]/.test(one));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), fc.boolean(), (body, piece, bom) => {
        const marked = `${bom ? "\ufeff" : ""}${body}`;
        equal(through(Buffer.from(marked, "utf8"), "utf-8", bom, piece), body);
        equal(through(Buffer.from(marked, "utf16le"), "utf-16le", bom, piece), body);
        equal(through(Buffer.from(marked, "utf16le").swap16(), "utf-16be", bom, piece), body);
        const latin = body.replace(/[^\u0000-\u00ff]/g, "?");
        equal(through(Buffer.from(latin, "latin1"), "latin-1", false, piece), latin);
      }),
    );
  });

  it("puts U+FFFD where bytes are no text, wherever they are cut", () => {
    const bytes = Buffer.concat([
      Buffer.from("a€"),
      Buffer.from([0xe2, 0x82]),
      Buffer.from("b"),
      Buffer.from([0xff, 0xc3]),
    ]);
    for (const piece of [1, 2, 3, 100]) equal(through(bytes, "utf-8", false, piece), "a€\ufffdb\ufffd\ufffd");
  });
});
