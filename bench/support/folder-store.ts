import { createReadStream } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Readable } from "node:stream";
import type { ObjectStore, StoredObject } from "../../functions/light-etl/store";

/** A store that uses folders instead of S3 buckets, to measure the speed of the engine and not of an emulator. */
export class FolderStore implements ObjectStore {
  constructor(private readonly root: string) {}

  private path(bucket: string, key: string): string {
    return join(this.root, bucket, key);
  }

  async read(bucket: string, key: string): Promise<Readable> {
    return createReadStream(this.path(bucket, key));
  }

  readText(bucket: string, key: string): Promise<string | undefined> {
    return readFile(this.path(bucket, key), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
  }

  async writeText(bucket: string, key: string, text: string): Promise<void> {
    const path = this.path(bucket, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }

  async writeFile(bucket: string, key: string, from: string): Promise<void> {
    const path = this.path(bucket, key);
    await mkdir(dirname(path), { recursive: true });
    await copyFile(from, path);
  }

  async list(bucket: string, prefix: string): Promise<readonly StoredObject[]> {
    const folder = join(this.root, bucket);
    await mkdir(folder, { recursive: true });
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return Promise.all(
      files
        .map((path) => ({ path, key: relative(folder, path) }))
        .filter(({ key }) => key.startsWith(prefix))
        .map(async ({ path, key }) => ({ key, bytes: (await stat(path)).size })),
    );
  }

  async remove(bucket: string, keys: readonly string[]): Promise<void> {
    for (const key of keys) await rm(this.path(bucket, key), { force: true });
  }
}
