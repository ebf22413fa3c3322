import { GetObjectCommand } from "@aws-sdk/client-s3";
import pMap from "p-map";
import type { CompiledContract } from "../../contracts/compiled";
import { s3 } from "./aws";
import { httpStatus, isNamed, messageOf, NamedError } from "./errors";
import { isMissing } from "./s3";

/** How long a warm function uses a contract without asking. Afterwards a conditional request tells whether it has changed. */
const FRESH_FOR_MS = 5_000;
/** The number of entries kept: an upload of many keys of no dataset must not fill the memory. */
const MAX_ENTRIES = 2_000;

/** A contract as it is deployed. The contract of a scheduled dataset names the Spark job that keeps its bookmarks. */
export interface DeployedContract extends CompiledContract {
  readonly bookmarkJob?: string;
}

interface Entry {
  readonly checkedAt: number;
  readonly etag?: string;
  /** Undefined when there was no contract. */
  readonly contract?: DeployedContract;
}

const cache = new Map<string, Entry>();

function parse(text: string, where: string): DeployedContract {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new NamedError("InvalidContract", `${where} is not JSON: ${messageOf(error)}. Deploy the platform again.`);
  }
  const contract = value as Partial<DeployedContract> | null;
  if (typeof contract !== "object" || contract === null || contract.version !== 1 || !contract.dataset) {
    throw new NamedError(
      "InvalidContract",
      `${where} is not a compiled contract of version 1. Deploy the platform again.`,
    );
  }
  return contract as DeployedContract;
}

/** Reads the compiled contract under a key; undefined when there is none. A change is seen within seconds. */
export async function readContract(
  bucket: string,
  key: string,
  now = Date.now(),
): Promise<DeployedContract | undefined> {
  const where = `s3://${bucket}/${key}`;
  const known = cache.get(where);
  if (known && now - known.checkedAt < FRESH_FOR_MS) return known.contract;
  if (cache.size >= MAX_ENTRIES) cache.clear();
  try {
    const answer = await s3().send(new GetObjectCommand({ Bucket: bucket, Key: key, IfNoneMatch: known?.etag }));
    const contract = parse((await answer.Body?.transformToString("utf-8")) ?? "", where);
    cache.set(where, { checkedAt: now, etag: answer.ETag, contract });
    return contract;
  } catch (error) {
    if (httpStatus(error) === 304 || isNamed(error, "NotModified")) {
      cache.set(where, { ...known, checkedAt: now });
      return known?.contract;
    }
    if (!isMissing(error)) throw error;
    cache.set(where, { checkedAt: now });
    return undefined;
  }
}

/** Lists the keys at which the contract of an object may be, the longest prefix first. */
export function contractKeys(objectKey: string): string[] {
  const folders = objectKey.split("/").slice(0, -1);
  return folders.map((_, index) => {
    const prefix = folders.slice(0, folders.length - index).join("/");
    return `contracts/${prefix}/contract.json`;
  });
}

/** Finds the contract that claims an object's key: the contract with the longest prefix. */
export async function contractFor(
  bucket: string,
  objectKey: string,
): Promise<{ readonly key: string; readonly contract: DeployedContract } | undefined> {
  const keys = contractKeys(objectKey);
  const found = await pMap(keys, (key) => readContract(bucket, key), { concurrency: 16 });
  const index = found.findIndex((contract) => contract !== undefined);
  const [key, contract] = [keys[index], found[index]];
  return key !== undefined && contract !== undefined ? { key, contract } : undefined;
}

/** Reads the contract under a key, and fails when there is none. */
export async function mustReadContract(bucket: string, key: string): Promise<DeployedContract> {
  const contract = await readContract(bucket, key);
  if (contract) return contract;
  throw new NamedError(
    "InvalidContract",
    `s3://${bucket}/${key} does not exist. Was the dataset removed while its files were still waiting? Add it again and deploy.`,
  );
}

/** Forgets all contracts read so far. */
export const forgetContracts = (): void => cache.clear();
