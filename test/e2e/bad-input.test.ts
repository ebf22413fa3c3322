import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { VerdictReason } from "../../contracts/flow";
import type { Ingested } from "../../cli/ingest";
import { bird, birds, COLUMNS, flock, HEADER } from "./penguins";
import { deployedPlatform, type DeployedPlatform, type Dropped } from "./platform";

interface Case {
  readonly sentence: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Why it is refused; absent: it is taken. */
  readonly reason?: VerdictReason;
  /** Whether no dataset claims the key, so that the file stays where it is. */
  readonly unclaimed?: true;
  /** Words of the verdict's message. */
  readonly says?: RegExp;
  /** Rows taken and rejected. */
  readonly rows?: readonly [number, number];
}

/** They are dropped before every file, so that an execution for one of them would have claimed it by the end. */
const MARKERS = ["penguins/", "penguins/_SUCCESS", "penguins/2031_$folder$"];

const utf8 = (text: string): Uint8Array => Buffer.from(text, "utf8");
let samples = 1000;
/** Two birds nobody else has. */
const two = (values: Readonly<Record<string, string>> = {}): string[] => [
  bird(samples++, values),
  bird(samples++, values),
];
const renamed = (from: string, to: string): string =>
  COLUMNS.map((column) => (column === from ? to : column)).join(",");
const utf16 = (text: string): Uint8Array => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);

const cases: readonly Case[] = [
  {
    sentence: "a missing column",
    key: "penguins/missing.csv",
    bytes: utf8(flock([bird(1)], COLUMNS.slice(0, -1).join(","))),
    reason: "header-mismatch",
    says: /Comments/,
  },
  {
    sentence: "an extra column",
    key: "penguins/extra.csv",
    bytes: utf8(flock([`${bird(2)},x`], `${HEADER},Nickname`)),
    reason: "header-mismatch",
    says: /Nickname/,
  },
  {
    sentence: "a renamed column",
    key: "penguins/renamed.csv",
    bytes: utf8(flock([bird(3)], renamed("Island", "Isle"))),
    reason: "header-mismatch",
    says: /Isl/,
  },
  {
    sentence: "a column in the wrong case",
    key: "penguins/case.csv",
    bytes: utf8(flock([bird(4)], renamed("Species", "species"))),
    reason: "header-mismatch",
    says: /species/,
  },
  {
    sentence: "a header and no rows",
    key: "penguins/header-only.csv",
    bytes: utf8(`${HEADER}\n`),
    reason: "header-only",
  },
  { sentence: "an empty file", key: "penguins/empty.csv", bytes: new Uint8Array(), reason: "empty-file" },
  {
    sentence: "semicolons",
    key: "penguins/semicolons.csv",
    bytes: utf8(flock([bird(5)]).replaceAll(",", ";")),
    reason: "delimiter",
  },
  {
    sentence: "tabs",
    key: "penguins/tabs.csv",
    bytes: utf8(flock([bird(6)]).replaceAll(",", "\t")),
    reason: "delimiter",
  },
  {
    sentence: "a header of one megabyte",
    key: "penguins/long.csv",
    bytes: utf8(`${"x".repeat(1024 * 1024)},${HEADER}\n${bird(7)}\n`),
    reason: "header-too-long",
  },
  {
    sentence: "no CSV at all",
    key: "penguins/picture.csv",
    bytes: Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]), Buffer.alloc(5000, 7)]),
    reason: "not-csv",
  },
  {
    sentence: "a prefix no dataset has",
    key: "pinguins/typo.csv",
    bytes: utf8(flock([bird(8)])),
    unclaimed: true,
  },
  { sentence: "columns in another order", key: "penguins/reordered.csv", bytes: utf8(reorderedBirds()), rows: [2, 0] },
  {
    sentence: "no newline at the end",
    key: "penguins/no-newline.csv",
    bytes: utf8(flock(two()).trimEnd()),
    rows: [2, 0],
  },
  { sentence: "a byte order mark", key: "penguins/bom.csv", bytes: utf8(`\ufeff${flock(two())}`), rows: [2, 0] },
  {
    sentence: "UTF-16",
    key: "penguins/utf-16.csv",
    bytes: utf16(flock(two({ Comments: "grüße aus Übersee" }))),
    rows: [2, 0],
  },
  {
    sentence: "Latin-1",
    key: "penguins/latin-1.csv",
    bytes: Buffer.from(flock(two({ Comments: "grüße aus Übersee" })), "latin1"),
    rows: [2, 0],
  },
  { sentence: "CRLF line ends", key: "penguins/crlf.csv", bytes: utf8(flock(two(), HEADER, "\r\n")), rows: [2, 0] },
  {
    sentence: "newlines within quotes",
    key: "penguins/newlines.csv",
    bytes: utf8(flock(two({ Comments: 'first line\nsecond, "quoted" line' }))),
    rows: [2, 0],
  },
  { sentence: "gzip under a .csv name", key: "penguins/gzip.csv", bytes: gzipSync(flock(two())), rows: [2, 0] },
  {
    sentence: "a key with spaces, +, % and unicode",
    key: "penguins/2031 11+16/100% größe – 企鹅.csv",
    bytes: utf8(flock(two())),
    rows: [2, 0],
  },
  {
    sentence: "numbers that are none",
    key: "penguins/uncastable.csv",
    bytes: utf8(
      flock([...two(), bird(9, { "Flipper Length (mm)": "about 180" }), bird(10, { "Date Egg": "2031-02-30" })]),
    ),
    rows: [2, 2],
  },
  {
    sentence: "rows of too few and too many fields",
    key: "penguins/ragged.csv",
    bytes: utf8(flock([...two(), "TEST01,11", `${bird(12)},too,many`])),
    rows: [2, 2],
  },
];

function reorderedBirds(): string {
  const lines = flock(two({ Stage: "Adult" }))
    .trimEnd()
    .split("\n");
  return `${lines.map((line) => line.split(",").reverse().join(",")).join("\n")}\n`;
}

describe("whatever is dropped into the raw zone", function () {
  this.timeout(240_000);
  let platform: DeployedPlatform;
  const outcomes = new Map<Case, Promise<Ingested>>();

  before(async () => {
    platform = await deployedPlatform();
    const dropped: [Case, Dropped][] = [];
    for (const key of MARKERS) await platform.drop(key, "");
    for (const one of cases) dropped.push([one, await platform.drop(one.key, one.bytes)]);
    for (const [one, file] of dropped) outcomes.set(one, platform.outcome(file));
    await Promise.allSettled(outcomes.values());
  });

  for (const one of cases) {
    it(`${one.sentence}: ${one.unclaimed ? "left in the raw zone" : one.reason ? `quarantined as ${one.reason}, every byte kept` : `${one.rows?.[0]} rows taken, ${one.rows?.[1]} set aside`}`, async () => {
      const { entry, execution } = (await outcomes.get(one)) as Ingested;
      if (one.unclaimed) {
        assert.equal(entry.status, "UNCLAIMED", entry.reason);
        assert.equal(entry.verdict?.reason, "unknown-dataset");
        assert.equal(execution.status, "SUCCEEDED");
        assert.ok((await platform.keys(entry.file.bucket)).includes(one.key), "it is still in the raw zone");
        return;
      }
      if (one.reason !== undefined) {
        assert.equal(entry.status, "QUARANTINED", entry.reason);
        assert.equal(entry.verdict?.reason, one.reason);
        assert.match(entry.verdict?.message ?? "", one.says ?? /\w/);
        assert.equal(execution.status, "FAILED", "a refused file is seen as a failed execution");
        assert.ok(
          Buffer.from(one.bytes).equals(await platform.read(entry.quarantinedTo ?? "")),
          "the bytes are the same",
        );
        assert.ok(!(await platform.keys(entry.file.bucket)).includes(one.key), "it left the raw zone");
        return;
      }
      assert.equal(entry.status, "DONE", entry.reason ?? entry.verdict?.message);
      const [taken, rejected] = one.rows ?? [0, 0];
      assert.deepEqual(
        { in: entry.rowsIn, out: entry.rowsOut, rejected: entry.rowsRejected },
        { in: taken + rejected, out: taken, rejected },
      );
    });
  }

  it("starts no execution for markers of folders and jobs", async () => {
    const ledger = platform.clients.ledger(platform.outputs.ledgerTable);
    const bucket = platform.outputs.buckets.raw ?? "";
    for (const key of MARKERS) assert.deepEqual(await ledger.versions({ bucket, key }), [], key);
  });

  it("keeps umlauts in every encoding", async () => {
    assert.equal(await platform.value("select count(*) from penguins where comments = 'grüße aus Übersee'"), "4");
  });

  it("keeps quotes and newlines within values", async () => {
    const sql = `select count(*) from penguins where comments like 'first line%second, "quoted" line'`;
    assert.equal(await platform.value(sql), "2");
  });

  it("gives the reason for every rejected row, with the original row", async () => {
    const { rows } = await platform.query(
      "select source_key, reason, record from rejected_rows where source_key in ('penguins/uncastable.csv', 'penguins/ragged.csv') order by source_key, reason",
    );
    const told = rows.map(([key, reason]) => `${key}: ${reason}`).sort();
    assert.deepEqual(told, [
      "penguins/ragged.csv: expected 17 fields, found 19",
      "penguins/ragged.csv: expected 17 fields, found 2",
      'penguins/uncastable.csv: egg_date: expected date, found "2031-02-30"',
      'penguins/uncastable.csv: flipper_length_mm: expected int, found "about 180"',
    ]);
    const flipper = rows.find(([, reason]) => reason?.startsWith("flipper"))?.[2] ?? "{}";
    assert.equal((JSON.parse(flipper) as Record<string, string>)["Flipper Length (mm)"], "about 180");
  });

  it("quarantines, after three runs, what only the engine finds out: the rows it was to replace stay", async () => {
    const key = "penguins/broken-off.csv";
    const good = await platform.ingest(key, flock(birds("BROKEN", 2050, 3)));
    assert.equal(good.entry.status, "DONE", good.entry.reason);
    const whole = gzipSync(flock(birds("BROKEN", 2050, 2000, 101)));
    const bytes = whole.subarray(0, Math.floor(whole.length / 2));
    const { entry, execution } = await platform.ingest(key, bytes);
    assert.equal(entry.status, "QUARANTINED", entry.reason);
    assert.equal(entry.verdict?.reason, "engine-failed");
    assert.match(entry.verdict?.message ?? "", /failed 3 times/);
    assert.equal(execution.status, "FAILED");
    assert.ok(bytes.equals(await platform.read(entry.quarantinedTo ?? "")), "the bytes are the same");
    const { rows } = await platform.query(
      "select count(*), count(distinct sample), max(sample) from penguins where study = 'BROKEN'",
    );
    assert.deepEqual(rows[0], ["3", "3", "3"]);
    assert.equal(await platform.value("select sum(birds) from penguins_by_species where year = 2050"), "3");
  });
});
