import type { Batch } from "../../contracts/flow";
import { NamedError } from "../shared/errors";
import { type ObjectAddress, readText, s3Uri } from "../shared/s3";

/** Reads the work order of a run. */
export async function readBatch(address: ObjectAddress, runId: string): Promise<Batch> {
  const text = await readText(address);
  if (text === undefined) throw new NamedError("InvalidRequest", `There is no work order at ${s3Uri(address)}.`);
  const batch = JSON.parse(text) as Batch;
  if (batch.runId !== runId) {
    throw new NamedError("InvalidRequest", `${s3Uri(address)} is the work order of run ${batch.runId}, not ${runId}.`);
  }
  return batch;
}
