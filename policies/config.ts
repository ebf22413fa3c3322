import { engineName, levelOf, TABLE, type EnvironmentName } from "./table";

/** The text of `config.<environment>.json`: how strict the engine is with each rule. */
export function configText(environment: EnvironmentName): string {
  const levels = Object.fromEntries(
    TABLE.map((row) => [engineName(row), { enforcementLevel: levelOf(row, environment) }]),
  );
  return `${JSON.stringify(levels, null, 2)}\n`;
}
