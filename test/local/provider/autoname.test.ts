import assert from "node:assert/strict";
import { Lifecycle, type Checked } from "../../../local/provider/lifecycle";
import { handlerOf } from "../../../local/provider/registry";
import type { Session } from "../../../local/provider/session";

const ROLE = "aws:iam/role:Role";
const QUEUE = "aws:sqs/queue:Queue";
const SEED = Buffer.from("a seed of the engine's");

describe("physical names that the provider makes", () => {
  const session = { configuration: { region: "eu-central-1", defaultTags: {} } } as unknown as Session;
  const check = (type: string, name: string, news = {}, ...rest: unknown[]): Checked =>
    new Lifecycle(session, handlerOf(type), name).check({}, news, SEED, ...(rest as []));

  it("are the resource's name and seven hexadecimal digits, whole", () => {
    const { inputs, failures } = check(ROLE, "r".repeat(56));
    assert.deepEqual(failures, []);
    assert.match(String(inputs.name), /^r{56}-[0-9a-f]{7}$/);
  });

  it("are refused where they are longer than the service allows, and never cut", () => {
    const { inputs, failures } = check(ROLE, "r".repeat(57));
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["name"],
    );
    assert.match(
      failures[0]?.reason ?? "",
      /^the generated name r{57}-[0-9a-f]{7} has 65 characters, and at most 64 are allowed: shorten the resource's name, or set name$/,
    );
    assert.match(String(inputs.name), /^r{57}-[0-9a-f]{7}$/);
  });

  it("count what the service wants at their end", () => {
    assert.deepEqual(check(QUEUE, "q".repeat(67), { fifoQueue: true }).failures, []);
    assert.equal(check(QUEUE, "q".repeat(68), { fifoQueue: true }).failures.length, 1);
    assert.deepEqual(check(QUEUE, "q".repeat(72)).failures, []);
  });

  it("are refused as well where a beginning that the program gives makes them too long", () => {
    assert.equal(check(ROLE, "role", { namePrefix: "r".repeat(60) }).failures.length, 1);
    assert.deepEqual(check(ROLE, "role", { namePrefix: "r".repeat(38) }).failures, []);
  });

  it("leave alone a name that the program gives: the service's model says how long it may be", () => {
    assert.deepEqual(check(ROLE, "r".repeat(100), { name: "short" }).failures, []);
  });
});
