import { typeInfo } from "../../../evaluate/type-facts";
import { nearest } from "../strict/validate";
import { shapeAt } from "./members";
import { asCall, fieldsOf, Requests } from "./requests";
import type { Call, Change, Read, Row } from "./row";
import { Tags } from "./tags";

/**
 * What is wrong with a row: operations and members that AWS's service model does not have, properties that the type does not have, and
 * inputs that no request takes although the row does not say so.
 */
export function rowProblems(row: Row): string[] {
  const requests = new Requests(row);
  const { model } = requests;
  const { inputs, outputs } = typeInfo(row.type);
  const properties = new Set(["id", ...inputs, ...outputs]);
  const calls = [
    asCall(row.create),
    ...(row.read ? [asCall<Read>(row.read)] : []),
    ...(row.update ?? []).flatMap(offs),
    ...(row.delete ? [asCall(row.delete)] : []),
  ];
  const problems = calls.flatMap(({ operation }) =>
    model.operations[operation]
      ? []
      : [`${row.service} has no operation ${operation}${nearest(operation, Object.keys(model.operations))}`],
  );
  if (!row.read && !row.recorded) problems.push("no operation reads it");
  if (problems.length > 0) return problems;

  for (const call of calls) {
    for (const member of Object.keys(typeof call.with === "object" ? call.with : {})) {
      if (shapeAt(model, requests.input(call.operation), [member]) === undefined) {
        problems.push(`${member} is not in the model's ${call.operation}`);
      }
    }
  }
  const read = row.read && asCall<Read>(row.read);
  const shapes = [
    ...calls.map(({ operation }) => requests.input(operation)),
    requests.output(asCall(row.create).operation),
    ...(read ? [requests.itemShape(read.operation, read.item)] : []),
  ];
  for (const [property, members] of Object.entries(row.names ?? {})) {
    const top = property.split(".")[0] ?? "";
    if (!properties.has(top))
      problems.push(`${top} in "names" is no property of the type${nearest(top, [...properties])}`);
    else if (top === property) {
      for (const member of [members].flat()) {
        if (!shapes.some((shape) => shapeAt(model, shape, member.split(".")) !== undefined)) {
          problems.push(
            `member ${member} of ${property} is not in the model's ${calls.map(({ operation }) => operation).join(", ")}`,
          );
        }
      }
    }
  }
  for (const [list, names] of Object.entries(mentioned(row))) {
    for (const name of names) {
      const top = name.split(".")[0] ?? "";
      if (!properties.has(top))
        problems.push(`${name} in "${list}" is no property of the type${nearest(top, [...properties])}`);
    }
  }
  const known = new Set([
    ...(row.settings ?? []),
    ...(row.unsent ?? []),
    ...Object.keys(row.refuses ?? {}),
    ...Object.keys(row.attributes ?? {}),
    ...(row.autoname?.prefix ? [row.autoname.prefix] : []),
  ]);
  for (const name of requests.properties) {
    if (!inputs.has(name) || known.has(name) || calls.some(({ operation }) => requests.takes(operation, name)))
      continue;
    problems.push(`no request takes ${name}: name its member, or list it in "unsent"`);
  }
  return inputs.has("tags") ? [...problems, ...new Tags(requests).problems()] : problems;
}

/** An update's operations: the one that sets, and the one that switches off. */
function offs(change: string | Change): Call[] {
  const call = asCall<Change>(change);
  return [call, ...(call.off ? [{ operation: call.off }] : [])];
}

const mentioned = (row: Row): Record<string, readonly string[]> => ({
  id: (fieldsOf(row) ?? []).flatMap((field) => field.split("|")).filter((field) => field !== "accountId"),
  replaceOn: row.replaceOn === "all" ? [] : (row.replaceOn ?? []),
  keeps: row.keeps ?? [],
  changing: row.changing ?? [],
  documents: row.documents ?? [],
  unordered: row.unordered ?? [],
  settings: row.settings ?? [],
  defaults: Object.keys(row.defaults ?? {}),
  sends: Object.keys(row.sends ?? {}),
  unset: Object.keys(row.unset ?? {}),
  refuses: Object.keys(row.refuses ?? {}),
  forgotten: row.forgotten ?? [],
  cleared: row.cleared ?? [],
  unsent: row.unsent ?? [],
});

/**
 * Refuses a table with mistakes.
 * @throws {Error} Naming every row that AWS's service models do not bear out.
 */
export function checkTable(rows: readonly Row[]): void {
  const problems = rows.flatMap((row) => rowProblems(row).map((problem) => `row ${row.type}: ${problem}`));
  if (problems.length > 0) throw new Error(`the table of the local provider is wrong:\n  ${problems.join("\n  ")}`);
}
