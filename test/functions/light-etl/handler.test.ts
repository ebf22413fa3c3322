import { deepEqual, equal, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Batch, EngineResponse, FileRef, Manifest } from "../../../contracts/flow";
import { readHeader } from "../../../contracts/header";
import { handler } from "../../../functions/light-etl";
import { sourceId } from "../../../functions/shared/files";
import { withCloud } from "../cloud";
import { compile } from "./harness";

const DATASETS = join(__dirname, "../../../datasets");

describe("The light engine's function", () => {
  const cloud = withCloud();
  const penguins = () => compile(readFileSync(join(DATASETS, "penguins.yaml"), "utf8"));

  async function run(
    runId: string,
    file: FileRef,
    body: Buffer,
  ): Promise<{ response: EngineResponse; manifest: Manifest }> {
    const contract = penguins();
    const header = readHeader(body, contract.source, { complete: true });
    if (!header.ok) throw new Error(header.message);
    const artifacts = cloud().bucket("ARTIFACTS");
    const batch: Batch = {
      runId,
      dataset: "penguins",
      database: "lake",
      contractKey: contract.contractKey,
      engine: "light",
      scheduled: false,
      files: [{ ...file, sourceId: sourceId(file), dialect: header.dialect, columns: header.columns }],
      bytes: file.size,
      buckets: {
        raw: cloud().bucket("RAW"),
        processed: cloud().bucket("PROCESSED"),
        curated: cloud().bucket("CURATED"),
        quarantine: cloud().bucket("QUARANTINE"),
        artifacts,
      },
      manifestKey: `runs/penguins/${runId}/manifest.json`,
    };
    const key = `runs/penguins/${runId}/batch.json`;
    await cloud().s3.send(new PutObjectCommand({ Bucket: artifacts, Key: key, Body: JSON.stringify(batch) }));
    const response = await handler({ batch: { bucket: artifacts, key } });
    const { Body } = await cloud().s3.send(new GetObjectCommand({ Bucket: artifacts, Key: batch.manifestKey }));
    return { response, manifest: JSON.parse((await Body?.transformToString()) ?? "") as Manifest };
  }

  const keys = async (zone: "PROCESSED" | "CURATED" | "QUARANTINE") => {
    const { Contents } = await cloud().s3.send(new ListObjectsV2Command({ Bucket: cloud().bucket(zone) }));
    return (Contents ?? []).map(({ Key }) => Key ?? "");
  };

  it("runs a batch on S3, takes a second version in the first one's place, and cleans up behind itself", async function () {
    this.timeout(60_000);
    await cloud().publish(penguins());
    const body = readFileSync(join(DATASETS, "samples/penguins.csv"));
    const key = "penguins/field notes+ü.csv";
    const first = await run("one", await cloud().upload(key, body), body);
    equal(first.response.outcome, "done");
    deepEqual(first.manifest.totals, { rowsIn: 344, rowsOut: 342, rowsRejected: 2 });
    equal((await keys("PROCESSED")).length, 3);
    equal((await keys("QUARANTINE")).length, 1);

    const lines = body.toString("utf8").split("\n");
    const fewer = Buffer.from(lines.slice(0, 4).join("\n"));
    const second = await run("two", await cloud().upload(key, fewer), fewer);
    deepEqual(second.manifest.totals, { rowsIn: 3, rowsOut: 3, rowsRejected: 0 });
    deepEqual(await keys("PROCESSED"), [
      `penguins/year=2007/${sourceId({ bucket: cloud().bucket("RAW"), key })}-0.parquet`,
    ]);
    deepEqual(await keys("CURATED"), ["penguins_by_species/year=2007/part-0.parquet"]);
    deepEqual(await keys("QUARANTINE"), []);
    ok(!readdirSync(tmpdir()).some((name) => name.startsWith(`light-etl-${process.pid}-`)));
  });
});
