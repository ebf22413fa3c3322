import assert from "node:assert/strict";
import { isLoopback } from "../../../local/provider/clients";
import { differences } from "../../../local/provider/diff";
import type { Handler, Props } from "../../../local/provider/handler";
import { BRIDGES } from "../../../local/provider/bridges";
import { HANDLERS, INVOKES } from "../../../local/provider/registry";

describe("differences between inputs", () => {
  const handler: Handler = {
    type: "aws:test/thing:Thing",
    outputs: [],
    replaceOn: ["name", "schedule.zone"],
    defaults: { size: 10 },
    keeps: ["key"],
    documents: ["policy"],
    unordered: ["rules"],
    settings: ["forceDestroy"],
    create: async () => "id",
    read: async () => ({}),
    update: async () => {},
    delete: async () => {},
  };
  const paths = (olds: Props, news: Props): string[] =>
    differences(handler, olds, news).map(({ path, kind, replaces }) => `${kind} ${path}${replaces ? " replaces" : ""}`);
  const document = (action: unknown): string => JSON.stringify({ Statement: [{ Effect: "Allow", Action: action }] });

  const cases: readonly (readonly [string, Props, Props, readonly string[]])[] = [
    ["sees none between a default and nothing", { size: 10 }, {}, []],
    ["sees none between false, empty and nothing", { on: false, list: [], map: {}, text: "" }, {}, []],
    ["sees a value that is no longer the default", { size: 10 }, { size: 11 }, ["update size"]],
    ["sees one taken back to its default", { size: 11 }, {}, ["update size"]],
    ["leaves what AWS chose alone", { key: "chosen" }, {}, []],
    ["sees another choice of the program's", { key: "chosen" }, { key: "mine" }, ["update key"]],
    ["takes documents by their meaning", { policy: document("a") }, { policy: document(["a"]) }, []],
    ["takes lists of actions without order", { policy: document(["a", "b"]) }, { policy: document(["b", "a"]) }, []],
    [
      "sees a document that means something else",
      { policy: document("a") },
      { policy: document("b") },
      ["update policy.Statement.Action"],
    ],
    ["takes unordered lists by content", { rules: [{ id: 1 }, { id: 2 }] }, { rules: [{ id: 2 }, { id: 1 }] }, []],
    [
      "takes other lists by order",
      { steps: ["a", "b"] },
      { steps: ["b", "a"] },
      ["update steps[0]", "update steps[1]"],
    ],
    ["names the tag that came", { tags: { a: "1" } }, { tags: { a: "1", "b:c": "2" } }, ['add tags["b:c"]']],
    ["replaces for a name", { name: "a" }, { name: "b" }, ["update name replaces"]],
    [
      "replaces for one part of an object only",
      { schedule: { zone: "a", at: 1 } },
      { schedule: { zone: "b", at: 2 } },
      ["update schedule.at", "update schedule.zone replaces"],
    ],
    ["never replaces for a setting of the provider", { forceDestroy: true }, {}, ["delete forceDestroy"]],
  ];
  for (const [title, olds, news, expected] of cases) {
    it(title, () => assert.deepEqual(paths(olds, news).sort(), [...expected].sort()));
  }
});

describe("addresses of this machine", () => {
  for (const address of [
    "http://127.0.0.1:4566",
    "http://localhost:4566",
    "https://[::1]:1",
    "http://s3.localhost:1",
    "http://127.8.9.1",
  ]) {
    it(`takes ${address}`, () => assert.equal(isLoopback(address), true));
  }
  const others = [
    "https://s3.amazonaws.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://0.0.0.0:1",
    "http://10.0.0.1",
    "",
    "4566",
  ];
  for (const address of others) it(`refuses "${address}"`, () => assert.equal(isLoopback(address), false));
});

describe("the tables of the local provider", () => {
  const sorted = (names: readonly string[]): string[] =>
    [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));

  it("list every type and data source once, in order", () => {
    for (const names of [HANDLERS.map(({ type }) => type), INVOKES.map(({ token }) => token)]) {
      assert.deepEqual(names, sorted([...new Set(names)]));
    }
  });

  it("bridge only types that exist, with limit and bridge told", () => {
    const types = new Set(["*", ...HANDLERS.map(({ type }) => type)]);
    for (const { type, limit, bridge } of BRIDGES) {
      assert.ok(types.has(type), type);
      assert.ok(limit.endsWith(".") && bridge.endsWith("."), type);
    }
    assert.deepEqual(
      BRIDGES.map(({ type }) => type),
      sorted(BRIDGES.map(({ type }) => type)),
    );
  });

  it("say of every type what can be compared: nothing is both an input and only an output", () => {
    for (const { type, outputs, replaceOn, keeps = [], settings = [], defaults = {} } of HANDLERS) {
      const inputs = [...replaceOn, ...keeps, ...settings, ...Object.keys(defaults)];
      assert.deepEqual(
        outputs.filter((name) => inputs.includes(name)),
        [],
        type,
      );
    }
  });
});
