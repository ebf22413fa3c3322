import assert from "node:assert/strict";
import { truncateSync } from "node:fs";
import { join } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import {
  DeleteBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  DeleteObjectsCommand,
} from "@aws-sdk/client-s3";
import { deployLocal, localOutputs, localStack, runningCloud } from "../../cli/deploy";
import type { UserError } from "../../local/errors";
import { SAMPLE_BYTES } from "./penguins";
import { deployedPlatform, type DeployedPlatform } from "./platform";

const quiet = (): void => undefined;

describe("the platform on the local cloud", function () {
  this.timeout(240_000);
  let platform: DeployedPlatform;

  before(async () => {
    platform = await deployedPlatform();
  });

  it("shows no change when nothing changed", async () => {
    const { result } = await deployLocal(quiet);
    const { same, ...others } = result.summary.resourceChanges ?? {};
    assert.deepEqual(others, {});
    assert.ok((same ?? 0) > 100);
  });

  it("ingests a real file: every row is accounted for, and the aggregate is that of the rows", async () => {
    const { entry, manifest } = await platform.ingest("penguins/penguins.csv", SAMPLE_BYTES);
    assert.equal(entry.status, "DONE", entry.reason);
    const birds = parseCsv(SAMPLE_BYTES, { columns: true }) as Record<string, string>[];
    const weighed = birds.filter(
      (one) => one["Body Mass (g)"] !== "NA" && ["MALE", "FEMALE", "NA", ""].includes(one.Sex ?? ""),
    );
    assert.deepEqual(
      [entry.rowsIn, entry.rowsOut, entry.rowsRejected],
      [birds.length, weighed.length, birds.length - weighed.length],
    );
    assert.equal(manifest?.totals.rowsOut, weighed.length);
    const { rows } = await platform.query(
      "select year, species, birds, avg_body_mass_g from penguins_by_species where sex = 'MALE' and year < 2020 order by 1, 2",
    );
    const expected = new Map<string, number[]>();
    for (const one of weighed.filter(({ Sex }) => Sex === "MALE")) {
      const group = `${one["Date Egg"]?.slice(0, 4)} ${one.Species}`;
      expected.set(group, [...(expected.get(group) ?? []), Number(one["Body Mass (g)"])]);
    }
    assert.equal(rows.length, expected.size);
    for (const [year, species, count, average] of rows) {
      const masses = expected.get(`${year} ${species}`) ?? [];
      assert.equal(Number(count), masses.length, `${year} ${species}`);
      const mean = masses.reduce((sum, mass) => sum + mass, 0) / masses.length;
      assert.ok(Math.abs(Number(average) - mean) < 1e-6, `${year} ${species}: ${average} is not ${mean}`);
    }
  });

  it("ingests the same bytes under the same key once", async () => {
    const dropped = await platform.drop("penguins/penguins.csv", SAMPLE_BYTES);
    const before = await platform.outcome(dropped);
    const again = await platform.ingest("penguins/penguins.csv", SAMPLE_BYTES);
    assert.deepEqual(again.entry, before.entry, "the ledger's entry is that of the first time");
    assert.equal(await platform.value("select count(*) from penguins where year < 2020"), String(again.entry.rowsOut));
  });

  it("continues from the backup of a truncated state, and creates no resource again", async () => {
    const state = join(platform.home.folder, "backend", ".pulumi", "stacks", "dataplatform", "local.json");
    truncateSync(state, 1000);
    await assert.rejects(localOutputs(await runningCloud()), (error: UserError) => {
      assert.match(`${error.message} ${error.hint}`, /is truncated .*`platform local up` restores/);
      return true;
    });
    const said: string[] = [];
    const { result } = await deployLocal((line) => said.push(line));
    assert.ok(
      said.some((line) => line.includes("is truncated, so its backup is used")),
      said.join("\n"),
    );
    const { same = 0, update = 0, ...others } = result.summary.resourceChanges ?? {};
    assert.deepEqual(others, {});
    assert.ok(same > update, said.filter((line) => /updat/.test(line)).join("\n"));
  });

  it("updates in place what AWS updates in place", async () => {
    const stack = await localStack(await runningCloud());
    await stack.setConfig("dataplatform:query", { value: JSON.stringify({ resultRetentionDays: 3 }) });
    const result = await stack.up({ color: "never" });
    assert.deepEqual(Object.keys(result.summary.resourceChanges ?? {}).sort(), ["same", "update"]);
    const { Rules } = await platform.clients.s3.send(
      new GetBucketLifecycleConfigurationCommand({ Bucket: platform.outputs.buckets["query-results"] }),
    );
    assert.ok(
      Rules?.some(({ Expiration }) => Expiration?.Days === 3),
      JSON.stringify(Rules),
    );
  });

  it("notices a bucket that another client has deleted, and creates it again", async () => {
    const Bucket = platform.outputs.buckets["query-results"] ?? "";
    const { Versions = [], DeleteMarkers = [] } = await platform.clients.s3.send(
      new ListObjectVersionsCommand({ Bucket }),
    );
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length > 0) await platform.clients.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    await platform.clients.s3.send(new DeleteBucketCommand({ Bucket }));
    const stack = await localStack(await runningCloud());
    const refreshed = await stack.refresh({ color: "never" });
    assert.ok((refreshed.summary.resourceChanges?.delete ?? 0) >= 1);
    const { outputs, result } = await deployLocal(quiet);
    assert.ok((result.summary.resourceChanges?.create ?? 0) >= 1);
    platform.outputs = outputs as never;
    const { Buckets = [] } = await platform.clients.s3.send(new ListBucketsCommand({}));
    assert.ok(Buckets.some(({ Name }) => Name === platform.outputs.buckets["query-results"]));
  });
});
