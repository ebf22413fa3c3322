import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import * as library from "../../components";
import { record, type Recording } from "./harness";

/** The component library as its source describes it, and the examples of its documentation, run. */

/** The folder of the library. */
export const root = resolve(__dirname, "../../components");

/** What a component says of itself. */
export interface Component {
  readonly name: string;
  readonly stage: string;
  readonly file: string;
  readonly doc: string;
  readonly example: string;
  readonly fields: readonly { readonly name: string; readonly type: string; readonly readonly: boolean }[];
  /** Exported constants of the file. */
  readonly constants: readonly string[];
}

/** The library's files. */
export const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && file !== "index.ts")
  .map((file) => join(root, file));

/** The classes that extend the base, as their source says. */
export const components: Component[] = files.flatMap((file) => {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const constants = source.statements
    .filter(ts.isVariableStatement)
    .filter((statement) => statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .flatMap((statement) => statement.declarationList.declarations.map((one) => one.name.getText()));
  return source.statements
    .filter(ts.isClassDeclaration)
    .filter((one) => one.heritageClauses?.some((clause) => /\bPlatformComponent\b/.test(clause.getText())))
    .map((one) => {
      const [comment] = ts.getJSDocCommentsAndTags(one).filter(ts.isJSDoc);
      const tag = comment?.tags?.find(({ tagName }) => tagName.text === "example");
      const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
      return {
        name: one.name?.text ?? "",
        stage: relative(root, file).split("/")[0] ?? "",
        file: relative(root, file),
        doc: (ts.getTextOfJSDocComment(comment?.comment) ?? "").trim(),
        example: (ts.getTextOfJSDocComment(tag?.comment) ?? "").trim(),
        fields: one.members
          .filter(ts.isPropertyDeclaration)
          .filter((member) => !member.modifiers?.some(({ kind }) => hidden.includes(kind)))
          .map((member) => ({
            name: member.name.getText(),
            type: member.type?.getText() ?? "",
            readonly: member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) ?? false,
          })),
        constants,
      };
    });
});

/** What the library's index exports. */
export const exported = library as unknown as Record<string, unknown>;

/** Changes the arguments with which an example makes a component. */
export type Change = (component: string, args: unknown) => unknown;

/** Runs the example; hands back what it registered and every component it made. */
export async function runExample(
  example: string,
  preview = false,
  change: Change = (_, args) => args,
): Promise<Recording<Map<string, pulumi.ComponentResource>>> {
  const { outputText } = ts.transpileModule(example, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS },
  });
  const made = new Map<string, pulumi.ComponentResource>();
  const watched = Object.fromEntries(
    Object.entries(exported).map(([name, value]) => [
      name,
      components.some((one) => one.name === name) ? watch(name, value, made, change) : value,
    ]),
  );
  return record(
    () => {
      new Function(...Object.keys(watched), outputText)(...Object.values(watched));
      return made;
    },
    { preview },
  );
}

function watch(name: string, value: unknown, made: Map<string, pulumi.ComponentResource>, change: Change): unknown {
  return new Proxy(value as new (...args: unknown[]) => pulumi.ComponentResource, {
    construct(target, [first, args, ...rest]) {
      const one = new target(first, change(name, args), ...rest);
      made.set(name, one);
      return one;
    },
  });
}
