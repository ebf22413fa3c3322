import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { LOCAL_CLOUD_DOCUMENT, withBridges } from "../../local/document";
import { BRIDGES } from "../../local/provider/bridges";

describe("docs/local-cloud.md", () => {
  const text = readFileSync(LOCAL_CLOUD_DOCUMENT, "utf8");

  it("has every bridge of the local provider, as the code has it", () => {
    assert.ok(BRIDGES.every(({ type }) => text.includes(`| \`${type}\` |`)));
    assert.equal(text, withBridges(text), "run `node -r ts-node/register local/document.ts`");
  });

  it("cannot lose the place of its table", () => {
    assert.throws(() => withBridges("# The local cloud\n"), /lacks the line that marks the table of bridges/);
  });
});
