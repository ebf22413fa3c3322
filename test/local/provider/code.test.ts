import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { CodeStore, contentOf, filesOf } from "../../../local/provider/archive";
import type { Context } from "../../../local/provider/handler";
import { functionCode } from "../../../local/provider/types/lambda/code";

const archive = (path: string, hash = "h1"): Record<string, unknown> => ({
  "4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7",
  hash,
  path,
});

describe("the code of local functions", () => {
  let root: string;
  let ctx: Context;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "code-"));
    ctx = { directory: root, code: new CodeStore(join(root, "store")) } as Context;
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, "fn", name)), { recursive: true });
      writeFileSync(join(root, "fn", name), text);
    }
  }

  const zipped = async (
    inputs: { runtime?: string; hash?: string; handler?: string } = {},
  ): Promise<Record<string, string>> => {
    const code = await functionCode(ctx, { runtime: "nodejs24.x", ...inputs, code: archive("fn", inputs.hash) });
    const files = unzipSync(Buffer.from(code.ZipFile ?? []));
    return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
  };

  const unpacked = (loader: string | undefined): string => /require\("(.*)"\)/.exec(loader ?? "")?.[1] ?? "";

  it("goes to the emulator as one line that loads it from a folder of its own", async () => {
    write({ "index.js": "exports.handler = () => 1;", "lib/data.txt": "data" });
    const files = await zipped();
    assert.deepEqual(Object.keys(files), ["index.js"]);
    const main = unpacked(files["index.js"]);
    assert.equal(readFileSync(main, "utf8"), "exports.handler = () => 1;");
    assert.equal(readFileSync(join(dirname(main), "lib", "data.txt"), "utf8"), "data");
  });

  it("stays as it was for who runs it, whatever becomes of the folder it came from", async () => {
    write({ "index.js": "old" });
    const old = unpacked((await zipped())["index.js"]);
    write({ "index.js": "new" });
    const now = unpacked((await zipped({ hash: "h2" }))["index.js"]);
    assert.equal(readFileSync(old, "utf8"), "old");
    assert.equal(readFileSync(now, "utf8"), "new");
  });

  it("is zipped whole for other runtimes, the same bytes for the same files", async () => {
    write({ "index.py": "def handler(event, context): return 1\n", "lib/b.py": "b = 1\n" });
    const inputs = { runtime: "python3.13", handler: "index.handler" };
    assert.deepEqual(Object.keys(await zipped(inputs)), ["index.py", "lib/b.py"]);
    const [first, second] = await Promise.all([1, 2].map(() => functionCode(ctx, { ...inputs, code: archive("fn") })));
    assert.deepEqual(first?.ZipFile, second?.ZipFile);
  });

  it("without the handler's file is sent as it is, so that it fails as with AWS", async () => {
    write({ "main.js": "" });
    assert.deepEqual(Object.keys(await zipped()), ["main.js"]);
  });

  it("that carries DuckDB for another platform gets this machine's library too", async () => {
    const other = process.platform === "win32" ? "linux-x64" : "win32-x64";
    write({ "index.js": "", [`node_modules/@duckdb/node-bindings-${other}/duckdb.node`]: "not for here" });
    const folder = dirname(unpacked((await zipped())["index.js"]));
    const bindings = join(folder, "node_modules", "@duckdb");
    assert.ok(existsSync(join(bindings, `node-bindings-${process.platform}-${process.arch}`, "duckdb.node")));
    assert.equal(readFileSync(join(bindings, `node-bindings-${other}`, "duckdb.node"), "utf8"), "not for here");
  });

  it("that AWS would find too large is refused with both sizes", async () => {
    write({ "index.js": "" });
    writeFileSync(join(root, "fn", "large.bin"), Buffer.alloc(262_144_001));
    await assert.rejects(zipped(), {
      name: "InvalidParameterValueException",
      message: "Unzipped size must be smaller than 262144000 bytes; it is 262144001",
    });
  });

  it("may be a zip file, or assets put together", async () => {
    writeFileSync(join(root, "fn.zip"), zipSync({ "a/b.txt": Buffer.from("b") }));
    const asset = { hash: "", isArchive: false, text: "inline" };
    const packed = { hash: "", isArchive: true, path: "fn.zip" };
    const files = await filesOf({ hash: "", isArchive: true, assets: { "top.txt": asset, inner: packed } }, root);
    assert.deepEqual([...files.keys()], ["top.txt", "inner/a/b.txt"]);
    const whole = unzipSync(await contentOf({ hash: "", isArchive: true, assets: { "top.txt": asset } }, root));
    assert.equal(Buffer.from(whole["top.txt"] ?? []).toString(), "inline");
  });

  it("is refused from addresses and from files that are no archive", async () => {
    await assert.rejects(
      filesOf({ hash: "", isArchive: true, uri: "https://example.com/fn.zip" }, root),
      /not on this machine/,
    );
    writeFileSync(join(root, "fn.rar"), "");
    await assert.rejects(
      filesOf({ hash: "", isArchive: true, path: "fn.rar" }, root),
      /neither a folder nor a \.zip file/,
    );
  });

  it("cannot leave its folder", async () => {
    const files = new Map([["../../evil.js", { bytes: Buffer.from("") }]]);
    await assert.rejects(ctx.code.put(files, "h"), /evil\.js, which is a path outside of it/);
    assert.equal(existsSync(join(root, "evil.js")), false);
  });
});
