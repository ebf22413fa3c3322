import pMap from "p-map";
import type { Manifest, RegisterRequest, RegisterResponse, SyncRequest } from "../../contracts/flow";
import { NamedError } from "../shared/errors";
import { lambdaHandler, logger } from "../shared/observability";
import { readText, s3Uri } from "../shared/s3";
import { environment } from "./environment";
import { listPartitions } from "./listing";
import { allPartitions, apply, existingAmong, partitionedTable, remove } from "./partitions";

const TABLES_AT_ONCE = 4;

/** Makes the catalog's partitions agree with the objects that exist. */
export const handler = lambdaHandler(
  environment,
  async (request: RegisterRequest | SyncRequest): Promise<RegisterResponse> => {
    switch (request.action) {
      case "register":
        return register(request);
      case "sync":
        return sync(request);
      default:
        throw new NamedError(
          "InvalidRequest",
          `action is ${JSON.stringify((request as { action?: unknown }).action)}; allowed: register, sync`,
        );
    }
  },
);

async function register({ manifest: address }: RegisterRequest): Promise<RegisterResponse> {
  const text = await readText(address);
  if (text === undefined) {
    throw new NamedError("ManifestMissing", `There is no manifest at ${s3Uri(address)}: the run did not do its work.`);
  }
  const { partitions } = JSON.parse(text) as Pick<Manifest, "partitions">;
  const names = [...new Set(partitions.map(({ table }) => table))];
  const results = await pMap(
    names,
    async (name) => {
      const nothing = { added: 0, existing: 0, updated: 0, removed: 0 };
      const table = await partitionedTable(environment().DATABASE_NAME, name);
      if (!table) return nothing;
      const ours = partitions.filter((partition) => partition.table === name);
      for (const { values } of ours) {
        if (values.length !== table.keys.length) {
          throw new NamedError(
            "ManifestInvalid",
            `${s3Uri(address)} has a partition of ${name} with the values ${JSON.stringify(values)}; its keys are ${table.keys.join(", ")}`,
          );
        }
      }
      const filled = ours.filter(({ emptied }) => !emptied);
      const applied = await apply(table, filled, await existingAmong(table, filled), true);
      const removed = await remove(
        table,
        ours.filter(({ emptied }) => emptied).map(({ values }) => values),
      );
      logger.info("partitions registered", { table: name, ...applied, removed });
      return { ...applied, removed };
    },
    { concurrency: TABLES_AT_ONCE },
  );
  const sum = (field: "added" | "existing" | "updated" | "removed") =>
    results.reduce((total, result) => total + result[field], 0);
  return {
    status: "succeeded",
    added: sum("added"),
    existing: sum("existing"),
    updated: sum("updated"),
    removed: sum("removed"),
    vanished: [],
    unexpected: [],
  };
}

async function sync({ table: name, removeVanished = false }: SyncRequest): Promise<RegisterResponse> {
  const table = await partitionedTable(environment().DATABASE_NAME, name);
  if (!table) {
    return { status: "succeeded", added: 0, existing: 0, updated: 0, removed: 0, vanished: [], unexpected: [] };
  }
  const [listing, known] = await Promise.all([
    listPartitions(table.storage.Location ?? "", table.keys),
    allPartitions(table),
  ]);
  const applied = await apply(table, listing.partitions, known, false);
  const there = new Set(listing.partitions.map(({ values }) => JSON.stringify(values)));
  const vanished = [...known.values()]
    .map(({ Values }) => Values ?? [])
    .filter((values) => !there.has(JSON.stringify(values)));
  const removed = removeVanished ? await remove(table, vanished) : 0;
  const named = vanished
    .map((values) => table.keys.map((key, index) => `${key}=${values[index] ?? ""}`).join("/"))
    .sort();
  logger.info("table synchronised", {
    table: name,
    ...applied,
    removed,
    vanished: named.length,
    unexpected: listing.unexpected.length,
  });
  return { status: "succeeded", ...applied, removed, vanished: named, unexpected: listing.unexpected };
}
