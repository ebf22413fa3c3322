/** The calls that the engine needs of an object store, so that tests can give it a folder instead of S3. */

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

export interface ObjectStore {
  /** Reads the object's bytes; `versionId` names one of its versions. */
  read(bucket: string, key: string, versionId?: string): Promise<Readable>;
  /** Reads the object as text; undefined when there is no such object. */
  readText(bucket: string, key: string): Promise<string | undefined>;
  writeText(bucket: string, key: string, text: string, contentType: string): Promise<void>;
  /** Uploads a local file. */
  writeFile(bucket: string, key: string, path: string): Promise<void>;
  list(bucket: string, prefix: string): Promise<readonly StoredObject[]>;
  /** Removes objects. An object that does not exist is no error. */
  remove(bucket: string, keys: readonly string[]): Promise<void>;
}

/** The largest number of keys that S3 takes in one request. */
const DELETE_AT_ONCE = 1000;
/** The largest file that is uploaded in one part. */
const SINGLE_PUT = 16 * 1024 * 1024;

/** S3 as the object store. */
export class S3ObjectStore implements ObjectStore {
  constructor(private readonly client: S3Client) {}

  async read(bucket: string, key: string, versionId?: string): Promise<Readable> {
    const { Body } = await this.client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) }),
    );
    if (Body === undefined) throw new Error(`s3://${bucket}/${key} has no body`);
    return Body as Readable;
  }

  async readText(bucket: string, key: string): Promise<string | undefined> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return await Body?.transformToString("utf-8");
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return undefined;
      throw error;
    }
  }

  async writeText(bucket: string, key: string, text: string, contentType: string): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: contentType }));
  }

  async writeFile(bucket: string, key: string, path: string): Promise<void> {
    const { size } = await stat(path);
    const params = {
      Bucket: bucket,
      Key: key,
      Body: createReadStream(path),
      ContentType: "application/vnd.apache.parquet",
    };
    if (size <= SINGLE_PUT) {
      await this.client.send(new PutObjectCommand({ ...params, ContentLength: size }));
    } else {
      await new Upload({ client: this.client, params, partSize: SINGLE_PUT, queueSize: 2 }).done();
    }
  }

  async list(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    const objects: StoredObject[] = [];
    let token: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
      );
      for (const { Key, Size } of page.Contents ?? [])
        if (Key !== undefined) objects.push({ key: Key, bytes: Size ?? 0 });
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return objects;
  }

  async remove(bucket: string, keys: readonly string[]): Promise<void> {
    for (let i = 0; i < keys.length; i += DELETE_AT_ONCE) {
      const Objects = keys.slice(i, i + DELETE_AT_ONCE).map((Key) => ({ Key }));
      const { Errors } = await this.client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
      );
      const [first] = Errors ?? [];
      if (first === undefined) continue;
      // The code tells a busy S3 and a missing permission from a fault, as the name of an error of a whole request does.
      const error = new Error(`s3://${bucket}/${first.Key} cannot be removed: ${first.Message}`);
      throw Object.assign(error, { name: first.Code ?? "Error" });
    }
  }
}
