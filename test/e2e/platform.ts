import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { query, type QueryResult } from "../../cli/athena";
import { localClients, type LocalClients, type PlatformOutputs } from "../../cli/clients";
import { deployLocal, runningCloud } from "../../cli/deploy";
import { follow, type Ingested } from "../../cli/ingest";
import { cloudDown, cloudUp } from "../../local/cloud";
import { temporaryHome, type TemporaryHome } from "../support/home";

/** The platform deployed by the real engine to a local cloud of these tests' own. */
export class DeployedPlatform {
  private constructor(
    readonly home: TemporaryHome,
    public outputs: PlatformOutputs,
    public clients: LocalClients,
  ) {}

  static async deploy(): Promise<DeployedPlatform> {
    const home = temporaryHome({ emulators: true });
    try {
      await cloudUp();
      const { outputs } = await deployLocal(() => undefined);
      return new DeployedPlatform(home, outputs as unknown as PlatformOutputs, localClients(await runningCloud()));
    } catch (error) {
      await cloudDown();
      home.remove();
      throw error;
    }
  }

  /** Stops the emulators as a machine would that is switched off, and starts them again. */
  async restart(): Promise<void> {
    await cloudDown();
    await cloudUp();
    this.clients = localClients(await runningCloud());
  }

  async remove(): Promise<void> {
    await cloudDown();
    this.home.remove();
  }

  /** Puts bytes into the raw zone. */
  async drop(key: string, bytes: Uint8Array | string): Promise<Dropped> {
    const bucket = this.outputs.buckets.raw ?? "";
    const body = typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes;
    const { VersionId, ETag } = await this.clients.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }),
    );
    return { bucket, key, versionId: VersionId, etag: (ETag ?? "").replaceAll('"', ""), at: Date.now() };
  }

  /** What became of a dropped file, once the ledger has its last word. */
  outcome(dropped: Dropped): Promise<Ingested> {
    return follow(this.clients, this.outputs, dropped, () => undefined, dropped.at);
  }

  async ingest(key: string, bytes: Uint8Array | string): Promise<Ingested> {
    return this.outcome(await this.drop(key, bytes));
  }

  query(sql: string): Promise<QueryResult> {
    return query(this.clients.athena, this.outputs, sql);
  }

  /** The only value of a query's only row. */
  async value(sql: string): Promise<string | undefined> {
    return (await this.query(sql)).rows[0]?.[0];
  }

  async read(address: string): Promise<Buffer> {
    const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(address) ?? [];
    const { Body } = await this.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  async keys(bucket: string, prefix = ""): Promise<string[]> {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.clients.s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken }),
      );
      found.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ""));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return found;
  }
}

export interface Dropped {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly etag: string;
  readonly at: number;
}

let shared: Promise<DeployedPlatform> | undefined;

/** One deployment for all suites of a test process. */
export function deployedPlatform(): Promise<DeployedPlatform> {
  shared ??= DeployedPlatform.deploy();
  return shared;
}

after(async function () {
  this.timeout(60_000);
  await (await shared)?.remove();
});
