import { statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import type { EngineRequest, EngineResponse } from "../../contracts/flow";
import { s3 } from "../shared/aws";
import { lambdaHandler, logger } from "../shared/observability";
import { runBatch } from "./engine";
import { environment, lambdaEnvironment } from "./environment";
import { engineLimits } from "./limits";
import { S3ObjectStore } from "./store";
import { withWorkspace } from "./workspace";

/** Runs one batch on DuckDB. */
export const handler = lambdaHandler(
  environment,
  async (request: EngineRequest, { LIGHT_MAX_BYTES }): Promise<EngineResponse> => {
    const disk = statfsSync(tmpdir());
    const limits = engineLimits({
      memoryMegabytes: lambdaEnvironment().AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      freeDisk: disk.bavail * disk.bsize,
      processors: availableParallelism(),
      aggregates: LIGHT_MAX_BYTES,
    });
    const response = await withWorkspace((workspace) => runBatch(new S3ObjectStore(s3()), request, limits, workspace));
    logger.info("run ended", { batch: request.batch, response });
    return response;
  },
);
