import { IngestionPipeline } from "../components";
import type { Foundation } from "./foundation";
import type { Lakehouse } from "./lakehouse";

/** Turns files that land in the raw zone into Parquet tables. */
export function buildIngestion(
  base: Foundation,
  { lake, catalog, registrar, deadLetters }: Lakehouse,
): IngestionPipeline {
  const { options, key, alerts, protection, logRetentionDays } = base;
  const { environment, config, contracts } = base.environment;
  return new IngestionPipeline(
    "ingestion",
    {
      lake,
      catalog,
      registrar,
      deadLetters,
      key,
      alerts,
      protection,
      logRetentionDays,
      contracts,
      environment,
      ...config.ingestion,
    },
    options,
  );
}
