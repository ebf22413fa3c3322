import { once } from "node:events";
import { createReadStream, statSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { contracts } from "../cli/ingest";
import { bytes, number } from "../cli/ui/table";
import type { FileRef, Verdict } from "../contracts/flow";
import { LOCAL_REGION } from "../local/cloud";
import type { Bench, Figure } from "./benchmark";
import { digits } from "./measure";
import { clientConfig, invoke } from "./support/functions";

const BUDGET = 64 * 1024;
const RAW = "bench-raw";
const ARTIFACTS = "bench-artifacts";
const SMALL_ROWS = 100;

/**
 * Measures, for a large and a small object, how many bytes S3 sends to the header validator as it is deployed. They are counted between the
 * function and the emulator. The bucket has no versions, because MiniStack ignores the range in a request for a version.
 */
export async function header(bench: Bench): Promise<readonly Figure[]> {
  const { say } = bench;
  const csv = await bench.manyFlights();
  const { cloud } = await bench.platform();
  const endpoint = `http://127.0.0.1:${cloud.processes.ministack.port}`;
  const s3 = new S3Client({ ...clientConfig(cloud, endpoint), forcePathStyle: true });
  const contract = contracts().find(({ dataset }) => dataset === "flights");
  if (!contract) throw new Error("there is no dataset flights");
  for (const Bucket of [RAW, ARTIFACTS]) {
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: LOCAL_REGION } }));
  }
  await s3.send(new PutObjectCommand({ Bucket: ARTIFACTS, Key: contract.contractKey, Body: JSON.stringify(contract) }));
  const meter = await countingProxy(endpoint);
  try {
    const figures: Figure[] = [];
    for (const { name, end } of [
      { name: "large", end: statSync(csv).size - 1 },
      { name: "small", end: SMALL_ROWS * 80 },
    ]) {
      say(`uploading ${bytes(end + 1)}`);
      const file = await put(s3, csv, end, `${contract.prefix}${name}.csv`);
      say(`checking the header of ${bytes(file.size)}`);
      const { seconds, response } = await invoke<Verdict>(cloud, "header-validator", file, {
        AWS_ENDPOINT_URL: meter.endpoint,
        ARTIFACTS_BUCKET: ARTIFACTS,
        POWERTOOLS_SERVICE_NAME: "header-validator",
      });
      if (response.status !== "valid") throw new Error(`the header was found ${response.status}: ${response.message}`);
      const read = meter.bytesOf(`/${file.bucket}/${file.key}`);
      figures.push({
        what: `header check of an object of ${bytes(file.size)}: bytes of it that S3 sent (the check took ${digits(seconds)} s)`,
        figure: number(read),
        budget: `≤ ${number(BUDGET)}`,
        within: read <= BUDGET,
      });
    }
    return figures;
  } finally {
    meter.close();
  }
}

async function put(client: S3Client, csv: string, end: number, Key: string): Promise<FileRef> {
  const done = await new Upload({
    client,
    partSize: 64 * 1024 ** 2,
    queueSize: 1,
    params: { Bucket: RAW, Key, Body: createReadStream(csv, { end }) },
  }).done();
  const etag = (done.ETag ?? "").replaceAll('"', "");
  return {
    bucket: RAW,
    key: Key,
    version: etag,
    etag,
    size: end + 1,
    sequencer: "1",
    eventTime: new Date().toISOString(),
  };
}

/** Passes requests on, and counts the bytes of the answers' bodies by path. */
async function countingProxy(target: string) {
  const counts = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    const path = decodeURIComponent(new URL(incoming.url ?? "/", target).pathname);
    const passed = request(
      new URL(incoming.url ?? "/", target),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on("data", (chunk: Buffer) => counts.set(path, (counts.get(path) ?? 0) + chunk.length));
        answer.pipe(outgoing);
      },
    );
    passed.on("error", () => outgoing.destroy());
    outgoing.on("close", () => passed.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytesOf: (path: string): number => counts.get(path) ?? 0,
    close: (): void => {
      server.closeAllConnections();
      server.close();
    },
  };
}
