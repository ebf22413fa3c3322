import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as Config from "./config";
import { ENVIRONMENTS } from "./levels";

const RULES = join(__dirname, "rules");

/** The paths of all rules: the files under `rules/` with a default export. Files without one hold what several rules share. */
export const rulePaths = (): readonly string[] =>
  readdirSync(RULES, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .filter((file) => /^export default /m.test(readFileSync(join(RULES, file), "utf8")))
    .map((file) => file.replaceAll("\\", "/").replace(/\.ts$/, ""))
    .sort();

const variable = (path: string): string => path.replace(/[/-](\w)/g, (_, letter: string) => letter.toUpperCase());

/** The text of `rules/index.ts`, which imports every rule. */
export const indexText = (paths: readonly string[]): string =>
  [
    'import type { Rule } from "../rule";',
    ...paths.map((path) => `import ${variable(path)} from "./${path}";`),
    "",
    "/** Every rule by the path of its file. `policies/generate.ts` writes this list. */",
    "export const RULES: Readonly<Record<string, Rule>> = {",
    ...paths.map((path) => `  "${path}": ${variable(path)},`),
    "};",
    "",
  ].join("\n");

/** Writes the list of rules first, because the engine's configuration is made from it. */
async function generate(): Promise<void> {
  writeFileSync(join(RULES, "index.ts"), indexText(rulePaths()));
  const { configText } = (await import(join(__dirname, "config"))) as typeof Config;
  for (const environment of ENVIRONMENTS)
    writeFileSync(join(__dirname, `config.${environment}.json`), configText(environment));
}

if (require.main === module) void generate();
