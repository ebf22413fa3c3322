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
import type { Bench, Figure } from "./benchmark";
import { digits, timed } from "./measure";
import { clientConfig, invoke } from "./support/functions";

const TIMES_FASTER = 20;
const BUCKET = "bench-partitions";
const DATABASE = "bench_partitions";

/**
 * The partition registrar, as deployed, after a run that wrote many partitions, against a program that creates them one call at a
 * time. Both talk to the same emulator, MiniStack.
 */
export async function partitions(bench: Bench): Promise<readonly Figure[]> {
  const { say, small } = bench;
  const count = small ? 500 : 10_000;
  const { cloud } = await bench.platform();
  const glue = new GlueClient(clientConfig(cloud));
  const s3 = new S3Client({ ...clientConfig(cloud), forcePathStyle: true });
  await s3.send(
    new CreateBucketCommand({
      Bucket: BUCKET,
      CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
    }),
  );
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DATABASE } }));
  const storage = (table: string): StorageDescriptor => ({
    Location: `s3://${BUCKET}/${table}/`,
    Columns: ["id", "name", "city", "at", "amount"].map((Name) => ({ Name, Type: "string" })),
  });
  for (const Name of ["batched", "single"]) {
    const PartitionKeys = [
      { Name: "day", Type: "int" },
      { Name: "hour", Type: "int" },
    ];
    const TableInput = { Name, PartitionKeys, StorageDescriptor: storage(Name) };
    await glue.send(new CreateTableCommand({ DatabaseName: DATABASE, TableInput }));
  }
  const values = Array.from({ length: count }, (_, index) => [String(Math.floor(index / 24)), String(index % 24)]);
  const location = (table: string, [day, hour]: readonly string[]): string =>
    `s3://${BUCKET}/${table}/day=${day}/hour=${hour}/`;

  const manifest: Pick<Manifest, "partitions"> = {
    partitions: values.map((one) => ({ table: "batched", values: one, location: location("batched", one) })),
  };
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "manifest.json", Body: JSON.stringify(manifest) }));
  say(`${number(count)} partitions by the registrar`);
  const request = { action: "register", manifest: { bucket: BUCKET, key: "manifest.json" } };
  const batched = await invoke<RegisterResponse>(cloud, "partition-registrar", request, { DATABASE_NAME: DATABASE });
  if (batched.response.added !== count) throw new Error(`the registrar added ${batched.response.added} of ${count}`);

  const single = await timed(async () => {
    for (const [index, one] of values.entries()) {
      if (index % 500 === 0) say(`${number(index)} of ${number(count)} partitions one at a time`);
      const PartitionInput = {
        Values: one,
        StorageDescriptor: { ...storage("single"), Location: location("single", one) },
      };
      await glue.send(new CreatePartitionCommand({ DatabaseName: DATABASE, TableName: "single", PartitionInput }));
    }
  });
  for (const TableName of ["batched", "single"]) {
    await glue.send(new GetPartitionCommand({ DatabaseName: DATABASE, TableName, PartitionValues: values.at(-1) }));
  }
  const ratio = single.seconds / batched.seconds;
  return [
    {
      what: `${number(count)} partitions registered after a run (on MiniStack, without the network's way to AWS)`,
      figure: `${digits(batched.seconds)} s`,
      peer: `one CreatePartition call at a time: ${digits(single.seconds)} s`,
      ratio: `${digits(ratio)} × faster`,
      budget: `≥ ${TIMES_FASTER} × faster`,
      within: ratio >= TIMES_FASTER,
    },
  ];
}
