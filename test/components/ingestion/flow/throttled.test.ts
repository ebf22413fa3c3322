import assert from "node:assert/strict";
import { MAX_ROUNDS } from "../../../../components/ingestion/flow";
import { type Execution, StatesError } from "../../../support/states/interpreter";
import { START, TIMES, withWorlds, World } from "./world";

const TEN_MINUTES = 600_000;

describe("the ingestion flow, when AWS is busy or denies a call (simulated clock)", () => {
  withWorlds();

  it("a run that AWS throttles for ten minutes loses nothing and quarantines nothing", async () => {
    const world = new World();
    const end = world.clock.now() + TEN_MINUTES;
    world.fault = ({ state }, now) => {
      if (state === "RunLight" && now < end) throw new StatesError("Lambda.TooManyRequestsException", "Rate Exceeded.");
    };
    await world.drop("a.csv");
    await world.settle();
    assert.deepEqual(
      world.files().map(({ status, attempts }) => [status, attempts]),
      [["DONE", 1]],
    );
  });

  it("an account that is throttled as a whole for ten minutes loses nothing and quarantines nothing", async () => {
    const world = new World();
    const end = world.clock.now() + TEN_MINUTES;
    world.fault = ({ resource }, now) => {
      if (resource.endsWith("lambda:invoke") && now < end) throw new StatesError("Lambda.TooManyRequestsException");
    };
    await world.drop("a.csv");
    await world.drop("b.csv");
    await world.settle();
    assert.deepEqual(
      world.files().map(({ status, attempts }) => [status, attempts]),
      [
        ["DONE", 1],
        ["DONE", 1],
      ],
    );
  });

  it("waits twice as long after each such run, up to a wait that is longer than any light run, and starts anew after a success", async () => {
    const world = new World({}, 40);
    let ends = world.clock.now() + 4 * 3600_000;
    world.fault = ({ state }, now) => {
      if (state === "RunLight" && now < ends) throw new StatesError("Lambda.TooManyRequestsException");
    };
    const waited = ({ waits }: Execution): number[] =>
      waits.filter(({ state }) => state === "WaitBeforeRetry").map(({ seconds }) => seconds);
    const first = waited(await world.drop("a.csv"));
    assert.deepEqual(first.slice(0, 7), [120, 240, 480, 960, 1800, 1800, 1800]);
    assert.ok(Math.max(...first) > TIMES.functionSeconds.lightEtl);
    ends = world.clock.now() + 200_000;
    assert.deepEqual(waited(await world.drop("b.csv")), [120, 240]);
    assert.equal(world.figures.FailedRuns, 0);
    assert.equal(world.figures.BusyRuns, first.length + 2);
  });

  it("waits for as long as an engine can run when it is not known whether the engine has ended", async () => {
    for (const [contract, state, error, seconds] of [
      ["auto", "RunLight", "Lambda.SdkClientException", TIMES.functionSeconds.lightEtl],
      ["spark", "RunSpark", "Glue.InternalServiceException", TIMES.sparkSeconds],
    ] as const) {
      const world = new World({ engine: contract });
      let calls = 0;
      world.fault = (call) => {
        if (call.state === state && calls++ === 0) throw new StatesError(error);
      };
      const { waits } = await world.drop("a.csv");
      assert.deepEqual(waits, [{ state: "WaitBeforeRetry", seconds }]);
      assert.equal(world.files()[0]?.status, "DONE");
    }
  });

  it("keeps the lease during every wait, so that no other execution tries meanwhile", async () => {
    const world = new World({ engine: "spark" }, 8);
    const left: number[] = [];
    world.fault = ({ state }, now) => {
      if (state === "Plan") {
        const lease = [...world.table.items.values()].find(({ entity }) => entity === "lease");
        if (lease) left.push(Number(lease["expiresAt"]) - now / 1000);
      }
      if (state === "RunSpark") throw new StatesError("Glue.InternalServiceException");
    };
    await world.drop("a.csv");
    assert.ok(left.length > 1 && left.every((seconds) => seconds > 0), left.join(", "));
  });

  it("lets a missing permission quarantine nothing, however long it is missing, and says so by a figure of its own", async () => {
    const world = new World({}, 40);
    let granted = false;
    world.fault = ({ state }) => {
      if (state === "RunLight" && !granted) {
        throw new StatesError(
          "Lambda.AWSLambdaException",
          "User: flow is not authorized to perform: lambda:InvokeFunction",
        );
      }
    };
    await world.drop("a.csv");
    await world.drop("b.csv");
    assert.deepEqual(new Set(world.files().map(({ status }) => status)), new Set(["RUNNING"]));
    assert.ok(world.figures.DeniedRuns > 10);
    assert.equal(world.figures.FailedRuns, 0);
    granted = true;
    await world.settle();
    assert.deepEqual(
      world.files().map(({ status, attempts }) => [status, attempts]),
      [
        ["DONE", 1],
        ["DONE", 1],
      ],
    );
  });
});

describe("an engine that fails with a file (simulated clock)", () => {
  withWorlds();

  for (const error of [
    "Runtime.OutOfMemory",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.Timeout",
    "Lambda.Unknown",
  ]) {
    it(`is followed by Spark after ${error}, where the contract leaves the choice`, async () => {
      const world = new World();
      world.fault = ({ state }) => {
        if (state === "RunLight") throw new StatesError(error);
      };
      const { path } = await world.drop("a.csv");
      assert.ok(
        path.join(" > ").includes("RunLight > MaySparkRun > RenewLease > RunSpark > RegisterPartitions > Commit"),
      );
      assert.deepEqual([world.files()[0]?.status, world.files()[0]?.attempts], ["DONE", 1]);
    });
  }

  it("counts an attempt when the light engine runs out of memory and the contract demands it, and says so", async () => {
    const world = new World({ engine: "light" });
    world.fault = ({ state }) => {
      if (state === "RunLight") throw new StatesError("Runtime.OutOfMemory", '{"errorMessage":"signal: killed"}');
    };
    const { error } = await world.drop("a.csv");
    assert.equal(error, "EngineFailed");
    const [file] = world.files();
    assert.equal(file?.status, "QUARANTINED");
    assert.match(file?.verdict?.message ?? "", /failed 3 times.*too large for the light engine.*engine: auto/s);
  });

  it("does not keep the other files of its dataset waiting when the fault is unknown, and quarantines none", async () => {
    const world = new World({}, 30);
    world.engine = (_, { files }) => {
      if (files.some(({ key }) => key.includes("odd")))
        throw new StatesError("TypeError", "undefined is not a function");
      return undefined;
    };
    world.fault = ({ state }, now) => {
      // All files arrive while the first one waits.
      if (state === "RunLight" && now < START + 60_000) throw new StatesError("Lambda.TooManyRequestsException");
    };
    for (const key of ["odd.csv", "a.csv", "b.csv", "c.csv"]) await world.drop(key);
    await world.settle(3);
    const status = (key: string) => world.files().find(({ file }) => file.key.endsWith(key))?.status;
    assert.deepEqual(["a.csv", "b.csv", "c.csv"].map(status), ["DONE", "DONE", "DONE"]);
    assert.ok(["READY", "RUNNING"].includes(status("odd.csv") ?? ""));
    assert.ok(world.figures.FaultyRuns > 0);
    assert.equal(world.figures.FailedRuns, 0);
  });

  it("keeps no dataset waiting with a file that fails by the same fault again and again", async () => {
    const world = new World({}, 30);
    world.engine = (_, { files }) => {
      if (files.some(({ key }) => key.includes("odd"))) throw new StatesError("TypeError");
      return undefined;
    };
    const first = await world.drop("odd.csv");
    assert.equal(first.path.at(-1), "LeftToTheSweep");
    assert.ok(world.now - START < 1_800_000, "the dataset is free again within half an hour");
    const before = world.now;
    await world.drop("good.csv");
    const good = world.files().find(({ file }) => file.key.endsWith("good.csv"));
    assert.equal(good?.status, "DONE");
    assert.ok(Date.parse(good?.updatedAt ?? "") - before < 60_000, "it did not wait for the file that fails");
    await world.settle(2);
    const odd = world.files().find(({ file }) => file.key.endsWith("odd.csv"));
    assert.deepEqual([odd?.status, odd?.attempts], ["READY", 0]);
  });

  it("leaves the rest to the next execution, with the lease released, before its history is full", async () => {
    const world = new World({}, MAX_ROUNDS);
    world.engine = () => {
      throw new StatesError("TypeError");
    };
    const { events, path, status } = await world.drop("a.csv");
    assert.equal(status, "SUCCEEDED");
    assert.equal(path.at(-1), "LeftToTheSweep");
    assert.ok(events < 25_000, String(events));
    assert.equal(
      [...world.table.items.values()].find(({ entity }) => entity === "lease"),
      undefined,
    );
  });
});
