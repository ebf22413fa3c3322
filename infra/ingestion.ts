import { IngestionPipeline } from "../components";
import type { Foundation } from "./foundation";
import type { Lakehouse } from "./lakehouse";

/** Creates the pipeline that converts files in the raw zone to Parquet tables. */
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
