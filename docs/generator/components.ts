import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";
import { z } from "zod";
import { code, table } from "./markdown";
import { schemaRows } from "./schema";

const ROOT = join(__dirname, "..", "..");
const INDEX = join(ROOT, "components", "index.ts");
const BASE = "PlatformComponent";

interface Module {
  readonly path: string;
  readonly source: ts.SourceFile;
}

/** A name that `components/index.ts` exports, and its declaration. */
interface Exported {
  readonly name: string;
  readonly module: Module;
}

const modules = new Map<string, Module>();

function moduleAt(path: string): Module {
  const known = modules.get(path);
  if (known) return known;
  const read = { path, source: ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true) };
  modules.set(path, read);
  return read;
}

/** Returns the file of a module specifier, if it is in this project. */
function resolved(from: Module, specifier: ts.Expression | undefined): Module | undefined {
  if (!specifier || !ts.isStringLiteral(specifier) || !specifier.text.startsWith(".")) return undefined;
  const base = join(dirname(from.path), specifier.text);
  const path = [`${base}.ts`, join(base, "index.ts")].find((file) => existsSync(file));
  return path === undefined ? undefined : moduleAt(path);
}

function exportsOf(index: Module): Exported[] {
  return index.source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause || !ts.isNamedExports(statement.exportClause))
      return [];
    const module = resolved(index, statement.moduleSpecifier);
    return module ? statement.exportClause.elements.map(({ name }) => ({ name: name.text, module })) : [];
  });
}

type Declaration =
  | ts.ClassDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.FunctionDeclaration
  | ts.VariableDeclaration;

interface Found {
  readonly node: Declaration;
  readonly module: Module;
}

/** Finds a declaration by its name, through imports and re-exports. */
function find(name: string, module: Module): Found | undefined {
  for (const statement of module.source.statements) {
    if (
      (ts.isClassDeclaration(statement) ||
        ts.isInterfaceDeclaration(statement) ||
        ts.isTypeAliasDeclaration(statement) ||
        ts.isFunctionDeclaration(statement)) &&
      statement.name?.text === name
    ) {
      return { node: statement, module };
    }
    if (ts.isVariableStatement(statement)) {
      const node = statement.declarationList.declarations.find((one) => one.name.getText() === name);
      if (node) return { node, module };
    }
  }
  for (const statement of module.source.statements) {
    const named =
      ts.isImportDeclaration(statement) && statement.importClause?.namedBindings
        ? statement.importClause.namedBindings
        : ts.isExportDeclaration(statement)
          ? statement.exportClause
          : undefined;
    if (!named || (!ts.isNamedImports(named) && !ts.isNamedExports(named))) continue;
    if (!named.elements.some((element) => element.name.text === name)) continue;
    const from = resolved(module, (statement as ts.ImportDeclaration | ts.ExportDeclaration).moduleSpecifier);
    return from ? find(name, from) : undefined;
  }
  return undefined;
}

/** Returns the text of a doc comment in paragraphs. */
function words(node: ts.Node): string {
  const comment = ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? "")
    .join("\n\n");
  return comment
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, " ").trim())
    .filter(Boolean)
    .join("\n\n");
}

const exampleOf = (node: ts.Node): string | undefined =>
  ts
    .getJSDocTags(node)
    .filter((tag) => tag.tagName.text === "example")
    .map((tag) => ts.getTextOfJSDocComment(tag.comment)?.trim())
    .find(Boolean);

/** Returns a type in one line, without `readonly` and namespaces. */
const shown = (text: string): string =>
  text
    .replace(/\/\*\*?[\s\S]*?\*\//g, "")
    .replace(/\breadonly /g, "")
    .replace(/\bpulumi\.(?=Input\b|Output\b)/g, "")
    .replace(/\s+/g, " ")
    .replace(/^\| /, "")
    .replace(/[,;] ([}\])])/g, " $1")
    .trim();

const typeText = (node: ts.TypeNode | undefined): string => (node ? code(shown(node.getText())) : "");

/** Returns the zod object that `Settings<typeof name>` names. */
function settingsOf(
  node: ts.ExpressionWithTypeArguments | ts.TypeReferenceNode,
  module: Module,
): z.ZodType | undefined {
  const reference = ts.isTypeReferenceNode(node) ? node.typeName : node.expression;
  const [argument] = node.typeArguments ?? [];
  if (reference.getText() !== "Settings" || !argument || !ts.isTypeQueryNode(argument)) return undefined;
  const name = argument.exprName.getText();
  const found = find(name, module);
  if (!found) throw new Error(`${module.path} uses ${name}, which has no declaration`);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the name of the module comes from the source
  return (require(found.module.path) as Record<string, z.ZodType>)[name];
}

/** A row of a table of arguments: name, type, default, limits, description. */
interface Member {
  readonly name: string;
  readonly row: readonly string[];
}

/** Returns the rows of settings; nested settings follow the one that contains them. */
const settingMembers = (schema: z.ZodType): Member[] =>
  schemaRows(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })).map((row) => ({
    name: (row[0] ?? "").replaceAll("`", "").split(/[.[]/)[0] ?? "",
    row,
  }));

/** Returns the members of an interface; inherited ones come first. */
function membersOf(node: Declaration, module: Module): Member[] {
  if (!ts.isInterfaceDeclaration(node)) return [];
  const inherited = (node.heritageClauses ?? [])
    .flatMap((clause) => [...clause.types])
    .flatMap((type) => {
      const settings = settingsOf(type, module);
      if (settings) return settingMembers(settings);
      const [base, picked] = type.typeArguments ?? [];
      if (type.expression.getText() === "Pick" && base && picked) {
        const names: readonly string[] = picked.getText().match(/[\w-]+/g) ?? [];
        const parent = find(base.getText(), module);
        return parent ? membersOf(parent.node, parent.module).filter(({ name }) => names.includes(name)) : [];
      }
      const parent = find(type.expression.getText(), module);
      return parent ? membersOf(parent.node, parent.module) : [];
    });
  const own = node.members.filter(ts.isPropertySignature).map((member) => {
    const name = member.name.getText();
    const isRequired = member.questionToken === undefined;
    return { name, row: [code(name), typeText(member.type), isRequired ? "required" : "", "", words(member)] };
  });
  return [...inherited, ...own];
}

const isHidden = (node: ts.HasModifiers): boolean =>
  ts
    .getModifiers(node)
    ?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword) ?? false;

const argsTable = (members: readonly Member[], head = "argument"): string =>
  table(
    [head, "type", "default", "limits", "description"],
    members.map(({ row }) => [...row]),
  );

function component(node: ts.ClassDeclaration, module: Module): string {
  const name = node.name?.text ?? "";
  const parts = [`### ${name}`, `${code(relative(ROOT, module.path))}\n\n${words(node)}`];
  const example = exampleOf(node);
  if (example) parts.push(`\`\`\`ts\n${example}\n\`\`\``);
  const args = find(`${name}Args`, module);
  if (args) parts.push("**Arguments**", argsTable(membersOf(args.node, args.module)));
  const outputs = node.members.filter(ts.isPropertyDeclaration).filter((member) => !isHidden(member));
  if (outputs.length > 0) {
    parts.push(
      "**Outputs**",
      table(
        ["output", "type", "description"],
        outputs.map((member) => [code(member.name.getText()), typeText(member.type), words(member)]),
      ),
    );
  }
  const methods = node.members.filter(ts.isMethodDeclaration).filter((member) => !isHidden(member));
  if (methods.length > 0) {
    parts.push(
      "**Methods**",
      table(
        ["method", "description"],
        methods.map((member) => {
          const parameters = member.parameters.map((one) => shown(one.getText())).join(", ");
          return [code(`${member.name.getText()}(${parameters})`), words(member)];
        }),
      ),
    );
  }
  return parts.join("\n\n");
}

/** Returns the choices of a union; for `(typeof LIST)[number]`, the entries of the list. */
function choices(node: ts.TypeNode, module: Module): string {
  const list = /^\(typeof (\w+)\)\[number\]$/.exec(node.getText())?.[1];
  const found = list === undefined ? undefined : find(list, module);
  if (found && ts.isVariableDeclaration(found.node) && found.node.initializer) {
    const array = ts.isAsExpression(found.node.initializer)
      ? found.node.initializer.expression
      : found.node.initializer;
    if (ts.isArrayLiteralExpression(array)) return array.elements.map((one) => code(one.getText())).join(", ");
  }
  return (ts.isUnionTypeNode(node) ? node.types.map((one) => one.getText()) : [node.getText()])
    .map((one) => code(shown(one)))
    .join(", ");
}

/** Returns the types that a declaration uses although `components/index.ts` does not export them. */
function named({ node, module }: Found, known: ReadonlySet<string>): Found[] {
  const names = new Set<string>();
  const visit = (inner: ts.Node): void => {
    if (ts.isTypeReferenceNode(inner)) names.add(inner.typeName.getText());
    ts.forEachChild(inner, visit);
  };
  ts.forEachChild(node, visit);
  return [...names]
    .filter((name) => !known.has(name))
    .map((name) => find(name, module))
    .filter((found) => found !== undefined)
    .filter(({ node: one }) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one))
    .filter(({ module: { path } }) => path.startsWith(join(ROOT, "components")));
}

function type(node: ts.InterfaceDeclaration | ts.TypeAliasDeclaration, module: Module): string {
  const name = node.name.text;
  const parts = [`### ${name}`, words(node)];
  if (ts.isInterfaceDeclaration(node)) {
    parts.push(argsTable(membersOf(node, module), "member"));
  } else {
    const settings = ts.isTypeReferenceNode(node.type) ? settingsOf(node.type, module) : undefined;
    parts.push(settings ? argsTable(settingMembers(settings), "member") : `One of ${choices(node.type, module)}.`);
  }
  return parts.filter(Boolean).join("\n\n");
}

/** The components by stage, and the types of their arguments. */
export interface ComponentPages {
  readonly text: string;
  readonly names: readonly string[];
}

/** Returns the reference of all exports of `components/index.ts`. */
export function componentReference(): ComponentPages {
  const index = moduleAt(INDEX);
  const stages = new Map<string, string[]>();
  const types: Found[] = [];
  const owned: Found[] = [];
  const functions: string[][] = [];
  const names: string[] = [];
  const exported = exportsOf(index);
  const isComponent = (name: string): boolean => exported.some((one) => one.name === name && one.name !== BASE);
  for (const { name, module } of exported) {
    const found = find(name, module);
    if (!found) throw new Error(`components/index.ts exports ${name}, which has no declaration`);
    const { node } = found;
    if (ts.isClassDeclaration(node)) {
      const extended = node.heritageClauses?.some((clause) => clause.types.some((one) => one.getText() === BASE));
      if (!extended) continue;
      const [stage = ""] = relative(join(ROOT, "components"), dirname(found.module.path)).split(sep);
      stages.set(stage, [...(stages.get(stage) ?? []), component(node, found.module)]);
      names.push(name);
    } else if (ts.isFunctionDeclaration(node)) {
      functions.push([code(`${name}(${node.parameters.map((one) => shown(one.getText())).join(", ")})`), words(node)]);
    } else if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
      const owner = /^(\w+)Args$/.exec(name)?.[1];
      if (owner === undefined || !isComponent(owner)) types.push(found);
      else owned.push(found);
    }
  }
  const known = new Set(exported.map(({ name }) => name));
  for (const found of [...owned, ...types]) {
    for (const one of named(found, known)) {
      known.add((one.node as ts.InterfaceDeclaration).name.text);
      types.push(one);
    }
  }
  const text = [
    ...[...stages].flatMap(([stage, pages]) => [`## ${stage[0]?.toUpperCase()}${stage.slice(1)}`, ...pages]),
    "## Types of arguments",
    ...types.map(({ node, module }) => type(node as ts.InterfaceDeclaration, module)),
    "## Functions",
    table(["function", "description"], functions),
  ].join("\n\n");
  return { text, names };
}
