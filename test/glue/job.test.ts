import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { CreateJobCommand, GetJobRunCommand, GlueClient, type JobRun, StartJobRunCommand } from "@aws-sdk/client-glue";
import { IAMClient } from "@aws-sdk/client-iam";
import { readDecisions } from "../../local/iam/decisions";
import type { Ministack } from "../support/ministack";
import { givenRole, grantTo, type Grant } from "../support/role";
import { SPARK_SCRIPT, sparkPackage } from "../../components/core/platform-function/spark";
import { Reader } from "./compare";
import { compile, FAR_AWAY, jobEnvironment, Lake, RUN_JOB, runLight, sparkHome, startMinistack } from "./lake";

const run = promisify(execFile);

const contract = compile(`
name: daily
description: Many partitions of few rows
owner: tests@example.org
columns:
  - { name: day, type: date, nullable: false }
  - { name: value, type: int }
partitioning: { layout: hive, keys: [day] }
aggregates: [{ name: sums, groupBy: [day], measures: [{ name: total, function: sum, column: value }] }]
`);
const ALL = "arn:aws:s3:::*";
const READS: Grant = { Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"], Resource: ALL };
const WRITES: Grant = { Action: ["s3:PutObject", "s3:DeleteObject"], Resource: ALL };
const DAYS = Array.from({ length: 60 }, (_, i) => new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10));
const BODY = ["day,value", ...DAYS.map((day, i) => `${day},${i === 7 ? "seven" : i}`), ""].join("\n");

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await pause(20);
  }
}

/** A process and all that descend from it. */
function family(pid: number): readonly number[] {
  const tasks = existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`) : [];
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(family)];
}

const alive = (pid: number): boolean => {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) Z /.test(readFileSync(stat, "utf8"));
};

describe("the local runner of Glue jobs", function () {
  this.timeout(180_000);
  let cloud: Ministack;
  let lake: Lake;
  let folder: string;
  let glue: GlueClient;
  let iam: IAMClient;

  before(async () => {
    cloud = await startMinistack();
    lake = await Lake.create(cloud, "job");
    folder = mkdtempSync(join(tmpdir(), "glue-state-"));
    await lake.put("artifacts", "scripts/etl.py", readFileSync(SPARK_SCRIPT));
    await lake.put("artifacts", "scripts/glue.zip", readFileSync(sparkPackage()));
    const configuration = {
      endpoint: cloud.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    glue = new GlueClient(configuration);
    iam = new IAMClient(configuration);
    await givenRole(cloud, "etl", ["glue"], [READS, WRITES]);
    await glue.send(
      new CreateJobCommand({
        Name: "etl",
        Role: "arn:aws:iam::000000000000:role/etl",
        Command: { Name: "pythonshell", PythonVersion: "3.9", ScriptLocation: RUN_JOB },
        DefaultArguments: {
          "--x-job-name": "etl",
          "--extra-py-files": `s3://${lake.buckets.artifacts}/scripts/glue.zip`,
          "--x-script-location": `s3://${lake.buckets.artifacts}/scripts/etl.py`,
          "--x-state-dir": folder,
          "--x-spark-home": sparkHome(),
          "--x-driver-memory": "1g",
        },
      }),
    );
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await cloud.stop();
  });

  async function finished(Arguments: Record<string, string>): Promise<JobRun> {
    const { JobRunId } = await glue.send(new StartJobRunCommand({ JobName: "etl", Arguments }));
    return until("the job run has ended", async () => {
      const { JobRun } = await glue.send(new GetJobRunCommand({ JobName: "etl", RunId: JobRunId }));
      return ["STARTING", "RUNNING"].includes(JobRun?.JobRunState ?? "STARTING") ? undefined : JobRun;
    });
  }

  it("says how to install Spark where there is none", async () => {
    const env = {
      ...jobEnvironment(cloud, folder),
      "x-spark-home": join(folder, "nothing"),
      "x-script-location": "s3://nowhere/etl.py",
    };
    await assert.rejects(run("python3", [RUN_JOB], { env }), (error: { stderr: string; code: number }) => {
      assert.equal(error.stderr, "Spark is not installed; run: platform ingest --engine spark FILE\n");
      return error.code === 1;
    });
  });

  it("fails the job with the reason when the script is not there", async () => {
    const { JobRunState, ErrorMessage } = await finished({ "--x-script-location": "s3://nowhere/etl.py" });
    assert.equal(JobRunState, "FAILED");
    assert.match(ErrorMessage ?? "", /etl failed: .*bucket does not exist/);
  });

  it("writes nothing with Spark before the job's role has the grant", async () => {
    const file = await lake.drop(contract, "a.csv", BODY);
    const { key } = await lake.order(contract, "r0", "spark", [file]);
    await grantTo(iam, "etl", [READS]);
    const { JobRunState, ErrorMessage } = await finished({
      "--batch_bucket": lake.buckets.artifacts,
      "--batch_key": key,
      "--start_before": FAR_AWAY,
    });
    await grantTo(iam, "etl", [READS, WRITES]);
    assert.equal(JobRunState, "FAILED");
    assert.match(ErrorMessage ?? "", /AccessDenied|Access Denied/);
    assert.deepEqual(await lake.keys("processed", ""), []);
    const denied = readDecisions(cloud.decisions).find(({ role, allowed }) => role === "etl" && !allowed);
    assert.equal(denied?.action, "s3:PutObject");
  });

  it("leaves no process behind when it is killed, and the next run the lake of one whole run", async () => {
    const file = await lake.drop(contract, "d.csv", BODY);
    const { batch, key } = await lake.order(contract, "r1", "spark", [file]);
    const env = {
      ...jobEnvironment(cloud, folder),
      "extra-py-files": `s3://${lake.buckets.artifacts}/scripts/glue.zip`,
      "x-script-location": `s3://${lake.buckets.artifacts}/scripts/etl.py`,
      batch_bucket: lake.buckets.artifacts,
      batch_key: key,
      start_before: FAR_AWAY,
    };
    const job = spawn("python3", [RUN_JOB], { env, stdio: "ignore" });
    await until("the first object is published", async () => (await lake.keys("processed", "daily/"))[0]);
    const members = family(job.pid ?? 0);
    assert.ok(members.length > 1, "the job has a Java");
    job.kill("SIGKILL");
    await until("all its processes are gone", () => (members.some(alive) ? undefined : true));
    assert.equal(await lake.manifest(batch), undefined);
    assert.ok(((await lake.state("daily", file.sourceId))?.pending?.length ?? 0) > 0);

    const second = await finished({
      "--batch_bucket": lake.buckets.artifacts,
      "--batch_key": key,
      "--start_before": FAR_AWAY,
    });
    assert.equal(second.JobRunState, "SUCCEEDED", second.ErrorMessage);
    const manifest = await lake.manifest(batch);
    assert.deepEqual(manifest?.totals, { rowsIn: 60, rowsOut: 59, rowsRejected: 1 });

    const twin = await Lake.create(cloud, "twin", lake);
    await runLight(twin, (await twin.order(contract, "r1", "light", [file])).key);
    const reader = await Reader.open();
    for (const [zone, prefix] of [
      ["processed", ""],
      ["curated", ""],
      ["quarantine", "rejected-rows/"],
    ] as const) {
      assert.deepEqual(await reader.read(lake, zone, prefix), await reader.read(twin, zone, prefix));
    }
    reader.close();
  });
});
