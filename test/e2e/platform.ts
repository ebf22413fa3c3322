import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { InvokeCommand, paginateListFunctions } from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { query, type QueryResult } from "../../cli/athena";
import { localClients, type LocalClients, type PlatformOutputs } from "../../cli/clients";
import { deployLocal, runningCloud } from "../../cli/deploy";
import { follow, type Ingested } from "../../cli/ingest";
import type { Ledger, LedgerEntry } from "../../functions/shared/ledger";
import { cloudDown, cloudUp } from "../../local/cloud";
import { lastDenials } from "../../local/iam/denials";
import { atTheEnd } from "../support/leftovers";
import { temporaryHome, type TemporaryHome } from "../support/home";

/**
 * What the committer of the local Spark asks for when a job begins, to warn of other jobs' uploads. It goes on without an answer, and the
 * committer of Glue does not ask.
 */
const UNNEEDED = "s3:ListBucketMultipartUploads";

/** The platform deployed by the real engine to a local cloud of these tests' own. */
export class DeployedPlatform {
  /** The roles from which a test takes a right, to see what follows. No other role may be denied anything. */
  readonly provoked = new Set<string>();

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

  /** Stops and deletes the local cloud. A role that was denied something by IAM lacks a grant, and fails the tests. */
  async remove(): Promise<void> {
    await cloudDown();
    const denied = lastDenials(undefined, 50).filter(
      ({ role, action }) => !this.provoked.has(role) && action !== UNNEEDED,
    );
    this.home.remove();
    assert.deepEqual(
      denied.map(({ role, action, resource, remedy }) => `${role} ${action} ${resource}: ${remedy}`),
      [],
      "IAM denied what the platform does",
    );
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

  get ledger(): Ledger {
    return this.clients.ledger(this.outputs.ledgerTable);
  }

  /** What the ledger says of a dropped file now. */
  async entry(dropped: Dropped): Promise<LedgerEntry | undefined> {
    return (await this.ledger.versions(dropped)).find(({ sk }) => sk === dropped.versionId || sk === dropped.etag);
  }

  async startExecution(input: unknown): Promise<string> {
    const { executionArn = "" } = await this.clients.sfn.send(
      new StartExecutionCommand({ stateMachineArn: this.outputs.stateMachineArn, input: JSON.stringify(input) }),
    );
    return executionArn;
  }

  async stopExecution(executionArn: string): Promise<void> {
    await this.clients.sfn.send(new StopExecutionCommand({ executionArn }));
  }

  async execution(executionArn: string): Promise<{ status: string; input: unknown; output: unknown }> {
    const {
      status = "",
      input = "null",
      output,
    } = await this.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    return { status, input: JSON.parse(input), output: output === undefined ? undefined : JSON.parse(output) };
  }

  /** Calls the sweep, as its schedule does, until it has brought about what is waited for. */
  async sweepUntil(what: string, holds: () => Promise<boolean>): Promise<void> {
    let sweep: string | undefined;
    for await (const { Functions } of paginateListFunctions({ client: this.clients.lambda }, {})) {
      sweep ??= Functions?.find(({ FunctionName }) => FunctionName?.includes("sweep"))?.FunctionName;
    }
    for (const deadline = Date.now() + 120_000; !(await holds());) {
      if (Date.now() > deadline) throw new Error(`the sweep did not within two minutes: ${what}`);
      const { FunctionError, Payload } = await this.clients.lambda.send(new InvokeCommand({ FunctionName: sweep }));
      if (FunctionError) throw new Error(`the sweep failed: ${Payload?.transformToString()}`);
      await new Promise((wake) => setTimeout(wake, 1000));
    }
  }

  /** The processes in which the emulator runs a function, idle ones too. Only Linux tells. */
  async workers(named: string): Promise<number[]> {
    const { processes } = await runningCloud();
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        try {
          const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
          const group = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2];
          if (group !== String(processes.ministack.pid)) return false;
          const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
          return environment.some((one) => one.startsWith("AWS_LAMBDA_FUNCTION_NAME=") && one.includes(named));
        } catch {
          // It has ended meanwhile.
          return false;
        }
      });
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

atTheEnd(async () => (await shared)?.remove());
