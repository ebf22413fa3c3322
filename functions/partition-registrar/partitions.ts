import {
  BatchCreatePartitionCommand,
  BatchGetPartitionCommand,
  BatchUpdatePartitionCommand,
  DeletePartitionCommand,
  GetPartitionsCommand,
  type GetPartitionsCommandOutput,
  GetTableCommand,
  type Column,
  type Partition,
  type PartitionError,
  type PartitionInput,
  type StorageDescriptor,
  type Table,
} from "@aws-sdk/client-glue";
import pMap from "p-map";
import { glue } from "../shared/aws";
import { chunks } from "../shared/chunks";
import { type ErrorName, isNamed, NamedError } from "../shared/errors";

/** A partition that the table should have. */
export interface WantedPartition {
  readonly values: readonly string[];
  /** The address of its folder: `s3://bucket/prefix/`. */
  readonly location: string;
}

/** A Glue table that has partition keys and no partition projection. */
export interface PartitionedTable {
  readonly database: string;
  readonly name: string;
  readonly keys: readonly string[];
  readonly storage: StorageDescriptor;
}

/** The limits of one request (https://docs.aws.amazon.com/glue/latest/webapi/API_BatchCreatePartition.html). */
const GET_AT_ONCE = 1_000;
const WRITE_AT_ONCE = 100;
const REQUESTS_AT_ONCE = 8;
const SEGMENTS = 4;
const ROUNDS = 4;
const MAX_NAMED = 10;

const id = (values: readonly string[] | undefined): string => JSON.stringify(values ?? []);

/** Reads the table; undefined when it needs no registration: it has no partition keys, or Athena computes its partitions. */
export async function partitionedTable(database: string, name: string): Promise<PartitionedTable | undefined> {
  let table: Table | undefined;
  try {
    table = (await glue().send(new GetTableCommand({ DatabaseName: database, Name: name }))).Table;
  } catch (error) {
    if (!isNamed(error, "EntityNotFoundException")) throw error;
  }
  if (!table?.StorageDescriptor) {
    throw new NamedError(
      "InvalidRequest",
      `There is no table ${name} in the database ${database}. Deploy the dataset first.`,
    );
  }
  const keys = (table.PartitionKeys ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [Name]));
  const parameters = table.Parameters ?? {};
  if (keys.length === 0 || parameters["projection.enabled"]?.toLowerCase() === "true") return undefined;
  return { database, name, keys, storage: table.StorageDescriptor };
}

/** Reads the partitions that exist among those wanted, by their values. */
export async function existingAmong(
  table: PartitionedTable,
  wanted: readonly WantedPartition[],
): Promise<Map<string, Partition>> {
  const found = new Map<string, Partition>();
  await pMap(
    chunks(wanted, GET_AT_ONCE),
    async (chunk) => {
      let keys = chunk.map(({ values }) => ({ Values: [...values] }));
      while (keys.length > 0) {
        const answer = await glue().send(
          new BatchGetPartitionCommand({ DatabaseName: table.database, TableName: table.name, PartitionsToGet: keys }),
        );
        for (const partition of answer.Partitions ?? []) found.set(id(partition.Values), partition);
        // Glue leaves out what would make the answer too long. An empty answer means that the rest does not exist.
        const left = (answer.UnprocessedKeys ?? []).map(({ Values }) => ({ Values: Values ?? [] }));
        keys = (answer.Partitions ?? []).length > 0 && left.length < keys.length ? left : [];
      }
    },
    { concurrency: REQUESTS_AT_ONCE },
  );
  return found;
}

/** Reads all partitions of a table, by their values. */
export async function allPartitions(table: PartitionedTable): Promise<Map<string, Partition>> {
  const found = new Map<string, Partition>();
  await pMap(
    Array.from({ length: SEGMENTS }, (_, index) => index),
    async (segment) => {
      let token: string | undefined;
      do {
        const answer: GetPartitionsCommandOutput = await glue().send(
          new GetPartitionsCommand({
            DatabaseName: table.database,
            TableName: table.name,
            Segment: { SegmentNumber: segment, TotalSegments: SEGMENTS },
            ExcludeColumnSchema: true,
            NextToken: token,
          }),
        );
        for (const partition of answer.Partitions ?? []) found.set(id(partition.Values), partition);
        token = answer.NextToken;
      } while (token);
    },
    { concurrency: SEGMENTS },
  );
  return found;
}

export interface Applied {
  readonly added: number;
  readonly existing: number;
  /** Existing partitions that had another location, or the columns of an earlier contract. */
  readonly updated: number;
}

const sameColumns = (a: readonly Column[] | undefined, b: readonly Column[] | undefined): boolean =>
  JSON.stringify((a ?? []).map(({ Name, Type }) => [Name, Type])) ===
  JSON.stringify((b ?? []).map(({ Name, Type }) => [Name, Type]));

const withSlash = (location: string | undefined): string => (location ?? "").replace(/\/*$/, "/");

const inputOf = (table: PartitionedTable, { values, location }: WantedPartition): PartitionInput => ({
  Values: [...values],
  StorageDescriptor: { ...table.storage, Location: location },
});

/** Creates and updates partitions in batches, several at a time. Partitions that are right already are left alone. */
export async function apply(
  table: PartitionedTable,
  wanted: readonly WantedPartition[],
  existing: ReadonlyMap<string, Partition>,
  compareColumns: boolean,
): Promise<Applied> {
  const one = new Map(wanted.map((partition) => [id(partition.values), partition]));
  const toCreate: PartitionInput[] = [];
  const toUpdate: PartitionInput[] = [];
  for (const [key, partition] of one) {
    const known = existing.get(key);
    if (!known) toCreate.push(inputOf(table, partition));
    else if (
      withSlash(known.StorageDescriptor?.Location) !== withSlash(partition.location) ||
      (compareColumns && !sameColumns(known.StorageDescriptor?.Columns, table.storage.Columns))
    ) {
      toUpdate.push(inputOf(table, partition));
    }
  }
  const target = { DatabaseName: table.database, TableName: table.name };
  const added = await inBatches(table, "create", toCreate, async (batch) => {
    const answer = await glue().send(new BatchCreatePartitionCommand({ ...target, PartitionInputList: [...batch] }));
    return answer.Errors ?? [];
  });
  const updated = await inBatches(table, "update", toUpdate, async (batch) => {
    const answer = await glue().send(
      new BatchUpdatePartitionCommand({
        ...target,
        Entries: batch.map((input) => ({ PartitionValueList: input.Values, PartitionInput: input })),
      }),
    );
    return (answer.Errors ?? []).map(({ PartitionValueList, ErrorDetail }) => ({
      PartitionValues: PartitionValueList,
      ErrorDetail,
    }));
  });
  return { added, existing: one.size - added, updated };
}

const RETRIED = new Set([
  "InternalServiceException",
  "OperationTimeoutException",
  "ThrottlingException",
  "ConcurrentModificationException",
]);

/** Sends batches until Glue has taken all. Returns the number done by this call, without those that another process created. */
async function inBatches(
  table: PartitionedTable,
  verb: "create" | "update",
  inputs: readonly PartitionInput[],
  send: (batch: readonly PartitionInput[]) => Promise<readonly PartitionError[]>,
): Promise<number> {
  let left = inputs;
  let others = 0;
  for (let round = 1; left.length > 0; round++) {
    const errors = (await pMap(chunks(left, WRITE_AT_ONCE), send, { concurrency: REQUESTS_AT_ONCE })).flat();
    const failed = errors.filter(({ ErrorDetail }) => ErrorDetail?.ErrorCode !== "AlreadyExistsException");
    others += errors.length - failed.length;
    const permanent = failed.filter(({ ErrorDetail }) => !RETRIED.has(ErrorDetail?.ErrorCode ?? ""));
    if (permanent.length > 0 || (failed.length > 0 && round === ROUNDS)) {
      // A Glue that is still busy is no fault: the flow tries again later.
      const [name, named] =
        permanent.length > 0
          ? (["PartitionsNotRegistered", permanent] as const)
          : (["TransientError", failed] as const);
      throw notRegistered(name, table, verb, named);
    }
    const again = new Set(failed.map(({ PartitionValues }) => id(PartitionValues)));
    left = left.filter(({ Values }) => again.has(id(Values)));
    if (left.length > 0) await new Promise((wake) => setTimeout(wake, 200 * 2 ** round * (0.5 + Math.random() / 2)));
  }
  return inputs.length - others;
}

function notRegistered(
  name: ErrorName,
  table: PartitionedTable,
  verb: string,
  errors: readonly PartitionError[],
): NamedError {
  const named = errors.slice(0, MAX_NAMED).map(({ PartitionValues, ErrorDetail }) => {
    const values = table.keys.map((key, index) => `${key}=${PartitionValues?.[index] ?? "?"}`).join("/");
    return `${values} (${ErrorDetail?.ErrorCode}: ${ErrorDetail?.ErrorMessage})`;
  });
  const more = errors.length > MAX_NAMED ? ` and ${errors.length - MAX_NAMED} more` : "";
  return new NamedError(
    name,
    `Glue did not ${verb} ${errors.length} partitions of ${table.database}.${table.name}: ${named.join(", ")}${more}`,
  );
}

/** Removes partitions from the catalog, but none of their objects. Returns the number of partitions that no longer exist. */
export async function remove(table: PartitionedTable, values: readonly (readonly string[])[]): Promise<number> {
  await pMap(
    values,
    async (partition) => {
      try {
        await glue().send(
          new DeletePartitionCommand({
            DatabaseName: table.database,
            TableName: table.name,
            PartitionValues: [...partition],
          }),
        );
      } catch (error) {
        if (!isNamed(error, "EntityNotFoundException")) throw error;
      }
    },
    { concurrency: 2 * REQUESTS_AT_ONCE },
  );
  return values.length;
}
