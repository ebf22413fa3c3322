import { statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import type { EngineRequest, EngineResponse } from "../../contracts/flow";
import { s3 } from "../shared/aws";
import { positiveInteger } from "../shared/env";
import { lambdaHandler, logger } from "../shared/observability";
import { runBatch } from "./engine";
import { engineLimits } from "./limits";
import { S3ObjectStore } from "./store";
import { withWorkspace } from "./workspace";

/** Runs one batch on DuckDB. */
export const handler = lambdaHandler(async (request: EngineRequest): Promise<EngineResponse> => {
  const disk = statfsSync(tmpdir());
  const limits = engineLimits({
    memoryMegabytes: positiveInteger("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 2048),
    freeDisk: disk.bavail * disk.bsize,
    processors: availableParallelism(),
    aggregates: positiveInteger("LIGHT_MAX_BYTES", 1024 ** 3),
  });
  const response = await withWorkspace((workspace) => runBatch(new S3ObjectStore(s3()), request, limits, workspace));
  logger.info("run ended", { batch: request.batch, response });
  return response;
});
