import assert from "node:assert/strict";
import typescript from "typescript";
import { callsOf } from "../../../components/core/platform-function/calls";
import { callsOfFunction, functionCode, functionNames } from "../../../components/core/platform-function/bundle";

const LIBRARY = "// node_modules/lib/index.js\nfunction sign() { new AssumeRoleCommand({}); }\n";
const calls = (code: string): string[] =>
  callsOf(`${LIBRARY}// functions/example/index.ts\n${code}\n${LIBRARY}`, typescript);

describe("the requests that a function may send", () => {
  it("are those that its handler reaches, through functions, constants and methods", () => {
    const code = `
      class Table { get() { return new GetCommand({}); } put() { return new PutCommand2({}); } }
      class Ledger { constructor(table) { this.table = table; } file() { return this.table.get(); } }
      function unused() { return new DeleteTableCommand({}); }
      const steps = { read: () => ledger().file() };
      const ledger = () => new Ledger(new Table());
      var handler = async () => steps.read();`;
    assert.deepEqual(calls(code), ["Get"]);
  });

  it("are not those of methods that only share their name with a method of a collection or a hash", () => {
    const code = `
      class Table { delete() { return new DeleteCommand({}); } update() { return new UpdateCommand({}); } }
      var handler = () => { const seen = new Map(); seen.delete(1); hash().update("a"); new Values().read(); };
      class Values { constructor() { this.update = {}; } read() { return [Object.keys(this.update), this.update.name]; } }`;
    assert.deepEqual(calls(code), []);
  });

  it("name the versions of objects and the actions of transactions", () => {
    const code = `
      class Table {
        action = { update: () => ({ Update: { TableName: "t" } }), check: () => ({ ConditionCheck: { TableName: "t" } }) };
        transact(items) { return new TransactWriteCommand({ TransactItems: items }); }
      }
      const table = new Table();
      var handler = () => [table.transact([table.action.update()]), new GetObjectCommand({ VersionId: "1" })];`;
    assert.deepEqual(calls(code), ["GetObject", "GetObject:version", "TransactWrite", "TransactWrite:Update"]);
  });

  it("include pages of a list and uploads in parts", () => {
    const code = `var handler = () => [paginateListObjectsV22({}), paginateQuery({}), new Upload2({})];`;
    assert.deepEqual(calls(code), ["ListObjectsV2", "Query", "Upload"]);
  });

  it("are known of every function when its code has been built", function () {
    this.timeout(60_000);
    for (const name of functionNames()) {
      functionCode(name, { architecture: "x86_64" });
      assert.notDeepEqual(callsOfFunction(name, "x86_64"), [], name);
    }
    const coordinator = callsOfFunction("run-coordinator", "x86_64");
    assert.ok(coordinator.includes("TransactWrite:ConditionCheck") && !coordinator.includes("StartExecution"));
  });
});
