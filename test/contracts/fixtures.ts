import { compileContract } from "../../contracts/compile";
import type { CompiledContract } from "../../contracts/compiled";
import { parseContract } from "../../contracts/parse";
import { formatProblem } from "../../contracts/problems";

/** A small contract's text; parts of it can be said otherwise. */
export function contractText(
  parts: { readonly columns?: string; readonly rest?: string; readonly name?: string } = {},
): string {
  return [
    `name: ${parts.name ?? "orders"}`,
    "description: Orders",
    "owner: orders@example.org",
    "columns:",
    parts.columns ??
      "  - { name: id, type: int, nullable: false }\n  - { name: shop, type: string, nullable: false }\n  - { name: amount, type: double }\n  - { name: ordered, type: date, nullable: false }",
    parts.rest ?? "",
  ].join("\n");
}

/** Problems of a contract's text, one line each. */
export function problemsOf(text: string): string[] {
  return parseContract(text, "orders.yaml").problems.map(formatProblem);
}

/** Compiles a text that must have no problem. */
export function compiled(text: string): CompiledContract {
  const { contract, problems } = parseContract(text, "orders.yaml");
  if (contract === undefined) throw new Error(problems.map(formatProblem).join("\n"));
  return compileContract(contract);
}
