import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync, zipSync, type Zippable } from "fflate";
import type { Asset } from "../../evaluate/wire";

/** A file of an archive: its path on disk, or its bytes. */
export type Content = { readonly path: string } | { readonly bytes: Uint8Array };

/** Returns the bytes of an asset, or of the zip file of an archive. */
export async function contentOf(asset: Asset, directory: string): Promise<Buffer> {
  if (asset.isArchive) return zip(await filesOf(asset, directory));
  if (asset.text !== undefined) return Buffer.from(asset.text, "utf8");
  return readFile(pathOf(asset, directory));
}

/** Returns the files of an archive by their path in it. The archive is a folder, a zip file or a collection of assets. */
export async function filesOf(archive: Asset, directory: string): Promise<Map<string, Content>> {
  if (archive.assets) {
    const files = new Map<string, Content>();
    for (const [name, inner] of Object.entries(archive.assets)) {
      if (!inner.isArchive) {
        files.set(name, { bytes: await contentOf(inner, directory) });
        continue;
      }
      for (const [path, content] of await filesOf(inner, directory)) files.set(`${name}/${path}`, content);
    }
    return files;
  }
  const path = pathOf(archive, directory);
  if ((await stat(path)).isDirectory()) return folder(path);
  if (!/\.(zip|jar)$/i.test(path)) throw new Error(`the archive ${path} is neither a folder nor a .zip file`);
  const files = Object.entries(unzipSync(await readFile(path))).filter(([name]) => !name.endsWith("/"));
  return new Map(files.map(([name, bytes]) => [name, { bytes }]));
}

function pathOf({ path, uri }: Asset, directory: string): string {
  if (path !== undefined) return isAbsolute(path) ? path : resolve(directory, path);
  if (uri?.startsWith("file:")) return fileURLToPath(uri);
  throw new Error(
    `the asset ${uri ?? "without content"} is not on this machine: the local cloud accepts text, files and folders`,
  );
}

async function folder(root: string): Promise<Map<string, Content>> {
  const files = new Map<string, Content>();
  const visit = async (path: string, name: string): Promise<void> => {
    // Symbolic links are followed, as zip programs do.
    if (!(await stat(path)).isDirectory()) return void files.set(name, { path });
    for (const entry of (await readdir(path)).sort()) await visit(join(path, entry), name ? `${name}/${entry}` : entry);
  };
  await visit(root, "");
  return files;
}

/** Returns a zip file. Equal files give equal bytes, because the names are sorted and the file has no times. */
export async function zip(files: ReadonlyMap<string, Content>): Promise<Buffer> {
  const entries: Zippable = {};
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    entries[name] = "bytes" in content ? content.bytes : await readFile(content.path);
  }
  return Buffer.from(zipSync(entries, { level: 1, mtime: new Date(1980, 0, 1) }));
}

/** Returns the unpacked size of the files in bytes. */
export async function sizeOf(files: ReadonlyMap<string, Content>): Promise<number> {
  const sizes = [...files.values()].map(async (content) =>
    "bytes" in content ? content.bytes.length : (await stat(content.path)).size,
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Folders of unpacked code, one for each content. A folder appears in one step and is never changed. */
export class CodeStore {
  constructor(private readonly root: string) {}

  async put(files: ReadonlyMap<string, Content>, hash: string): Promise<string> {
    const names = createHash("sha256").update(hash);
    for (const name of [...files.keys()].sort()) names.update(`\0${name}`);
    const target = join(this.root, names.digest("hex").slice(0, 32));
    if (await exists(target)) return target;
    await mkdir(this.root, { recursive: true });
    const building = await mkdtemp(join(this.root, ".new-"));
    for (const [name, content] of files) {
      const path = join(building, name);
      if (!path.startsWith(building + sep))
        throw new Error(`the archive contains ${name}, which is a path outside of it`);
      await mkdir(dirname(path), { recursive: true });
      if ("bytes" in content) await writeFile(path, content.bytes);
      else await copyFile(content.path, path, constants.COPYFILE_FICLONE);
    }
    await rename(building, target).catch(async (error: unknown) => {
      await rm(building, { recursive: true, force: true });
      // Another process has written the same content in the meantime.
      if (!(await exists(target))) throw error;
    });
    return target;
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
