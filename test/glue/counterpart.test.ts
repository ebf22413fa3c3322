import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import iconv from "iconv-lite";
import { REPOSITORY, sparkHome } from "./lake";

/** Runs Python code with the local counterpart of Glue's library; the code prints JSON. */
function python(code: string, input: unknown): unknown {
  const preamble = "import json, sys\ngiven = json.load(sys.stdin)\n";
  const output = execFileSync(join(sparkHome(), "venv", "bin", "python"), ["-c", preamble + code], {
    input: JSON.stringify(input),
    env: { ...process.env, PYTHONPATH: join(REPOSITORY, "local", "glue"), PYTHONDONTWRITEBYTECODE: "1" },
    encoding: "utf8",
  });
  return JSON.parse(output);
}

const PARSE = `
import base64
from awsglue.dynamicframe import parse
def outcome(name, body):
    try:
        return list(parse(name, base64.b64decode(body)))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
print(json.dumps([outcome(*one) for one in given]))
`;

const TEXT = "Möwe,1\nGrüße,2\n";
const ROWS = [
  ["Möwe", "1"],
  ["Grüße", "2"],
];

describe("the local counterpart of Glue's library", function () {
  this.timeout(30_000);

  it("reads what Glue's CSV reader reads, and fails with Glue's error on everything else", () => {
    const cases: readonly (readonly [name: string, body: Buffer, expected: unknown])[] = [
      ["plain.csv", Buffer.from(TEXT), ROWS],
      ["packed.csv.gz", gzipSync(TEXT), ROWS],
      [
        "utf-16le.csv",
        iconv.encode(TEXT, "utf-16le", { addBOM: true }),
        "FatalException: Unable to parse file: utf-16le.csv",
      ],
      [
        "utf-16be.csv",
        iconv.encode(TEXT, "utf-16be", { addBOM: true }),
        "FatalException: Unable to parse file: utf-16be.csv",
      ],
      ["latin-1.csv", iconv.encode(TEXT, "latin1"), "FatalException: Unable to parse file: latin-1.csv"],
      ["packed.csv", gzipSync(TEXT), "FatalException: Unable to parse file: packed.csv"],
      ["packed.gz.csv", gzipSync(TEXT), "FatalException: Unable to parse file: packed.gz.csv"],
      ["text.csv.gz", Buffer.from(TEXT), "OSError: incorrect header check"],
      ["cut.csv.gz", gzipSync(TEXT).subarray(0, 20), "OSError: Unexpected end of input stream"],
      [
        "latin-1.csv.gz",
        gzipSync(iconv.encode(TEXT, "latin1")),
        "FatalException: Unable to parse file: latin-1.csv.gz",
      ],
      [
        "packed.csv.zst",
        Buffer.from(TEXT),
        "NotImplementedError: packed.csv.zst ends in .zst: Glue's documentation names gzip and bzip2 only",
      ],
      [
        "no-mark.csv",
        iconv.encode("a,1\n", "utf-16le", { addBOM: false }),
        "NotImplementedError: no-mark.csv has NUL characters: how Glue reads them is not documented",
      ],
    ];
    const found = python(
      PARSE,
      cases.map(([name, body]) => [name, body.toString("base64")]),
    ) as readonly unknown[];
    for (const [at, [name, , expected]] of cases.entries()) assert.deepEqual(found[at], expected, name);
  });

  it("refuses an option that has an effect on Glue and would have none here", () => {
    const code = `
from awsglue.context import GlueContext
context = GlueContext.__new__(GlueContext)
def outcome(connection, format):
    try:
        context.create_dynamic_frame.from_options("s3", connection, format="csv", format_options=format)
    except NotImplementedError as error:
        return str(error)
print(json.dumps([outcome(*one) for one in given]))
`;
    const refused = (name: string) => `options that the local counterpart of Glue does not know: ${name}`;
    assert.deepEqual(
      python(code, [
        [{ paths: [], compressionType: "gzip" }, { withHeader: false }],
        [{ paths: [] }, { withHeader: false, optimizePerformance: true }],
      ]),
      [refused("compressionType"), refused("optimizePerformance")],
    );
  });

  it("takes an object for new once for each time it was modified, and at most 1,000 of the last quarter of an hour", () => {
    const code = `
import tempfile
from awsglue.bookmarks import Bookmark
folder, answers = tempfile.mkdtemp(), []
for began, objects in given:
    bookmark = Bookmark(folder, "job")
    answers.append([address for address, _ in bookmark.take("raw", began, [tuple(one) for one in objects])])
    bookmark.commit()
print(json.dumps(answers))
`;
    const burst = Array.from({ length: 1_001 }, (_, at) => [`burst-${at}`, 9_000 + at / 10_000] as const);
    const runs = [
      [5_000, [["a", 4_000], ["b", 4_990]]],
      [5_100, [["a", 4_000], ["b", 4_990], ["c", 5_050]]],
      [5_200, [["b", 5_150]]],
      [9_001, burst],
      [9_002, burst],
      [9_902, burst],
    ] as const; // prettier-ignore
    const [first, second, third, most, none, rest] = python(code, runs) as readonly string[][];
    assert.deepEqual([first, second, third], [["a", "b"], ["c"], ["b"]]);
    assert.equal(most?.length, 1_000);
    assert.deepEqual([none, rest], [[], ["burst-1000"]], "the rest comes with the next run that has room");
  });
});
