import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";
import { FILE_STATUSES } from "../contracts/flow";
import { DOCUMENTS, environmentJsonSchema } from "../docs/generate";
import { componentReference } from "../docs/generator/components";
import { schemaKeys } from "../docs/generator/schema";
import { keyOf, knownLicences, licenceOf, pythonPackages } from "../docs/generator/third-party";
import { environmentSchema } from "../infra/schema";
import { OUTPUT_DESCRIPTIONS } from "../infra/outputs";

const ROOT = join(__dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const pages = ["README.md", "CHANGELOG.md", "THIRD-PARTY.md"].concat(
  readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
);

describe("the documentation", () => {
  for (const [path, text] of Object.entries(DOCUMENTS)) {
    it(`says in ${path} what the code says`, async () => {
      assert.equal(read(path), await text(), `${path} is out of date: \`npm run docs\` writes it anew`);
    });
  }

  it("shows every state of a file, and how a file comes into it", () => {
    const [, diagram = ""] = /^stateDiagram-v2$(.*?)^```$/ms.exec(read("docs/architecture.md")) ?? [];
    for (const status of FILE_STATUSES) assert.match(diagram, new RegExp(`--> ${status}:`), status);
  });

  it("names every key an environment may set", () => {
    const keys = schemaKeys(environmentJsonSchema());
    for (const key of Object.keys(environmentSchema.shape)) assert.ok(keys.includes(key), key);
    assert.ok(keys.includes("ingestion.leaseSeconds"));
  });

  it("describes every output of the program and no other", () => {
    const source = ts.createSourceFile("index.ts", read("infra/index.ts"), ts.ScriptTarget.ES2022, true);
    const exported = source.statements
      .filter(ts.isVariableStatement)
      .filter((one) => one.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
      .flatMap((one) => one.declarationList.declarations.map(({ name }) => name.getText()));
    assert.deepEqual(Object.keys(OUTPUT_DESCRIPTIONS).sort(), exported.sort());
  });

  it("has every component of the library", () => {
    const { names } = componentReference();
    const declared = readdirSync(join(ROOT, "components"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .flatMap((path) => [
        ...read(join("components", path)).matchAll(/^export class (\w+) extends PlatformComponent/gm),
      ])
      .map(([, name]) => name);
    assert.deepEqual([...names].sort(), declared.sort());
  });

  it("knows the licence of every Python package at the version that is pinned", () => {
    const known = knownLicences();
    assert.deepEqual(
      pythonPackages()
        .map(keyOf)
        .filter((key) => known[key] === undefined),
      [],
    );
  });

  it("links to files and headings that exist", () => {
    const broken: string[] = [];
    for (const page of pages) {
      // A regular expression in code may look like a link.
      const prose = read(page).replace(/`[^`\n]*`(?!\])/g, "");
      for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [path = "", heading] = target.split("#");
        const file = path === "" ? page : normalize(join(dirname(page), path));
        let text: string | undefined;
        try {
          text = file.endsWith(".md") ? read(file) : "";
          if (!file.endsWith(".md")) readFileSync(join(ROOT, file));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EISDIR") broken.push(`${page}: ${target}`);
          continue;
        }
        if (heading !== undefined && !headings(text).includes(heading)) broken.push(`${page}: ${target}`);
      }
    }
    assert.deepEqual(broken, []);
  });

  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    for (const page of pages) {
      for (const [, name = ""] of read(page).matchAll(/\bnpm run ([\w:-]+)/g)) {
        assert.ok(name in scripts, `${page} says npm run ${name}`);
      }
    }
  });

  it("names only commands of the command line that exist", () => {
    const commands = readdirSync(join(ROOT, "cli", "commands")).map((name) => name.replace(/\.ts$/, ""));
    for (const page of pages) {
      for (const [, name = ""] of read(page).matchAll(/(?:npx platform|`platform) ([a-z]+)/g)) {
        assert.ok(commands.includes(name), `${page} says platform ${name}`);
      }
    }
  });
});

describe("the licence of a Python package", () => {
  it("is its SPDX expression where it has one", () => {
    assert.equal(
      licenceOf("Name: a\nLicense-Expression: MIT OR Apache-2.0\nLicense: something else\n\nText"),
      "MIT OR Apache-2.0",
    );
  });

  it("is what its classifiers say where the licence field holds a whole text", () => {
    const text = `Name: a\nLicense: ${"Permission is hereby granted ".repeat(9)}\nClassifier: License :: OSI Approved :: MIT License\n\n`;
    assert.equal(licenceOf(text), "MIT");
  });

  it("is not made up where nothing is said, whatever the description holds", () => {
    assert.equal(licenceOf("Name: a\n\nLicense: MIT"), undefined);
  });
});

/** The anchors a code host makes of a page's headings. */
const headings = (text: string): string[] =>
  [...text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
