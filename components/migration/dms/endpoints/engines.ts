/** What DMS can do with each engine: facts, without resources. */

export const POSTGRES_ENGINES = ["postgres", "aurora-postgresql"] as const;
export const MYSQL_ENGINES = ["mysql", "mariadb", "aurora"] as const;

/** Engines whose rows DMS can compare. */
const COMPARABLE: readonly string[] = [...POSTGRES_ENGINES, ...MYSQL_ENGINES, "oracle", "sqlserver", "redshift"];

/** Returns why DMS cannot compare the rows of two engines, or undefined where it can. */
export function incomparable(from: string, to: string): string | undefined {
  const without = [from, to].filter((engine) => !COMPARABLE.includes(engine));
  return without.length === 0 ? undefined : `DMS does not compare rows of ${without.join(" and ")}`;
}

/** Whether changes can begin at a time. PostgreSQL cannot tell which position a time was at; files are read from the first one. */
export const startsByTime = (engine: string): boolean =>
  ![...POSTGRES_ENGINES, "s3"].some((without) => without === engine);

/** Whether changes can begin with the start of the task, without a position. */
export const startsNow = (engine: string): boolean => engine !== "s3";

/** Modes of TLS that check the server's certificate need the certificate of its authority. */
export const needsCertificate = (mode: string): boolean => mode.startsWith("verify");

/** Returns why this platform does not offer an engine that DMS knows. */
export const refusedEngine = (engine: unknown): string | undefined =>
  engine === "neptune"
    ? "anything but neptune: the AWS provider can set neither a graph mapping nor the endpoint's bucket, without which DMS loads nothing"
    : undefined;
