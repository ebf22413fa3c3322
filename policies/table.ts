import { ENVIRONMENTS, type EnvironmentName, type Level, type TableRow } from "./row";
import { DATABASES } from "./rows/databases";
import { FOUNDATION } from "./rows/foundation";
import { MESSAGES } from "./rows/messages";
import { MIGRATION } from "./rows/migration";
import { PROCESSING } from "./rows/processing";
import { REALTIME } from "./rows/realtime";
import { STORAGE } from "./rows/storage";

export { ENVIRONMENTS, type EnvironmentName, type Level, type Levels, type Severity, type TableRow } from "./row";

/** Every rule, sorted by service and number. The only place where one is switched on. */
export const TABLE: readonly TableRow[] = [
  ...STORAGE,
  ...PROCESSING,
  ...MESSAGES,
  ...DATABASES,
  ...MIGRATION,
  ...REALTIME,
  ...FOUNDATION,
];

/** A rule's name in the engine: its path with a hyphen. */
export const engineName = (row: TableRow): string => row.path.replace("/", "-");

export const levelOf = (row: TableRow, environment: string): Level =>
  row.levels[(ENVIRONMENTS as readonly string[]).includes(environment) ? (environment as EnvironmentName) : "prod"];
