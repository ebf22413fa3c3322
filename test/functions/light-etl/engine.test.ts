import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { BatchFile, SourceState } from "../../../contracts/flow";
import { compile, TestLake } from "./harness";

const ORDERS = `name: orders
description: Orders
owner: orders@example.org
source: { nullValues: ["", NA], delimiter: auto, header: { case: insensitive, extraColumns: ignore } }
columns:
  - { name: id, type: int, nullable: false }
  - { name: shop, type: string, nullable: false }
  - { name: amount, source: Amount (EUR), type: double }
  - { name: note, type: string, optional: true }
partitioning: { keys: [shop] }
aggregates:
  - { name: totals, groupBy: [shop], measures: [{ name: orders, function: count }, { name: total, function: sum, column: amount }] }
  - { name: overall, groupBy: [note], measures: [{ name: orders, function: count }] }
`;

const HEADER = "id,shop,Amount (EUR),note\n";

describe("The light engine", () => {
  let lake: TestLake;
  const use = (contract: string) => (lake = new TestLake(compile(contract)));
  beforeEach(() => void use(ORDERS));
  afterEach(() => {
    deepEqual(lake.leftovers(), [], "nothing stays on the disk");
    lake.dispose();
  });

  const orders = () => lake.rows("processed", "orders/", "SELECT * FROM data ORDER BY ALL");
  const totals = () => lake.rows("curated", "orders_totals/", "SELECT * FROM data ORDER BY ALL");
  const rejected = () => lake.rows("quarantine", "rejected-rows/", "SELECT * FROM data ORDER BY ALL");
  const ids = async () => (await orders()).map((row) => row["id"]);

  it("blames a file that was deleted while it waited, so that it does not come back for ever", async () => {
    const file = lake.drop("deleted.csv", `${HEADER}1,x,1,\n`);
    lake.store.read = () => Promise.reject(Object.assign(new Error("The version is gone."), { name: "NoSuchVersion" }));
    await rejects(lake.run([file]), { name: "UnreadableFile", message: /deleted\.csv: The version is gone/ });
  });

  it("turns a file into Parquet by partition, aggregates, rejected rows and a manifest", async () => {
    const file = lake.drop("a b+ü%.csv", `${HEADER}1,x,1.5,hello\n2,y,NA,\nthree,x,0,\n4,x,2,\n`);
    const { response, manifest } = await lake.run([file]);
    equal(response.outcome, "done");
    const output = (shop: string) => `orders/shop=${shop}/${file.sourceId}-0.parquet`;
    deepEqual(lake.store.keys("processed"), [output("x"), output("y")]);
    deepEqual(await orders(), [
      { id: 1, amount: 1.5, note: "hello" },
      { id: 2, amount: null, note: null },
      { id: 4, amount: 2, note: null },
    ]);
    deepEqual(lake.store.keys("curated"), [
      "orders_overall/part-0.parquet",
      "orders_totals/shop=x/part-0.parquet",
      "orders_totals/shop=y/part-0.parquet",
    ]);
    deepEqual(await totals(), [
      { orders: "1", total: null },
      { orders: "2", total: 3.5 },
    ]);
    deepEqual(await rejected(), [
      {
        source_key: "orders/a b+ü%.csv",
        source_version: "v1",
        run_id: "run-1",
        reason: 'id: expected int, found "three"',
        record: '{"id":"three","shop":"x","Amount (EUR)":"0","note":""}',
      },
    ]);
    deepEqual(manifest.totals, { rowsIn: 4, rowsOut: 3, rowsRejected: 1 });
    deepEqual(manifest.files, [
      {
        sourceId: file.sourceId,
        key: file.key,
        version: "v1",
        rowsIn: 4,
        rowsOut: 3,
        rowsRejected: 1,
        outputs: [output("x"), output("y")],
        rejects: `rejected-rows/dataset=orders/${file.sourceId}.parquet`,
      },
    ]);
    deepEqual(
      manifest.partitions.map(({ table, values, location }) => `${table} ${values.join()} ${location}`),
      [
        "orders x s3://processed/orders/shop=x/",
        "orders y s3://processed/orders/shop=y/",
        "orders_totals x s3://curated/orders_totals/shop=x/",
        "orders_totals y s3://curated/orders_totals/shop=y/",
      ],
    );
    for (const { bucket, key, bytes } of manifest.outputs)
      equal(lake.store.objects.get(`${bucket}/${key}`)?.length, bytes);
    const { outputs, pending } = lake.store.json<SourceState>("artifacts", `sources/orders/${file.sourceId}.json`);
    deepEqual({ outputs, pending }, { outputs: [output("x"), output("y")], pending: undefined });
  });

  it("writes the manifest last", async () => {
    await lake.run([lake.drop("a.csv", `${HEADER}1,x,1,\n`)]);
    equal(lake.store.log.at(-1), "writeText artifacts/runs/orders/run-1/manifest.json");
  });

  it("leaves the same data when it runs the same file again", async () => {
    const file = lake.drop("a.csv", `${HEADER}1,x,1,\n2,y,2,\nbad,x,3,\n`);
    await lake.run([file]);
    const before = [await orders(), await totals(), lake.store.keys("processed"), lake.store.keys("curated")];
    const { manifest } = await lake.run([file]);
    deepEqual([await orders(), await totals(), lake.store.keys("processed"), lake.store.keys("curated")], before);
    deepEqual(manifest.removed, []);
  });

  it("replaces the rows of a file that is uploaded again, in every partition and aggregate", async () => {
    await lake.run([
      lake.drop("a.csv", `${HEADER}1,x,1,\n2,y,2,\nbad,x,3,\n`),
      lake.drop("b.csv", `${HEADER}9,x,9,\n`),
    ]);
    const { manifest } = await lake.run([lake.drop("a.csv", `${HEADER}5,z,5,\n`)]);
    deepEqual(await ids(), [5, 9]);
    deepEqual(await totals(), [
      { orders: "1", total: 5 },
      { orders: "1", total: 9 },
    ]);
    deepEqual(await rejected(), []);
    equal(manifest.removed.length, 4, "two outputs, the rejects and the aggregate of an emptied partition");
    deepEqual(
      manifest.partitions.filter(({ emptied }) => emptied).map(({ table, values }) => [table, ...values]),
      [
        ["orders", "y"],
        ["orders_totals", "y"],
      ],
    );
    ok(!lake.store.keys("curated").includes("orders_totals/shop=y/part-0.parquet"));
    deepEqual(await lake.rows("curated", "orders_overall/"), [{ note: null, orders: "2" }]);
  });

  it("lets the newest version of a key win, within a batch and against what was written before", async () => {
    const old = lake.drop("a.csv", `${HEADER}1,x,1,\n`);
    const late = lake.drop("a.csv", `${HEADER}2,x,2,\n`);
    const { manifest } = await lake.run([late, old]);
    deepEqual(
      manifest.files.map(({ version, superseded, rowsIn }) => [version, superseded ?? false, rowsIn]),
      [
        ["v2", false, 1],
        ["v1", true, 0],
      ],
    );
    const again = await lake.run([old]);
    equal(again.manifest.files[0]?.superseded, true);
    deepEqual(await ids(), [2]);
  });

  it("compares sequencers as S3 means them: padded on the right", async () => {
    await lake.run([lake.drop("a.csv", `${HEADER}1,x,1,\n`, { sequencer: "00A" })]);
    await lake.run([lake.drop("a.csv", `${HEADER}2,x,1,\n`, { sequencer: "009FFF" })]);
    deepEqual(await ids(), [1]);
  });

  for (const operation of [
    "writeFile processed",
    "writeFile curated",
    "remove processed",
    "writeText artifacts/runs",
    "writeText artifacts/sources",
    "list processed",
    "writeFile quarantine",
  ]) {
    it(`ends in the same lake when it dies at "${operation}" and is tried again`, async () => {
      await lake.run([
        lake.drop("a.csv", `${HEADER}1,x,1,\n2,y,2,\n3,w,3,\nbad,x,3,\n`),
        lake.drop("b.csv", `${HEADER}9,y,9,\n`),
      ]);
      const next = lake.drop("a.csv", `${HEADER}5,z,5,\n6,x,6,\nworse,y,1,\n`);
      // Each of its occurrences in turn, until the run gets through.
      let deaths = 0;
      for (let occurrence = 1; ; occurrence++) {
        let seen = 0;
        lake.store.fault = (kind, address) => {
          if (`${kind} ${address}`.startsWith(operation) && ++seen === occurrence) throw new Error("the power is gone");
        };
        const died = await lake.run([next]).then(
          () => false,
          (error: Error) => {
            equal(error.message, "the power is gone");
            return true;
          },
        );
        if (!died) break;
        deaths++;
      }
      ok(deaths > 0);
      lake.store.fault = () => undefined;
      deepEqual(await ids(), [5, 6, 9]);
      deepEqual(await totals(), [
        { orders: "1", total: 5 },
        { orders: "1", total: 6 },
        { orders: "1", total: 9 },
      ]);
      equal((await rejected()).length, 1);
      deepEqual(lake.store.keys("processed").length, 3);
    });
  }

  it("takes up a newer version although an older one died half way", async () => {
    lake.store.fault = (kind, address) => {
      if (kind === "writeFile" && address.startsWith("curated")) throw new Error("gone");
    };
    await rejects(lake.run([lake.drop("a.csv", `${HEADER}1,x,1,\n2,y,2,\n`)]));
    lake.store.fault = () => undefined;
    await lake.run([lake.drop("a.csv", `${HEADER}3,z,3,\n`)]);
    deepEqual(await ids(), [3]);
    deepEqual(lake.store.keys("processed").length, 1);
  });

  const VARIANTS: readonly (readonly [string, (text: string) => Buffer])[] = [
    ["plain UTF-8", (text) => Buffer.from(text)],
    ["a byte order mark", (text) => Buffer.from(`\ufeff${text}`)],
    ["UTF-16, little end first", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16, big end first, without mark", (text) => Buffer.from(text, "utf16le").swap16()],
    ["Latin-1", (text) => Buffer.from(text, "latin1")],
    ["gzip", (text) => gzipSync(text)],
    ["gzip in two members", (text) => Buffer.concat([gzipSync(text.slice(0, 60)), gzipSync(text.slice(60))])],
    ["CRLF", (text) => Buffer.from(text.replaceAll("\n", "\r\n"))],
    ["CR alone", (text) => Buffer.from(text.replaceAll("\n", "\r"))],
    ["no line end at the end", (text) => Buffer.from(text.trimEnd())],
    ["empty lines", (text) => Buffer.from(`\n\n${text.replaceAll("\n", "\n\n")}`)],
    ["semicolons", (text) => Buffer.from(text.replaceAll(",", ";"))],
    ["tabs", (text) => Buffer.from(text.replaceAll(",", "\t"))],
    ["upper-case names", (text) => Buffer.from(text.replace("id,shop", "ID,SHOP"))],
    [
      "another order and a column too many",
      (text) =>
        Buffer.from(
          text.replace(/^([^,]*),([^,]*),([^,]*),(.*)$/gm, (_, a, b, c, d) =>
            [d, b, `extra ${a.length}`, c, a].join(","),
          ),
        ),
    ],
  ];
  it("reads the same rows from every dialect", async () => {
    const text = `${HEADER}1,Köln,1.5,"größer ""x"""\n2,Köln,NA,\n`;
    for (const [name, encode] of VARIANTS) {
      const { manifest } = await lake.run([lake.drop("one.csv", encode(text))]);
      deepEqual(manifest.totals, { rowsIn: 2, rowsOut: 2, rowsRejected: 0 }, name);
      deepEqual(
        await orders(),
        [
          { id: 1, amount: 1.5, note: 'größer "x"' },
          { id: 2, amount: null, note: null },
        ],
        name,
      );
    }
  });

  it("reads files of different dialects and columns in one batch", async () => {
    const files = VARIANTS.map(([name, encode], i) =>
      lake.drop(`${name}.csv`, encode(`${HEADER}${i},Köln,1,größer\n`)),
    );
    const { manifest } = await lake.run([...files, lake.drop("short.csv", "Amount (EUR),shop,id\n7,Bonn,99\n")]);
    equal(manifest.totals.rowsOut, files.length + 1);
    deepEqual(await ids(), [...files.keys(), 99]);
  });

  it("keeps quoted line ends, and rejects malformed records with their text", async () => {
    const body = ['1,x,1,"two\nlines"', "2,x", "3,x,1,,", '4,x,1,"a"b', '5,"x,1,', "6,y,2,fine"].join("\n");
    const { manifest } = await lake.run([lake.drop("a.csv", `${HEADER}${body}\n`)]);
    deepEqual(manifest.totals, { rowsIn: 6, rowsOut: 2, rowsRejected: 4 });
    deepEqual(
      (await orders()).map((row) => row["note"]),
      ["two\nlines", "fine"],
    );
    deepEqual(
      (await rejected()).map(({ reason, record }) => [reason, (JSON.parse(String(record)) as { line: string }).line]),
      [
        ["expected 4 fields, found 2", "2,x"],
        ["expected 4 fields, found 5", "3,x,1,,"],
        ["malformed quotes", '4,x,1,"a"b'],
        ["malformed quotes", '5,"x,1,'],
      ],
    );
  });

  it("gives up on no text: line ends of every kind, within quotes and without, stray quotes, blanks", async () => {
    const unit = fc.constantFrom(
      "a",
      "7",
      '"',
      '"',
      ",",
      ",",
      "\n",
      "\r",
      "\r\n",
      " ",
      '\n"',
      '",',
      "\u001e",
      "1,x,1,y\n",
      '1,x,1,"',
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 400 }), fc.constantFrom("\n", "\r\n"), async (body, end) => {
        lake.dispose();
        use(ORDERS);
        const { manifest } = await lake.run([lake.drop("noise.csv", `${HEADER.trimEnd()}${end}${body}`)]);
        const { rowsIn, rowsOut, rowsRejected } = manifest.totals;
        equal(rowsOut + rowsRejected, rowsIn);
      }),
      { numRuns: 60 },
    );
  });

  it("reads a file whose first record has a line end of another kind in quotes", async () => {
    const { manifest } = await lake.run([lake.drop("a.csv", `${HEADER}1,x,1,"a\rb"\n2,x,1,"c\r\nd"\n3,x,1,e\n`)]);
    deepEqual(manifest.totals, { rowsIn: 3, rowsOut: 3, rowsRejected: 0 });
    deepEqual(
      (await orders()).map((row) => row["note"]),
      ["a\rb", "c\r\nd", "e"],
    );
  });

  it("rejects rows with bytes that are no text, whichever column they are in", async () => {
    const body = Buffer.concat([
      Buffer.from(`\ufeffid,shop,Amount (EUR),note,extra\n1,x,1,ok,\n2,x,1,a`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(",\n3,x,1,,"),
      Buffer.from([0xc3]),
      Buffer.from("\n"),
    ]);
    const { manifest } = await lake.run([lake.drop("a.csv", body)]);
    deepEqual(manifest.totals, { rowsIn: 3, rowsOut: 1, rowsRejected: 2 });
    deepEqual(
      (await rejected()).map((row) => row["reason"]),
      ["invalid utf-8 bytes", "invalid utf-8 bytes"],
    );
  });

  it("takes files of which every row is malformed, and files without rows", async () => {
    const { manifest } = await lake.run([lake.drop("bad.csv", `${HEADER}1\n2\n`), lake.drop("none.csv", HEADER)]);
    deepEqual(manifest.totals, { rowsIn: 2, rowsOut: 0, rowsRejected: 2 });
    deepEqual(lake.store.keys("processed"), []);
    const none = await lake.run([lake.drop("none.csv", HEADER)]);
    deepEqual(none.manifest.totals, { rowsIn: 0, rowsOut: 0, rowsRejected: 0 });
  });

  it("takes a value of three megabytes", async () => {
    await lake.run([lake.drop("a.csv", `${HEADER}1,x,1,"${"long ".repeat(600_000)}"\n`)]);
    equal(String((await orders())[0]?.["note"]).length, 3_000_000);
  });

  it("escapes partition values as Hive does", async () => {
    const file = lake.drop("a.csv", `${HEADER}1,a/b=50%,1,\n`);
    const { manifest } = await lake.run([file]);
    deepEqual(lake.store.keys("processed"), [`orders/shop=a%2Fb%3D50%25/${file.sourceId}-0.parquet`]);
    deepEqual(manifest.partitions[0]?.values, ["a/b=50%"]);
    deepEqual(await totals(), [{ orders: "1", total: 1 }]);
  });

  it("recomputes only the aggregates of the partitions touched, from all files that have rows there", async () => {
    await lake.run([lake.drop("a.csv", `${HEADER}1,x,1,\n2,y,2,\n`)]);
    await lake.run([lake.drop("b.csv", `${HEADER}3,x,10,\n`)]);
    const since = lake.store.log.length;
    await lake.run([lake.drop("c.csv", `${HEADER}4,x,100,\n`)]);
    deepEqual(await totals(), [
      { orders: "1", total: 2 },
      { orders: "3", total: 111 },
    ]);
    const touched = lake.store.log.slice(since).filter((line) => line.startsWith("writeFile curated/orders_totals"));
    deepEqual(touched, ["writeFile curated/orders_totals/shop=x/part-0.parquet"]);
  });

  it("goes on where the contract has gained a column since", async () => {
    await lake.run([lake.drop("a.csv", `${HEADER}1,x,1,\n`)]);
    lake.deploy(
      compile(
        ORDERS.replace("partitioning:", "  - { name: colour, type: string, optional: true }\npartitioning:").replace(
          "groupBy: [note]",
          "groupBy: [colour]",
        ),
      ),
    );
    await lake.run([lake.drop("b.csv", `id,shop,Amount (EUR),colour\n2,x,2,red\n`)]);
    deepEqual(await lake.rows("curated", "orders_overall/", "SELECT * FROM data ORDER BY ALL"), [
      { colour: "red", orders: "1" },
      { colour: null, orders: "1" },
    ]);
  });

  it("says too-large, before anything is published, when the aggregates must read too much", async () => {
    await lake.run([lake.drop("a.csv", `${HEADER}1,x,1,\n`)]);
    const before = lake.store.keys("processed");
    const { response } = await lake.run([lake.drop("b.csv", `${HEADER}2,x,1,\n`)], { aggregates: 100 });
    equal(response.outcome, "too-large");
    deepEqual(lake.store.keys("processed"), before);
  });

  it("says too-large when the text does not fit on the disk", async () => {
    const { response } = await lake.run([lake.drop("a.csv", gzipSync(HEADER + "1,x,1,\n".repeat(100_000)))], {
      text: 100_000,
    });
    equal(response.outcome, "too-large");
  });

  it("fails when the object is not what the event said, and writes nothing", async () => {
    const file = lake.drop("a.csv", `${HEADER}1,x,1,\n`);
    await rejects(lake.run([{ ...file, size: file.size + 1 }]), {
      // The transfer broke off: the file is not to blame.
      name: "TransientError",
      message: /expected an object of \d+ bytes, received \d+/,
    });
    await rejects(lake.run([{ ...file, versionId: "gone" }]));
    deepEqual(lake.store.keys("processed"), []);
  });

  it("names the file whose compressed data cannot be read, as an error of the data", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},${Math.sin(i).toString(36)},1,\n`);
    const whole = gzipSync(HEADER + rows.join(""));
    const middle = Math.floor(whole.length / 2);
    const damaged = Buffer.from(whole).fill(0xff, middle, middle + 100);
    for (const [key, body] of [
      ["cut.csv", whole.subarray(0, middle)],
      ["damaged.csv", damaged],
    ] as const) {
      await rejects(lake.run([lake.drop(key, body)]), {
        name: "UnreadableFile",
        message: new RegExp(`^orders/${key}: `),
      });
    }
    deepEqual(lake.store.keys("processed"), []);
  });

  it("refuses a batch without its contract, by name", async () => {
    lake.store.objects.delete(`artifacts/${lake.compiled.contractKey}`);
    await rejects(
      lake.run([lake.drop("a.csv", `${HEADER}1,x,1,\n`)]),
      /s3:\/\/artifacts\/contracts\/orders\/contract\.json does not exist/,
    );
  });

  it("removes what a process that was killed left on the disk", async () => {
    const dead = Number(execFileSync(process.execPath, ["-e", "console.log(process.pid)"]).toString());
    mkdirSync(join(lake.scratch, "tmp", `light-etl-${dead}-abc`), { recursive: true });
    await lake.run([lake.drop("a.csv", `${HEADER}1,x,1,\n`)]);
    deepEqual(lake.leftovers(), []);
  });

  it("handles two hundred files in one batch", async () => {
    const files: BatchFile[] = [];
    for (let i = 0; i < 200; i++)
      files.push(lake.drop(`f${i}.csv`, `${HEADER}${i},s${i % 5},1,\n${i % 10 === 0 ? "bad" : i},s${i % 5},1,\n`));
    const { manifest } = await lake.run(files);
    deepEqual(manifest.totals, { rowsIn: 400, rowsOut: 380, rowsRejected: 20 });
    deepEqual((await totals()).map((row) => row["orders"]).sort(), ["60", "80", "80", "80", "80"]);
  });

  for (const layout of ["folder", "projection"] as const) {
    it(`writes the ${layout} layout and aggregates over part of its keys`, async () => {
      lake.dispose();
      use(`name: weather
description: Weather
owner: weather@example.org
columns:
  - { name: station, type: string, nullable: false }
  - { name: at, type: timestamp, nullable: false }
  - { name: temp, type: double }
partitioning:
  layout: ${layout}
  keys: [station, { name: month, column: at, transform: month }]
${layout === "projection" ? "  projection: { station: { values: [a, b] }, month: { range: [1, 12] } }" : ""}
aggregates:
  - { name: monthly, groupBy: [month], measures: [{ name: n, function: count }, { name: warmest, function: max, column: temp }] }
`);
      const file = lake.drop(
        "w.csv",
        "station,at,temp\na,2020-01-01T00:00:00Z,1\nb,2020-01-05T00:00:00Z,2\na,2020-11-01T00:00:00Z,3\n",
      );
      await lake.run([file]);
      const key = (station: string, month: string) =>
        (layout === "folder" ? `weather/${station}/${month}/` : `weather/station=${station}/month=${month}/`) +
        `${file.sourceId}-0.parquet`;
      deepEqual(lake.store.keys("processed"), [key("a", "1"), key("a", "11"), key("b", "1")].sort());
      await lake.run([lake.drop("w2.csv", "station,at,temp\nb,2020-01-06T00:00:00Z,9\n")]);
      const monthly = lake.store.keys("curated");
      deepEqual(
        monthly,
        layout === "folder"
          ? ["weather_monthly/1/part-0.parquet", "weather_monthly/11/part-0.parquet"]
          : ["weather_monthly/month=1/part-0.parquet", "weather_monthly/month=11/part-0.parquet"],
      );
      deepEqual(await lake.rows("curated", "weather_monthly/", "SELECT * FROM data ORDER BY n"), [
        { n: "1", warmest: 3 },
        { n: "3", warmest: 9 },
      ]);
    });
  }

  it("sets the two penguins aside that were never measured", async () => {
    lake.dispose();
    const root = join(__dirname, "../../../datasets");
    use(readFileSync(join(root, "penguins.yaml"), "utf8"));
    const { manifest } = await lake.run([lake.drop("penguins.csv", readFileSync(join(root, "samples/penguins.csv")))]);
    deepEqual(manifest.totals, { rowsIn: 344, rowsOut: 342, rowsRejected: 2 });
    const reasons = (await rejected()).map((row) => String(row["reason"]));
    for (const reason of reasons) match(reason, /^body_mass_g: a value is required, found "NA"$/);
    const [sum] = await lake.rows(
      "curated",
      "penguins_by_species/",
      "SELECT CAST(sum(birds) AS INTEGER) AS birds, count(*) AS groups FROM data",
    );
    deepEqual(sum, { birds: 342, groups: "22" });
  });
});
