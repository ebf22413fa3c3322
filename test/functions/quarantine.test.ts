import assert from "node:assert/strict";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
} from "@aws-sdk/client-s3";
import type { FileRef, Verdict } from "../../contracts/flow";
import { handler, quarantineFolder } from "../../functions/quarantine";
import { batchFile } from "../../functions/shared/ledger";
import { copySource, copyVersion, head, sameBytes } from "../../functions/shared/s3";
import { contractOf, validVerdict, withCloud } from "./cloud";

const rejected = (file: FileRef, changes: Partial<Verdict> = {}): Verdict => ({
  ...validVerdict(file, contractOf("cities")),
  status: "invalid",
  reason: "header-mismatch",
  message: 'Columns missing: "id".',
  ...changes,
});

describe("the quarantine", () => {
  const cloud = withCloud();
  const quarantine = (verdict: Verdict) => handler({ verdict, executionArn: "arn:execution" });
  const read = async (uri: string): Promise<string> => {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri) ?? [];
    const answer = await cloud().s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await answer.Body?.transformToString()) ?? "";
  };
  const claimed = async (key: string, body: string): Promise<FileRef> => {
    const file = await cloud().upload(key, body);
    await cloud().claim(file);
    return file;
  };
  const versionsOf = async (key: string) => {
    const answer = await cloud().s3.send(new ListObjectVersionsCommand({ Bucket: cloud().bucket("RAW"), Prefix: key }));
    return (answer.Versions ?? []).map(({ VersionId }) => VersionId);
  };

  it("keeps the bytes with the verdict beside them, removes the original and tells ledger and topic", async () => {
    const file = await claimed("cities/bad.csv", "wrong,header\n1,2\n");
    await cloud().alerts();
    const answer = await quarantine(rejected(file));
    assert.equal(answer.status, "quarantined");
    assert.equal(
      answer.location,
      `s3://${cloud().bucket("QUARANTINE")}/files/cities/cities/bad.csv/${file.version}/bad.csv`,
    );
    assert.equal(await read(answer.location), "wrong,header\n1,2\n");
    const verdict = JSON.parse(await read(answer.verdictLocation)) as Record<string, unknown>;
    assert.equal(verdict.reason, "header-mismatch");
    assert.equal(verdict.location, answer.location);
    assert.equal(verdict.executionArn, "arn:execution");
    assert.deepEqual(await versionsOf("cities/bad.csv"), []);

    const entry = await cloud().ledger.file(file);
    assert.equal(entry?.status, "QUARANTINED");
    assert.equal(entry?.quarantinedTo, answer.location);
    assert.equal(entry?.reason, 'header-mismatch: Columns missing: "id".');
    const [alert] = await cloud().alerts();
    assert.match(alert?.Message ?? "", /cities\/bad\.csv[\s\S]*header-mismatch[\s\S]*Kept at: {3}s3:/);
    assert.equal(alert?.Subject, "[test] cities: file rejected (header-mismatch)");
    assert.equal(alert?.MessageAttributes.reason?.Value, "header-mismatch");
    assert.equal(alert?.MessageAttributes.dataset?.Value, "cities");
  });

  for (const key of [
    "cities/a b.csv",
    "cities/a+b.csv",
    "cities/50%.csv",
    "cities/%2B.csv",
    "cities/Zürich 東京 😀.csv",
    "cities/q?versionId=1&x#y.csv",
    "cities/it's (1)!*.csv",
  ]) {
    it(`copies the key ${key}`, async () => {
      const file = await claimed(key, `content of ${key}`);
      const { location } = await quarantine(rejected(file));
      assert.equal(await read(location), `content of ${key}`);
      assert.deepEqual(await versionsOf(key), []);
    });
  }

  it("removes the rejected version only: an older good one under the same key is current again", async () => {
    const good = await claimed("cities/same.csv", "id,city\n1,Bonn\n");
    const bad = await claimed("cities/same.csv", "nonsense");
    await quarantine(rejected(bad));
    assert.deepEqual(await versionsOf("cities/same.csv"), [good.version]);
    const current = await cloud().s3.send(new HeadObjectCommand({ Bucket: good.bucket, Key: good.key }));
    assert.equal(current.VersionId, good.version);
  });

  it("quarantines an older version though a newer one is current", async () => {
    const bad = await claimed("cities/newer.csv", "nonsense");
    const good = await claimed("cities/newer.csv", "id,city\n1,Bonn\n");
    const { versionId: _, ...unnamed } = bad;
    const { location } = await quarantine(rejected(unnamed));
    assert.equal(await read(location), "nonsense");
    assert.deepEqual(await versionsOf("cities/newer.csv"), [good.version]);
  });

  it("keeps two rejected versions of a key apart", async () => {
    const first = await claimed("cities/both.csv", "first");
    const second = await claimed("cities/both.csv", "second");
    const [a, b] = [await quarantine(rejected(first)), await quarantine(rejected(second))];
    assert.equal(await read(a.location), "first");
    assert.equal(await read(b.location), "second");
  });

  it("comes to the same end when it is repeated", async () => {
    const file = await claimed("cities/again.csv", "again");
    const first = await quarantine(rejected(file));
    assert.deepEqual(await quarantine(rejected(file)), first);
    assert.equal(await read(first.location), "again");
    assert.equal((await cloud().ledger.file(file))?.quarantinedTo, first.location);
  });

  it("keeps an empty file", async () => {
    const file = await claimed("cities/empty.csv", "");
    const { location } = await quarantine(rejected(file, { reason: "empty-file" }));
    assert.equal(await read(location), "");
  });

  it("records a file that is gone, with its verdict and without a copy", async () => {
    const file = { ...(await claimed("cities/gone.csv", "x")), versionId: "11111111-2222-3333-4444-555555555555" };
    const answer = await quarantine(rejected(file, { reason: "object-missing" }));
    assert.equal(answer.location, answer.verdictLocation);
    assert.equal((JSON.parse(await read(answer.verdictLocation)) as Verdict).reason, "object-missing");
    assert.equal((await cloud().ledger.file(file))?.status, "QUARANTINED");
  });

  it("puts a file of no dataset under a name that says so", async () => {
    const file = await claimed("stray/x.csv", "x");
    const { dataset: _, contractKey: __, ...verdict } = rejected(file, { reason: "unknown-dataset" });
    const { location } = await quarantine(verdict);
    assert.match(location, /\/files\/unknown-dataset\/stray\/x\.csv\//);
  });

  it("takes a file that waited for a run out of the queue", async () => {
    const file = await claimed("cities/queued.csv", "id,city\n1,x\n");
    const valid = validVerdict(file, contractOf("cities"));
    await cloud().ledger.files.markReady(valid, batchFile(valid), "arn:e", new Date());
    await quarantine(rejected(file, { reason: "engine-failed" }));
    assert.deepEqual(await cloud().ledger.queue("cities", 10), []);
  });

  it("refuses to quarantine a valid file", async () => {
    const file = await claimed("cities/good.csv", "id,city\n");
    await assert.rejects(quarantine(validVerdict(file, contractOf("cities"))), { name: "InvalidRequest" });
    assert.deepEqual(await versionsOf("cities/good.csv"), [file.version]);
  });

  it("copies in parts what is too large for one request", async () => {
    const body = Buffer.alloc(12 * 1024 * 1024, "0123456789");
    const file = await cloud().upload("cities/large file+.csv", body);
    const target = { bucket: cloud().bucket("QUARANTINE"), key: "large" };
    const part = 5 * 1024 * 1024;
    await copyVersion({ ...file }, target, { singleCopyBytes: part, partBytes: part });
    const answer = await cloud().s3.send(new GetObjectCommand({ Bucket: target.bucket, Key: target.key }));
    assert.ok(body.equals((await answer.Body?.transformToByteArray()) ?? new Uint8Array()));
    assert.match(answer.ETag ?? "", /-3"$/);
    const [a, b] = [await head(file, file.versionId), await head(target)];
    assert.ok(a && b && "by" in sameBytes(a, b));
  });

  it("leaves no unfinished upload behind when a copy in parts fails", async () => {
    const file = await cloud().upload("cities/broken.csv", Buffer.alloc(100));
    const target = { bucket: cloud().bucket("QUARANTINE"), key: "broken" };
    await assert.rejects(
      copyVersion({ ...file, etag: "0".repeat(32) }, target, { singleCopyBytes: 10, partBytes: 50 }),
    );
    const listed = await cloud().s3.send(new ListObjectsV2Command({ Bucket: target.bucket, Prefix: "broken" }));
    assert.equal(listed.KeyCount, 0);
  });
});

describe("the place of a file in quarantine", () => {
  const file = (key: string): FileRef => ({
    bucket: "raw",
    key,
    version: "v1",
    etag: "e",
    size: 1,
    sequencer: "1",
    eventTime: "",
  });

  it("fits S3's limit however long the key is", () => {
    const long = `cities/${"é".repeat(505)}.csv`;
    assert.ok(Buffer.byteLength(long) <= 1024);
    const { key, basename } = quarantineFolder(rejected(file(long)));
    assert.match(key, /^files\/cities\/by-source\/[0-9a-f]{16}\/v1\/$/);
    assert.equal(basename, "object");
  });

  it("does not let a file named verdict.json collide with the verdict", () => {
    const { basename } = quarantineFolder(rejected(file("cities/verdict.json")));
    assert.equal(basename, "object");
  });

  it("has a name also for a key that ends with a slash", () => {
    assert.deepEqual(quarantineFolder(rejected(file("cities/"))), {
      key: "files/cities/cities//v1/",
      basename: "object",
    });
  });

  it("escapes in the copy's source every character that means something in a URL", () => {
    assert.equal(copySource({ bucket: "b", key: "a b/+%?#é" }, "v/1"), "b/a%20b/%2B%25%3F%23%C3%A9?versionId=v%2F1");
  });
});

describe("the proof that a copy is the original", () => {
  const object = { $metadata: {}, ContentLength: 3, ETag: '"900150983cd24fb0d6963f7d28e17f72"' };

  it("is the checksum where both have one", () => {
    assert.deepEqual(sameBytes({ ...object, ChecksumCRC64NVME: "a" }, { ...object, ChecksumCRC64NVME: "a" }), {
      by: "checksum",
    });
    assert.ok("different" in sameBytes({ ...object, ChecksumCRC64NVME: "a" }, { ...object, ChecksumCRC64NVME: "b" }));
  });

  it("is the ETag where it is a digest", () => {
    assert.deepEqual(sameBytes(object, object), { by: "etag" });
    assert.ok("different" in sameBytes(object, { ...object, ETag: '"000150983cd24fb0d6963f7d28e17f72"' }));
  });

  it("does not take an encrypted or multipart object's ETag for a digest", () => {
    const kms = { ...object, ETag: '"000150983cd24fb0d6963f7d28e17f72"', ServerSideEncryption: "aws:kms" as const };
    assert.deepEqual(sameBytes(object, kms), { by: "size" });
    assert.deepEqual(sameBytes(object, { ...object, ETag: '"000150983cd24fb0d6963f7d28e17f72-2"' }), { by: "size" });
  });

  it("never overlooks another length", () => {
    assert.ok("different" in sameBytes(object, { ...object, ContentLength: 4 }));
  });
});
