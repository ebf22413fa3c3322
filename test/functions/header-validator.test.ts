import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { FileRef } from "../../contracts/flow";
import { handler } from "../../functions/header-validator";
import { contractKeys } from "../../functions/shared/contracts";
import { forgetEnvironments } from "../../functions/shared/environment";
import { contractOf, withCloud } from "./cloud";

describe("the header validator", () => {
  const cloud = withCloud();
  before(async () => cloud().publish(contractOf("cities")));

  const judge = async (key: string, body: string | Uint8Array, change: (file: FileRef) => FileRef = (file) => file) =>
    handler(change(await cloud().upload(key, body)));

  it("finds a file with the contract's columns valid and says how to read it", async () => {
    const verdict = await judge("cities/good.csv", "id,city\n1,Bonn\n");
    assert.equal(verdict.status, "valid");
    assert.equal(verdict.dataset, "cities");
    assert.equal(verdict.contractKey, "contracts/cities/contract.json");
    assert.equal(verdict.trigger, "event");
    assert.deepEqual(verdict.columns, ["id", "city"]);
    assert.deepEqual(verdict.dialect, {
      encoding: "utf-8",
      bom: false,
      delimiter: ",",
      quote: '"',
      compression: "none",
    });
    assert.equal(verdict.bytesRead, 15);
  });

  for (const key of [
    "cities/a file.csv",
    "cities/a+b.csv",
    "cities/100%.csv",
    "cities/%41.csv",
    "cities/Zürich/東京.csv",
    "cities/it's (1)?&#.csv",
  ]) {
    it(`reads the key ${key} as it is`, async () => {
      assert.equal((await judge(key, "id,city\n1,Bonn\n")).status, "valid");
    });
  }

  it("reads no more than 64 KiB of a large file", async () => {
    const verdict = await judge("cities/large.csv", `id,city\n${"1,Bonn\n".repeat(300_000)}`);
    assert.equal(verdict.status, "valid");
    assert.equal(verdict.bytesRead, 64 * 1024);
  });

  it("reads gzip under the name of a CSV file", async () => {
    const verdict = await judge("cities/packed.csv", gzipSync("id,city\n1,Bonn\n"));
    assert.equal(verdict.status, "valid");
    assert.equal(verdict.dialect?.compression, "gzip");
  });

  it("names missing, unexpected and misspelt columns and how to mend them", async () => {
    const verdict = await judge("cities/wrong.csv", "Id,town,extra\n1,Bonn,x\n");
    assert.equal(verdict.status, "invalid");
    assert.equal(verdict.reason, "header-mismatch");
    assert.equal(verdict.dataset, "cities");
    assert.deepEqual(verdict.missing, ["id", "city"]);
    assert.deepEqual(verdict.unexpected, ["Id", "town", "extra"]);
    assert.deepEqual(verdict.renamed[0], { expected: "id", found: "Id" });
    assert.match(verdict.message ?? "", /missing: "id", "city".*Correct the file's header, or the contract/);
  });

  const rejected: readonly [string, string | Uint8Array, string, RegExp][] = [
    ["an empty file", "", "empty-file", /empty/],
    ["a header without rows", "id,city\n", "header-only", /source\.header\.allowEmpty/],
    ["a header longer than the window", `${"a".repeat(1024 * 1024)},city\n1,Bonn\n`, "header-too-long", /64 KiB/],
    ["a zip archive", Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0]), "not-csv", /zip archive/],
    ["another delimiter than the contract's", "id;city\n1;Bonn\n", "delimiter", /source\.delimiter/],
  ];
  for (const [what, body, reason, message] of rejected) {
    it(`rejects ${what} as ${reason}`, async () => {
      const verdict = await judge(`cities/${reason}.csv`, body);
      assert.equal(verdict.status, "invalid");
      assert.equal(verdict.reason, reason);
      assert.equal(verdict.dataset, "cities");
      assert.match(verdict.message ?? "", message);
    });
  }

  it("passes on which engine the uploader asks for", async () => {
    const asking = async (engine: string) => {
      const Key = `cities/asking-${engine}.csv`;
      const Bucket = cloud().bucket("RAW");
      await cloud().s3.send(new PutObjectCommand({ Bucket, Key, Body: "id,city\n1,x\n", Metadata: { engine } }));
      const head = await cloud().s3.send(new HeadObjectCommand({ Bucket, Key }));
      const etag = (head.ETag ?? "").replaceAll('"', "");
      const file = { bucket: Bucket, key: Key, version: etag, etag, size: 12, sequencer: "1", eventTime: "" };
      return (await handler(file)).engine;
    };
    assert.equal(await asking("spark"), "spark");
    assert.equal(await asking("steam"), undefined);
  });

  it("keeps the verdict on a file of thousands of columns short enough for the state machine", async () => {
    const names = Array.from({ length: 8_000 }, (_, index) => `column${index}`)
      .join(",")
      .slice(0, 60_000);
    const verdict = await judge("cities/wide.csv", `${names}\n1\n`);
    assert.equal(verdict.reason, "header-mismatch");
    assert.ok(JSON.stringify(verdict).length < 100_000);
  });

  it("says of a key that no contract claims where to put it", async () => {
    const verdict = await judge("nobody/x.csv", "id,city\n1,Bonn\n");
    assert.equal(verdict.status, "unclaimed");
    assert.equal(verdict.reason, "unknown-dataset");
    assert.equal(verdict.dataset, undefined);
    assert.equal(verdict.bytesRead, 0);
    assert.match(verdict.message ?? "", /add a contract/);
  });

  it("refuses a key that no contract claims where the environment quarantines such files", async () => {
    process.env.UNCLAIMED = "quarantine";
    forgetEnvironments();
    try {
      const verdict = await judge("nobody/y.csv", "id,city\n1,Bonn\n");
      assert.equal(verdict.status, "invalid");
      assert.equal(verdict.reason, "unknown-dataset");
    } finally {
      process.env.UNCLAIMED = cloud().env.UNCLAIMED;
      forgetEnvironments();
    }
  });

  for (const key of ["cities/_SUCCESS", "_SUCCESS", "cities/2026_$folder$", "cities/2026/"]) {
    it(`leaves ${key} alone, which marks a folder or the end of a job`, async () => {
      const verdict = await judge(key, "");
      assert.deepEqual([verdict.status, verdict.reason, verdict.bytesRead], ["unclaimed", "marker", 0]);
    });
  }

  it("judges a file whose name only resembles a marker", async () => {
    assert.equal((await judge("cities/MY_SUCCESS", "id,city\n1,Bonn\n")).status, "valid");
  });

  it("takes the contract with the longest prefix", async () => {
    const inner = contractOf("suburbs");
    await cloud().publish({
      ...inner,
      prefix: "cities/suburbs/",
      contractKey: "contracts/cities/suburbs/contract.json",
    });
    assert.equal((await judge("cities/suburbs/2026/x.csv", "id,city\n1,Bonn\n")).dataset, "suburbs");
    assert.equal((await judge("cities/others/x.csv", "id,city\n1,Bonn\n")).dataset, "cities");
    assert.deepEqual(contractKeys("a/b/c.csv"), ["contracts/a/b/contract.json", "contracts/a/contract.json"]);
  });

  it("judges the version of its event when the key is overwritten meanwhile", async () => {
    const old = await cloud().upload("cities/twice.csv", "id,city\n1,Bonn\n");
    await cloud().upload("cities/twice.csv", "something else\n");
    const verdict = await handler(old);
    assert.equal(verdict.status, "valid");
    assert.deepEqual(verdict.columns, ["id", "city"]);
  });

  it("finds the version by its ETag when the event names none", async () => {
    const old = await cloud().upload("cities/unnamed.csv", "id,city\n1,Bonn\n");
    const { versionId, ...unnamed } = old;
    const current = await handler({ ...unnamed, version: old.etag });
    assert.equal(current.file.versionId, versionId);
    await cloud().upload("cities/unnamed.csv", "id,city\n2,Trier\n");
    const verdict = await handler({ ...unnamed, version: old.etag });
    assert.equal(verdict.status, "valid");
    assert.equal(verdict.file.versionId, versionId);
    assert.equal(verdict.file.version, old.etag);
  });

  it("says that an object is missing when its version was removed", async () => {
    const file = await cloud().upload("cities/gone.csv", "id,city\n1,Bonn\n");
    await cloud().s3.send(new DeleteObjectCommand({ Bucket: file.bucket, Key: file.key, VersionId: file.versionId }));
    const verdict = await handler(file);
    assert.equal(verdict.reason, "object-missing");
    assert.equal(verdict.dataset, "cities");
  });

  it("sees a changed contract", async () => {
    const first = contractOf("moving");
    await cloud().publish(first);
    assert.equal((await judge("moving/a.csv", "id,city\n1,Bonn\n")).status, "valid");
    await cloud().publish({
      ...first,
      plan: {
        ...first.plan,
        columns: [...first.plan.columns, { name: "zip", source: "zip", optional: false }],
      } as typeof first.plan,
    });
    assert.deepEqual((await judge("moving/b.csv", "id,city\n1,Bonn\n")).missing, ["zip"]);
  });

  it("names a broken contract object instead of guessing", async () => {
    await cloud().publish({ ...contractOf("broken"), version: 2 } as never);
    await assert.rejects(judge("broken/a.csv", "id,city\n"), {
      name: "InvalidContract",
      message: /broken\/contract\.json/,
    });
  });
});
