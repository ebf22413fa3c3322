/** An object store in memory, with versions, that counts what is asked of it and can be made to fail. */

import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type { ObjectStore, StoredObject } from "../../../functions/light-etl/store";

export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, Buffer>();
  readonly log: string[] = [];
  /** Throws from within any call to make it fail. */
  fault: (operation: string, address: string) => void = () => undefined;

  private async enter(operation: string, bucket: string, key: string): Promise<string> {
    const address = `${bucket}/${key}`;
    this.fault(operation, address);
    this.log.push(`${operation} ${address}`);
    return address;
  }

  put(bucket: string, key: string, body: Buffer | string): void {
    this.objects.set(`${bucket}/${key}`, Buffer.from(body));
  }

  keys(bucket: string): string[] {
    const prefix = `${bucket}/`;
    return [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .sort();
  }

  json<T>(bucket: string, key: string): T {
    const body = this.objects.get(`${bucket}/${key}`);
    if (body === undefined) throw new Error(`no ${bucket}/${key}`);
    return JSON.parse(body.toString("utf8")) as T;
  }

  async read(bucket: string, key: string, versionId?: string): Promise<Readable> {
    const address = await this.enter("read", bucket, key);
    const body = this.objects.get(versionId === undefined ? address : `${address}@${versionId}`);
    if (body === undefined) throw new Error(`no ${address}`);
    // Small pieces, so that records straddle them.
    const pieces: Buffer[] = [];
    for (let at = 0; at < body.length; at += 65_521) pieces.push(body.subarray(at, at + 65_521));
    return Readable.from(pieces);
  }

  async readText(bucket: string, key: string): Promise<string | undefined> {
    return this.objects.get(await this.enter("readText", bucket, key))?.toString("utf8");
  }

  async writeText(bucket: string, key: string, text: string): Promise<void> {
    this.objects.set(await this.enter("writeText", bucket, key), Buffer.from(text));
  }

  async writeFile(bucket: string, key: string, path: string): Promise<void> {
    this.objects.set(await this.enter("writeFile", bucket, key), await readFile(path));
  }

  async list(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    await this.enter("list", bucket, prefix);
    return this.keys(bucket)
      .filter((key) => key.startsWith(prefix))
      .map((key) => ({ key, bytes: this.objects.get(`${bucket}/${key}`)?.length ?? 0 }));
  }

  async remove(bucket: string, keys: readonly string[]): Promise<void> {
    for (const key of keys) this.objects.delete(await this.enter("remove", bucket, key));
  }
}
