import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./paths";
import { BRIDGES } from "./provider/bridges";

export const LOCAL_CLOUD_DOCUMENT = join(REPOSITORY, "docs", "local-cloud.md");

const START = "<!-- bridges: made from local/provider/bridges.ts by `node -r ts-node/register local/document.ts` -->";
const END = "<!-- end of bridges -->";

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Returns a document with its table of bridges brought up to date with the code. */
export function withBridges(document: string): string {
  const [before, rest] = document.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`the document lacks the line that marks the table of bridges: ${START}`);
  const rows = BRIDGES.map(({ type, limit, bridge }) => `| \`${type}\` | ${cell(limit)} | ${cell(bridge)} |`);
  const table = [
    "<!-- prettier-ignore-start -->",
    "",
    "| resource type | limit | bridge |",
    "|---|---|---|",
    ...rows,
    "",
    "<!-- prettier-ignore-end -->",
  ].join("\n");
  return `${before}${START}\n\n${table}\n\n${END}${after}`;
}

if (require.main === module)
  writeFileSync(LOCAL_CLOUD_DOCUMENT, withBridges(readFileSync(LOCAL_CLOUD_DOCUMENT, "utf8")));
