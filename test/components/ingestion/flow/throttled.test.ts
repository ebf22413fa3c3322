import assert from "node:assert/strict";
import { StatesError } from "../../../support/states/interpreter";
import { World, withWorlds } from "./world";

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
});
