import type { EnvironmentName } from "./levels";
import { engineName, levelOf, TABLE } from "./table";

/** The text of `config.<environment>.json`, which tells the engine the level of each rule. */
export function configText(environment: EnvironmentName): string {
  const levels = Object.fromEntries(
    TABLE.map((row) => [engineName(row), { enforcementLevel: levelOf(row, environment) }]),
  );
  return `${JSON.stringify(levels, null, 2)}\n`;
}
