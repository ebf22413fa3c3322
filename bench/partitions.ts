import {
  CreateDatabaseCommand,
  CreatePartitionCommand,
  CreateTableCommand,
  GetPartitionCommand,
  GlueClient,
  type StorageDescriptor,
} from "@aws-sdk/client-glue";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { number } from "../cli/ui/table";
import type { Manifest, RegisterResponse } from "../contracts/flow";
import { LOCAL_REGION } from "../local/cloud";
import type { Bench, Figure } from "./benchmark";
import { digits, timed } from "./measure";
import { clientConfig, invoke } from "./support/functions";

const TIMES_FASTER = 20;
const BUCKET = "bench-partitions";
const DATABASE = "bench_partitions";

/**
 * Compares the partition registrar, as it is deployed, after a run that wrote many partitions to a program that creates them with one call
 * each on the same emulator. In both cases MiniStack compares a new partition with every existing one, which takes most of the time if
 * there are many, so that the ratio is smaller than with AWS.
 */
export async function partitions({ say, small, platform }: Bench): Promise<readonly Figure[]> {
  const { cloud } = await platform();
  const endpoint = `http://127.0.0.1:${cloud.processes.ministack.port}`;
  const glue = new GlueClient(clientConfig(cloud, endpoint));
  const s3 = new S3Client({ ...clientConfig(cloud, endpoint), forcePathStyle: true });
  await emptyTables(glue, ["batched", "single"]);
  const count = small ? 500 : 10_000;
  const values = Array.from({ length: count }, (_, index) => [String(Math.floor(index / 24)), String(index % 24)]);

  const manifest: Pick<Manifest, "partitions"> = {
    partitions: values.map((one) => ({ table: "batched", values: one, location: locationOf("batched", one) })),
  };
  const CreateBucketConfiguration = { LocationConstraint: LOCAL_REGION } as const;
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "manifest.json", Body: JSON.stringify(manifest) }));
  say(`${number(count)} partitions by the registrar`);
  const request = { action: "register", manifest: { bucket: BUCKET, key: "manifest.json" } };
  const batched = await invoke<RegisterResponse>(cloud, "partition-registrar", request, {
    AWS_ENDPOINT_URL: endpoint,
    DATABASE_NAME: DATABASE,
  });
  if (batched.response.added !== count) throw new Error(`the registrar added ${batched.response.added} of ${count}`);

  say(`${number(count)} partitions one at a time`);
  const single = await timed(async () => {
    for (const one of values) {
      const StorageDescriptor = { ...storageOf("single"), Location: locationOf("single", one) };
      const PartitionInput = { Values: one, StorageDescriptor };
      await glue.send(new CreatePartitionCommand({ DatabaseName: DATABASE, TableName: "single", PartitionInput }));
    }
  });
  for (const TableName of ["batched", "single"]) {
    await glue.send(new GetPartitionCommand({ DatabaseName: DATABASE, TableName, PartitionValues: values.at(-1) }));
  }
  const ratio = single.seconds / batched.seconds;
  return [
    {
      what: `${number(count)} partitions registered after a run (on MiniStack, whose time for a partition grows with their number)`,
      figure: `${digits(batched.seconds)} s`,
      peer: `one CreatePartition call at a time: ${digits(single.seconds)} s`,
      ratio: `${digits(ratio)} × faster`,
      budget: `≥ ${TIMES_FASTER} × faster`,
      within: ratio >= TIMES_FASTER,
    },
  ];
}

const locationOf = (table: string, [day, hour]: readonly string[]): string =>
  `s3://${BUCKET}/${table}/day=${day}/hour=${hour}/`;

const storageOf = (table: string): StorageDescriptor => ({
  Location: `s3://${BUCKET}/${table}/`,
  Columns: ["id", "name", "city", "at", "amount"].map((Name) => ({ Name, Type: "string" })),
});

async function emptyTables(glue: GlueClient, names: readonly string[]): Promise<void> {
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DATABASE } }));
  const PartitionKeys = ["day", "hour"].map((Name) => ({ Name, Type: "int" }));
  for (const Name of names) {
    const TableInput = { Name, PartitionKeys, StorageDescriptor: storageOf(Name) };
    await glue.send(new CreateTableCommand({ DatabaseName: DATABASE, TableInput }));
  }
}
