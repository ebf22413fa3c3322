import assert from "node:assert/strict";
import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import { runningCloud } from "../../cli/deploy";
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
  let due: unknown;

  before(async () => {
    platform = await deployedPlatform();
    const env = awsEnv(await runningCloud());
    const events = new EventBridgeClient({
      endpoint: env.AWS_ENDPOINT_URL,
      region: env.AWS_REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix: "ingestion-weather-due" }));
    const { Targets: [target] = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Rules[0]?.Name }));
    assert.equal(target?.Arn, platform.outputs.stateMachineArn);
    due = JSON.parse(target?.Input ?? "null");
    assert.ok(due, "nothing is scheduled for the dataset");
  });

  /** What the schedule starts, to its end. */
  async function tick(): Promise<void> {
    const arn = await platform.startExecution(due);
    for (;;) {
      const { status, output } = await platform.execution(arn);
      if (status !== "RUNNING") {
        assert.equal(status, "SUCCEEDED", JSON.stringify(output));
        return;
      }
      await new Promise((wake) => setTimeout(wake, 200));
    }
  }

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

    const third = await platform.drop("weather/ewr.csv", weather("EWR", 3, 4));
    await ready(third);
    await tick();
    assert.equal(await hours(), "9");
    assert.equal(await runOf(first), run, "the first file was taken again");
    assert.notEqual(await runOf(third), run);
    assert.equal(await platform.value("select hours from weather_daily where origin = 'EWR'"), "4");
    // Nothing new: nothing happens.
    await tick();
    assert.equal(await hours(), "9");
  });
});
