/** Writes the generated pages and parts of pages anew: `npm run docs`. Their drift test is test/docs.test.ts. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { contractJsonSchema } from "../contracts/json-schema";
import { OUTPUT_DESCRIPTIONS } from "../infra/outputs";
import { environmentSchema } from "../infra/schema";
import { componentReference } from "./generator/components";
import { costTables } from "./generator/costs";
import { flowChart } from "./generator/flow";
import { code, generated, table, withGenerated } from "./generator/markdown";
import { ruleCounts, ruleSettings, ruleTables } from "./generator/policies";
import { schemaTable } from "./generator/schema";
import { PYTHON_LICENCES, readLicences, thirdParty } from "./generator/third-party";

const ROOT = join(__dirname, "..");

/** The keys of an environment, as JSON schema. */
export const environmentJsonSchema = (): object => z.toJSONSchema(environmentSchema, { io: "input" });

/** A hand-written page with generated parts. */
const filled = (page: string, ...parts: readonly (readonly [name: string, from: string, text: string])[]): string =>
  parts.reduce(
    (text, [name, from, part]) => withGenerated(text, name, from, part),
    readFileSync(join(ROOT, page), "utf8"),
  );

const outputs = (): string =>
  table(
    ["output", "what it is"],
    Object.entries(OUTPUT_DESCRIPTIONS).map(([name, text]) => [code(name), text]),
  );

const COMPONENTS = [
  'Import them from `components`: `import { DataLake } from "../components";`. Each has the type token `dataplatform:<stage>:<Component>`, takes',
  "typed arguments and the usual resource options, and is parent of everything it makes. Arguments are checked when the component is made: a",
  "value that AWS or the platform would refuse is an error that names the argument, the value and what is allowed.",
  "",
  "`grant…` methods return policy statements with concrete ARNs, the encryption key included; a role gets them as part of its policy. `transform`",
  "changes the arguments of the resource it is named after, last of all; the policy pack still judges the result. Where an argument has",
  "no default and is not required, nothing is set.",
  "",
  "Whole programs are in `examples/`; the tests run every one of them and every example below.",
].join("\n");

/** Path → text of every page that has something generated in it. */
export const DOCUMENTS: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/configuration.md": () =>
    filled(
      "docs/configuration.md",
      ["keys", "infra/schema.ts", schemaTable(environmentJsonSchema())],
      ["outputs", "infra/outputs.ts", outputs()],
    ),
  "docs/datasets.md": () =>
    filled("docs/datasets.md", ["contract", "contracts/schema.ts", schemaTable(contractJsonSchema())]),
  "docs/architecture.md": () =>
    filled("docs/architecture.md", ["states", "components/ingestion/flow/definition.ts", flowChart()]),
  "docs/operations.md": async () =>
    filled("docs/operations.md", ["costs", "the programs of dev and prod", await costTables()]),
  "docs/components.md": () =>
    `# Components\n\n${COMPONENTS}\n\n${generated("components", "components/**", componentReference().text)}\n`,
  "docs/policies.md": () =>
    filled(
      "docs/policies.md",
      ["counts", "policies/table.ts", ruleCounts()],
      ["settings", "policies/settings.ts", ruleSettings()],
      ["rules", "policies/table.ts", ruleTables()],
    ),
  "THIRD-PARTY.md": () =>
    `# Third-party software and data\n\n${generated("licences", "package metadata", thirdParty())}\n`,
};

async function write(): Promise<void> {
  const folders = process.argv.slice(2);
  if (folders.length > 0) writeFileSync(PYTHON_LICENCES, `${JSON.stringify(readLicences(folders), null, 2)}\n`);
  for (const [path, text] of Object.entries(DOCUMENTS)) writeFileSync(join(ROOT, path), await text());
}

if (require.main === module) void write();
