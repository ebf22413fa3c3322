import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  type GetScheduleOutput,
} from "@aws-sdk/client-scheduler";
import iconv from "iconv-lite";
import { runningCloud } from "../../cli/deploy";
import { sourceId } from "../../functions/shared/files";
import { awsEnv } from "../../local/cloud";
import { until } from "../support/home";
import { deployedPlatform, type DeployedPlatform, type Dropped } from "./platform";

const HEADER =
  "origin,year,month,day,hour,temp,dewp,humid,wind_dir,wind_speed,wind_gust,precip,pressure,visib,time_hour";

/** Hours of a station. */
const weather = (origin: string, month: number, hours: number): string =>
  [
    HEADER,
    ...Array.from(
      { length: hours },
      (_, hour) =>
        `${origin},2013,${month},1,${hour},39.02,26.06,59.37,270,10.35702,NA,0,1012,10,2013-${String(month).padStart(2, "0")}-01T${String(hour).padStart(2, "0")}:00:00Z`,
    ),
  ].join("\n");

describe("a dataset that is ingested on a schedule, with job bookmarks", function () {
  // Spark starts with every run.
  this.timeout(300_000);
  let platform: DeployedPlatform;
  let schedules: SchedulerClient;
  let schedule: GetScheduleOutput;
  let due: unknown;

  before(async () => {
    platform = await deployedPlatform();
    const env = awsEnv(await runningCloud());
    schedules = new SchedulerClient({
      endpoint: env.AWS_ENDPOINT_URL,
      region: env.AWS_REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const { Schedules = [] } = await schedules.send(new ListSchedulesCommand({ NamePrefix: "ingestion-weather-due" }));
    const [{ Name, GroupName } = {}] = Schedules;
    schedule = await schedules.send(new GetScheduleCommand({ Name, GroupName }));
    assert.equal(schedule.Target?.Arn, platform.outputs.stateMachineArn);
    assert.equal(schedule.ScheduleExpression, "cron(30 4 * * ? *)");
    due = JSON.parse(schedule.Target?.Input ?? "null");
    assert.ok(due, "nothing is scheduled for the dataset");
  });

  const tick = async (): Promise<void> => ended(await platform.startExecution(due));

  /** What the schedule starts, to its end. */
  async function ended(arn: string): Promise<void> {
    for (;;) {
      const { status, output } = await platform.execution(arn);
      if (status !== "RUNNING") {
        assert.equal(status, "SUCCEEDED", JSON.stringify(output));
        return;
      }
      await new Promise((wake) => setTimeout(wake, 200));
    }
  }

  /** What the job remembers: how often it has moved on, and of which objects it has seen the markers of late. */
  function bookmark(): { readonly version: number; readonly seen: readonly string[] } {
    const folder = join(platform.home.folder, "glue", "bookmarks");
    const [file = ""] = readdirSync(folder).filter((name) => name.startsWith("ingestion-weather-"));
    const { version, contexts } = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
      version: number;
      contexts: Record<string, { recent: Record<string, number> }>;
    };
    const addresses = Object.values(contexts).flatMap(({ recent }) => Object.keys(recent));
    return { version, seen: addresses.map((address) => address.split("/").at(-1) ?? "").sort() };
  }

  const markersOf = (...dropped: readonly Dropped[]): string[] => dropped.map((one) => `${sourceId(one)}.csv`).sort();

  /** Waits until a file is known to be good, and waits itself. */
  const ready = (dropped: Dropped): Promise<void> =>
    until(`${dropped.key} waits for its time`, async () => (await platform.entry(dropped))?.status === "READY", 60_000);

  it("waits for its time, then takes new files only, and never one twice", async () => {
    const first = await platform.drop("weather/jfk.csv", weather("JFK", 1, 3));
    const second = await platform.drop("weather/lga.csv", weather("LGA", 2, 2));
    await Promise.all([first, second].map(ready));
    await tick();
    const hours = (): Promise<string | undefined> => platform.value("select count(*) from weather");
    assert.equal(await hours(), "5");
    assert.deepEqual(await Promise.all([first, second].map(async (one) => (await platform.entry(one))?.status)), [
      "DONE",
      "DONE",
    ]);
    const runOf = async (dropped: typeof first): Promise<string | undefined> => (await platform.entry(dropped))?.runId;
    const run = await runOf(first);
    const moved = bookmark();
    assert.deepEqual(moved.seen, markersOf(first, second));

    const third = await platform.drop("weather/ewr.csv", weather("EWR", 3, 4));
    await ready(third);
    await tick();
    assert.equal(await hours(), "9");
    assert.equal(await runOf(first), run, "the first file was taken again");
    assert.notEqual(await runOf(third), run);
    const { files, result } = (await platform.ledger.run("weather", (await runOf(third)) ?? "")) ?? {};
    assert.deepEqual([files, result?.rowsIn, result?.rowsOut], [1, 4, 4], "the new rows alone");
    assert.deepEqual(bookmark(), { version: moved.version + 1, seen: markersOf(first, second, third) });
    assert.equal(await platform.value("select hours from weather_daily where origin = 'EWR'"), "4");
    // Nothing new: nothing happens.
    await tick();
    assert.equal(await hours(), "9");
    assert.equal(bookmark().version, moved.version + 1);
  });

  it("reads files in every encoding, and gzip files whatever their names", async () => {
    const { version } = bookmark();
    const bodies = {
      "utf-16.csv": iconv.encode(weather("JFK", 5, 6), "utf-16le", { addBOM: true }),
      "latin-1.csv": iconv.encode(`${weather("JFK", 6, 6)}\nJFK,2013,6,1,7,kühl${",".repeat(9)}`, "latin1"),
      "gzip.csv": gzipSync(weather("JFK", 7, 6)),
    };
    const dropped = Object.entries(bodies).map(([name, body]) => platform.drop(`weather/${name}`, body));
    const files = await Promise.all(dropped);
    await Promise.all(files.map(ready));
    await tick();
    for (const file of files) {
      const entry = await platform.entry(file);
      const rejected = file.key.includes("latin-1") ? 1 : 0;
      assert.deepEqual([entry?.status, entry?.rowsOut, entry?.rowsRejected], ["DONE", 6, rejected], entry?.reason);
    }
    assert.equal(await platform.value("select count(*) from weather where month in (5, 6, 7)"), "18");
    assert.equal(bookmark().version, version + 1, "one run read them all");
  });

  it("is run by EventBridge Scheduler when it is due", async () => {
    const file = await platform.drop("weather/due.csv", weather("LGA", 9, 2));
    await ready(file);
    // The schedule of the dataset is due once a night: a second one, with the same target, is due now.
    const { Target, FlexibleTimeWindow, GroupName } = schedule;
    const Name = "weather-due-now";
    const ScheduleExpression = "at(2026-01-01T00:00:00)";
    await schedules.send(
      new CreateScheduleCommand({ Name, GroupName, ScheduleExpression, Target, FlexibleTimeWindow }),
    );
    try {
      await until("the run has ended", async () => (await platform.entry(file))?.status === "DONE", 120_000);
    } finally {
      await schedules.send(new DeleteScheduleCommand({ Name, GroupName }));
    }
    assert.equal(await platform.value("select count(*) from weather where month = 9"), "2");
  });

  /** The processes of the running Spark job, by what Linux tells of them. */
  function sparkProcesses(): number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
          return environment
            .split("\0")
            .includes(`GLUE_BOOKMARK_FOLDER=${join(platform.home.folder, "glue", "bookmarks")}`);
        } catch {
          // It has ended meanwhile.
          return false;
        }
      })
      .map(Number);
  }

  it("repeats a Spark run that is killed half way: no row is missing, none is there twice", async function () {
    if (process.platform !== "linux") this.skip();
    const file = await platform.drop("weather/killed.csv", weather("JFK", 11, 24));
    await ready(file);
    const execution = await platform.startExecution(due);
    const staged = async (): Promise<boolean> => {
      const { runId } = (await platform.entry(file)) ?? {};
      const keys = await platform.keys(platform.outputs.buckets.processed ?? "", `runs/weather/${runId}/`);
      return runId !== undefined && keys.length > 0;
    };
    await until("Spark has written something", staged, 120_000);
    const { runId: killed = "" } = (await platform.entry(file)) ?? {};
    for (const pid of sparkProcesses()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended with its parent.
      }
    }
    await ended(execution);
    const entry = await platform.entry(file);
    assert.equal(entry?.status, "DONE", entry?.reason);
    assert.deepEqual([entry?.rowsIn, entry?.rowsOut, entry?.attempts], [24, 24, 1]);
    assert.equal((await platform.ledger.run("weather", killed))?.status, "RUN_FAILED");
    const { rows } = await platform.query("select count(*), count(distinct hour) from weather where month = 11");
    assert.deepEqual(rows[0], ["24", "24"]);
    assert.equal(await platform.value("select sum(hours) from weather_daily where month = 11"), "24");
  });
});
