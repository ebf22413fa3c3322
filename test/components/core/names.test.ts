import assert from "node:assert/strict";
import { shortened } from "../../../components/core/names";

describe("a name that is derived from what a user chooses", () => {
  it("stays as it is where it is short enough", () => assert.equal(shortened("orders-due", 10), "orders-due"));

  it("is cut where it is too long, and remains readable", () => {
    const name = shortened("ingestion-measurements_of_all_plants-due", 24);
    assert.match(name, /^ingestion-measu-[0-9a-f]{8}$/);
    assert.equal(name, shortened("ingestion-measurements_of_all_plants-due", 24), "the same each time");
  });

  it("stays different from one that differs behind the cut only", () => {
    const names = Array.from({ length: 1000 }, (_, index) => shortened(`${"a".repeat(100)}${index}`, 56));
    assert.equal(new Set(names).size, 1000);
    for (const name of names) assert.equal(name.length, 56);
  });
});
