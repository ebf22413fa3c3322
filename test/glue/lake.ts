/** A lake on an emulator, batches to put into it, and Spark to do so: what the tests of the engine have in common. */

import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface, type Interface } from "node:readline";
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { compileContract } from "../../contracts/compile";
import type { CompiledContract } from "../../contracts/compiled";
import type {
  Batch,
  BatchFile,
  Engine,
  EngineResponse,
  Manifest,
  SourceState,
  ZoneBuckets,
} from "../../contracts/flow";
import { readHeader } from "../../contracts/header";
import { parseContract } from "../../contracts/parse";
import { SPARK_SCRIPT, sparkPackage } from "../../components/core/platform-function/spark";
import { runBatch } from "../../functions/light-etl/engine";
import { engineLimits } from "../../functions/light-etl/limits";
import { S3ObjectStore } from "../../functions/light-etl/store";
import { writeMarkers } from "../../functions/run-coordinator/markers";
import { type Ministack, startMinistack } from "../support/ministack";

export const REPOSITORY = resolve(__dirname, "../..");
export const RUN_JOB = join(REPOSITORY, "local/glue/run_job.py");
const SESSION = join(__dirname, "session.py");
/** Later than any test: the job is never late. */
export const FAR_AWAY = "2999-01-01T00:00:00.000Z";
const ZONES = ["raw", "processed", "curated", "quarantine", "artifacts"] as const;

/** The Spark installation: the project's own, as `npm test` sets it up. */
export function sparkHome(): string {
  const home = process.env.PLATFORM_SPARK_HOME ?? join(REPOSITORY, ".platform", "spark");
  if (!existsSync(join(home, "installed"))) throw new Error(`no Spark in ${home}: run \`npx platform setup\` first`);
  return home;
}

export function compile(yaml: string): CompiledContract {
  const { contract, problems } = parseContract(yaml, "contract.yaml");
  if (contract === undefined) throw new Error(problems.map((problem) => JSON.stringify(problem)).join("\n"));
  return compileContract(contract);
}

/** Five buckets of their own on an emulator. */
export class Lake {
  readonly buckets: ZoneBuckets;
  readonly s3: S3Client;
  private sequence = 0;

  private constructor(
    readonly cloud: Ministack,
    name: string,
    raw: string,
  ) {
    const zones = Object.fromEntries(ZONES.map((zone) => [zone, `${name}-${zone}`])) as unknown as ZoneBuckets;
    this.buckets = { ...zones, raw };
    this.s3 = new S3Client({
      endpoint: cloud.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
  }

  /** `twin`: a lake that this one shares the raw zone with, so that both can be given the same files. */
  static async create(cloud: Ministack, name: string, twin?: Lake): Promise<Lake> {
    const lake = new Lake(cloud, name, twin?.buckets.raw ?? `${name}-raw`);
    const { raw, ...others } = lake.buckets;
    for (const Bucket of Object.values(others)) await lake.s3.send(new CreateBucketCommand({ Bucket }));
    if (twin !== undefined) return lake;
    await lake.s3.send(new CreateBucketCommand({ Bucket: raw }));
    await lake.s3.send(
      new PutBucketVersioningCommand({ Bucket: lake.buckets.raw, VersioningConfiguration: { Status: "Enabled" } }),
    );
    return lake;
  }

  /** Puts a file in the raw zone, and says of it what the header validator would. */
  async drop(contract: CompiledContract, key: string, body: string | Buffer): Promise<BatchFile> {
    const bytes = Buffer.from(body);
    const answer = await this.s3.send(
      new PutObjectCommand({ Bucket: this.buckets.raw, Key: contract.prefix + key, Body: bytes }),
    );
    const header = readHeader(bytes.subarray(0, 65_536), contract.source, {
      complete: bytes.length <= 65_536,
      expected: contract.plan.columns.map((column) => column.source),
    });
    if (!header.ok) throw new Error(`${key}: ${header.message}`);
    const etag = (answer.ETag ?? "").replaceAll('"', "");
    const full = contract.prefix + key;
    return {
      bucket: this.buckets.raw,
      key: full,
      version: answer.VersionId ?? etag,
      ...(answer.VersionId === undefined ? {} : { versionId: answer.VersionId }),
      etag,
      size: bytes.length,
      sequencer: (++this.sequence).toString(16).padStart(16, "0").toUpperCase(),
      eventTime: "2024-01-01T00:00:00.000Z",
      sourceId: createHash("sha256").update(`${this.buckets.raw}/${full}`).digest("hex").slice(0, 16),
      dialect: header.dialect,
      columns: header.columns,
    };
  }

  /** Writes the contract and the work order: the batch and its key. */
  async order(
    contract: CompiledContract,
    runId: string,
    engine: Engine,
    files: readonly BatchFile[],
    scheduled = false,
  ): Promise<{ batch: Batch; key: string }> {
    const folder = `runs/${contract.dataset}/${runId}`;
    const batch: Batch = {
      runId,
      dataset: contract.dataset,
      database: "lake",
      contractKey: contract.contractKey,
      engine,
      scheduled,
      files,
      bytes: files.reduce((sum, file) => sum + file.size, 0),
      buckets: this.buckets,
      manifestKey: `${folder}/manifest.json`,
    };
    await this.write(contract.contractKey, contract);
    if (scheduled) await writeMarkers(batch, this.s3);
    await this.write(`${folder}/batch.json`, batch);
    return { batch, key: `${folder}/batch.json` };
  }

  async write(key: string, document: unknown): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({ Bucket: this.buckets.artifacts, Key: key, Body: JSON.stringify(document) }),
    );
  }

  async put(zone: keyof ZoneBuckets, key: string, body: Buffer): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.buckets[zone], Key: key, Body: body }));
  }

  async bytes(bucket: string, key: string): Promise<Buffer | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return undefined;
      throw error;
    }
  }

  async manifest(batch: Batch): Promise<Manifest | undefined> {
    const bytes = await this.bytes(this.buckets.artifacts, batch.manifestKey);
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString()) as Manifest);
  }

  async state(dataset: string, sourceId: string): Promise<SourceState | undefined> {
    const bytes = await this.bytes(this.buckets.artifacts, `sources/${dataset}/${sourceId}.json`);
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString()) as SourceState);
  }

  async keys(zone: keyof ZoneBuckets, prefix = ""): Promise<readonly string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.s3.send(
        new ListObjectsV2Command({ Bucket: this.buckets[zone], Prefix: prefix, ContinuationToken: token }),
      );
      keys.push(...(page.Contents ?? []).map((object) => object.Key ?? ""));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return keys.sort();
  }

  async remove(zone: keyof ZoneBuckets, keys: readonly string[]): Promise<void> {
    await this.s3.send(
      new DeleteObjectsCommand({ Bucket: this.buckets[zone], Delete: { Objects: keys.map((Key) => ({ Key })) } }),
    );
  }
}

/** What a job run of the local cloud finds in its environment. */
export function jobEnvironment(cloud: Ministack, stateFolder: string): Record<string, string> {
  return {
    ...(process.env as Record<string, string>),
    ...cloud.env,
    AWS_DEFAULT_REGION: "us-east-1",
    "x-spark-home": sparkHome(),
    "x-state-dir": stateFolder,
    "x-job-name": "etl",
    "x-driver-memory": "1g",
  };
}

/** One Spark session that runs job after job: sessions are dear. */
export class SparkRunner {
  private readonly answers: AsyncIterableIterator<string>;
  private readonly lines: Interface;

  private constructor(
    private readonly child: ChildProcess,
    readonly folder: string,
  ) {
    if (child.stdout === null) throw new Error("the session has no output");
    this.lines = createInterface(child.stdout);
    this.answers = this.lines[Symbol.asyncIterator]() as AsyncIterableIterator<string>;
  }

  static start(cloud: Ministack): SparkRunner {
    const folder = mkdtempSync(join(tmpdir(), "spark-runner-"));
    const log = openSync(join(folder, "log"), "a");
    const python = join(sparkHome(), "venv", "bin", "python");
    const child = spawn(python, [SESSION, SPARK_SCRIPT, sparkPackage()], {
      stdio: ["pipe", "pipe", log],
      env: jobEnvironment(cloud, folder),
    });
    return new SparkRunner(child, folder);
  }

  /** Runs the script once; undefined, or why it failed. */
  async run(lake: Lake, batchKey: string, extra: readonly string[] = []): Promise<string | undefined> {
    const order = ["--batch_bucket", lake.buckets.artifacts, "--batch_key", batchKey];
    const values = ["--JOB_NAME", "etl", ...order, "--start_before", FAR_AWAY, ...extra];
    this.child.stdin?.write(`${JSON.stringify({ arguments: values })}\n`);
    const answer = await this.answers.next();
    if (answer.done === true) throw new Error(`the session ended:\n${this.log().slice(-3000)}`);
    return (JSON.parse(answer.value) as { failure: string | null }).failure ?? undefined;
  }

  log(): string {
    return readFileSync(join(this.folder, "log"), "utf8");
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) =>
      this.child.exitCode === null ? this.child.once("exit", done) : done(undefined),
    );
    this.child.stdin?.end();
    await ended;
    this.lines.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs a batch on the other engine, in this process. */
export async function runLight(lake: Lake, batchKey: string): Promise<EngineResponse> {
  const workspace = mkdtempSync(join(tmpdir(), "light-"));
  const limits = engineLimits({ memoryMegabytes: 1769, freeDisk: 4 * 1024 ** 3, processors: 2, aggregates: 1024 ** 3 });
  try {
    const batch = { bucket: lake.buckets.artifacts, key: batchKey };
    return await runBatch(new S3ObjectStore(lake.s3), { batch }, limits, workspace);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

export { startMinistack };
