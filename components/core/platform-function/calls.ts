import type * as TypeScript from "typescript";

/**
 * What a function asks of AWS, found in its bundle: `GetObject`, `Query`, `TransactWrite`; with `:version` where a request may name the version of an
 * object, and with `:Update`, `:Put`, `:Delete` and `:ConditionCheck` for the actions of a transaction.
 *
 * The bundler has removed the modules and functions that are never used. What is left is followed from the handler by names: a use of a name reaches every
 * function and every method with it, so that the list has what the function may call, and seldom more.
 */
export function callsOf(bundle: string, typescript: typeof TypeScript): string[] {
  const source = typescript.createSourceFile("bundle.js", ownCode(bundle), typescript.ScriptTarget.Latest, true);
  const units = unitsOf(source, typescript);
  const reached = new Set<Unit>();
  const open = units.filter(({ isRoot }) => isRoot);
  const byName = new Map<string, Unit[]>();
  for (const unit of units) byName.set(unit.name, [...(byName.get(unit.name) ?? []), unit]);
  for (let unit = open.pop(); unit; unit = open.pop()) {
    if (reached.has(unit)) continue;
    reached.add(unit);
    for (const use of unit.uses) {
      const name = use.replace(OF_A_LIBRARY, "");
      const anyReceiver = use === name ? name.replace(/^\.[^.]*\./, ".") : "";
      open.push(...(byName.get(name) ?? byName.get(anyReceiver) ?? []));
    }
  }
  const calls = new Set([...reached].flatMap((unit) => unit.calls));
  return [...calls].filter((call) => calls.has(call.split(":")[0] ?? "")).sort();
}

/** A top-level declaration, a method of a class, or a function in an object that a class has as a field. */
interface Unit {
  readonly name: string;
  readonly isRoot: boolean;
  /** The names that it uses: `run` for a function, `.receiver.run` for a method of any class or of the field `receiver`. */
  readonly uses: ReadonlySet<string>;
  readonly calls: readonly string[];
}

/** Returns the parts of a bundle that come from this project, which the bundler marks with the path of each file. */
const ownCode = (bundle: string): string =>
  bundle
    .split(/^(?=\/\/ [\w@.][^\n]*\.(?:[cm]?[jt]s|json)$)/m)
    .filter((part) => /^\/\/ (functions|contracts)\//.test(part))
    .join("\n");

function unitsOf(source: TypeScript.SourceFile, ts: typeof TypeScript): Unit[] {
  const units: Unit[] = [];
  const add = (name: string, node: TypeScript.Node, apart: readonly TypeScript.Node[] = []): void => {
    units.push({ name, isRoot: name === "handler", ...readUnit(node, new Set(apart), ts) });
  };
  for (const statement of source.statements) {
    if (ts.isClassDeclaration(statement)) addClass(statement, statement.name?.text ?? "", add, ts);
    else if (ts.isFunctionDeclaration(statement)) add(statement.name?.text ?? "", statement);
    else if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (!initializer) continue;
        if (ts.isClassExpression(initializer)) addClass(initializer, name.getText(), add, ts);
        else add(name.getText(), initializer);
      }
    } else add("handler", statement);
  }
  return units;
}

/** Adds each method of a class, and each function of an object that it has as a field, as a unit of its own. */
function addClass(
  node: TypeScript.ClassLikeDeclaration,
  name: string,
  add: (name: string, node: TypeScript.Node, apart?: readonly TypeScript.Node[]) => void,
  ts: typeof TypeScript,
): void {
  const apart: TypeScript.Node[] = [];
  for (const member of node.members) {
    if (ts.isMethodDeclaration(member)) {
      apart.push(member);
      add(`.${member.name.getText()}`, member);
    } else if (
      ts.isPropertyDeclaration(member) &&
      member.initializer &&
      ts.isObjectLiteralExpression(member.initializer)
    ) {
      for (const property of member.initializer.properties) {
        apart.push(property);
        add(`.${member.name.getText()}.${property.name?.getText() ?? ""}`, property);
      }
    }
  }
  add(name, node, apart);
}

/** Methods of JavaScript's collections and hashes. A call of them is one of this project's methods only if the receiver is a field or `this`. */
const OF_LIBRARIES: ReadonlySet<string> = new Set([
  "get",
  "set",
  "has",
  "add",
  "delete",
  "clear",
  "keys",
  "values",
  "entries",
  "update",
]);
/** Marks the use of a method that, unless its receiver is a field of ours, belongs to a library. */
const OF_A_LIBRARY = "?";
const TRANSACTION: ReadonlySet<string> = new Set(["Update", "Put", "Delete", "ConditionCheck"]);

function readUnit(
  unit: TypeScript.Node,
  apart: ReadonlySet<TypeScript.Node>,
  ts: typeof TypeScript,
): { readonly uses: Set<string>; readonly calls: string[] } {
  const uses = new Set<string>();
  const calls: string[] = [];
  const visit = (node: TypeScript.Node): void => {
    if (apart.has(node)) return;
    if (ts.isPropertyAccessExpression(node)) {
      const method = node.name.text;
      const receiver = node.expression.getText();
      // What is neither called nor passed to a call is a value, not a method.
      const isUsed = ts.isCallExpression(node.parent);
      const isCalled = isUsed && (node.parent as TypeScript.CallExpression).expression === node;
      const isOurs = OF_LIBRARIES.has(method) ? isCalled && receiver.startsWith("this") : isUsed;
      uses.add(`.${receiver.slice(receiver.lastIndexOf(".") + 1)}.${method}${isOurs ? "" : OF_A_LIBRARY}`);
    } else if (ts.isIdentifier(node)) uses.add(node.text);
    const made = ts.isNewExpression(node) ? /^(\w+?)(?:Command)\d*$/.exec(node.expression.getText())?.[1] : undefined;
    if (made) calls.push(made, ...(/\bVersionId\b|\.\.\.from\b/.test(node.getText()) ? [`${made}:version`] : []));
    if (ts.isNewExpression(node) && /^Upload\d*$/.test(node.expression.getText())) calls.push("Upload");
    if (ts.isCallExpression(node)) {
      const paged = /^paginate(\w*?V2|\w+?)\d*$/.exec(node.expression.getText())?.[1];
      if (paged) calls.push(paged);
    }
    if (
      ts.isPropertyAssignment(node) &&
      TRANSACTION.has(node.name.getText()) &&
      ts.isObjectLiteralExpression(node.initializer)
    )
      calls.push(`TransactWrite:${node.name.getText()}`);
    ts.forEachChild(node, visit);
  };
  visit(unit);
  return { uses, calls };
}
