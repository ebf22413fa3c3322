import { follow, upload, type Drop, type Ingested } from "../../cli/ingest";
import { query } from "../../cli/athena";
import type { PlatformOutputs } from "../../cli/clients";
import type { LocalPlatform } from "./platform";

/** Uploads a file and follows it to its end. If the file is not ingested, the benchmark fails. */
export async function ingest(
  platform: LocalPlatform,
  outputs: PlatformOutputs,
  file: string,
  drop: Omit<Drop, "bucket">,
  say: (line: string) => void,
): Promise<Ingested> {
  const uploaded = await upload(platform.clients, file, { ...drop, bucket: outputs.buckets.raw ?? "" });
  const ingested = await follow(platform.clients, outputs, uploaded, say, Date.now());
  if (ingested.entry.status !== "DONE") {
    throw new Error(`${drop.key} is ${ingested.entry.status}: ${ingested.entry.reason ?? ingested.execution.cause}`);
  }
  return ingested;
}

/** Returns the seconds from the end of the upload until the execution entered the engine's state. */
export function jobStarted({ startedAfter, states }: Ingested): number {
  const engine = states.findIndex(({ state }) => state === "RunLight" || state === "RunSpark");
  return (startedAfter + states.slice(0, engine).reduce((sum, { milliseconds }) => sum + milliseconds, 0)) / 1000;
}

/** Checks that Athena finds exactly these rows, because a fast run that loses rows is no result. */
export async function expectRows(
  { clients }: LocalPlatform,
  outputs: PlatformOutputs,
  table: string,
  rows: number,
): Promise<void> {
  const { rows: found } = await query(clients.athena, outputs, `select count(*) from ${table}`);
  if (Number(found[0]?.[0]) !== rows) {
    throw new Error(`Athena finds ${found[0]?.[0]} rows in ${table}, but ${rows} were ingested`);
  }
}
