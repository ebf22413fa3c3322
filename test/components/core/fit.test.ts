import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { functionCode, functionNames, type Architecture } from "../../../components/core/platform-function/bundle";
import { readElf } from "../../../components/core/platform-function/elf";
import { fitProblems, MAX_UNPACKED_BYTES, MAX_ZIPPED_BYTES } from "../../../components/core/platform-function/fit";

const ARCHITECTURES: readonly Architecture[] = ["x86_64", "arm64"];
const bindingOf = (architecture: Architecture) =>
  `node_modules/@duckdb/node-bindings-linux-${architecture === "arm64" ? "arm64" : "x64"}`;

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("the code of the functions", function () {
  // The binding of the other architecture may have to be fetched.
  this.timeout(180_000);

  for (const architecture of ARCHITECTURES) {
    it(`fits into Lambda for ${architecture}: sizes, processor, and what it needs of Amazon Linux 2023`, () => {
      for (const name of functionNames()) {
        const folder = functionCode(name, { architecture });
        assert.deepEqual(fitProblems(folder, architecture), [], name);
        // The name of each file stands in the zip twice, with some 100 bytes of other data.
        const zipped = filesOf(folder).reduce(
          (sum, file) => sum + deflateRawSync(readFileSync(file), { level: 1 }).length + 2 * file.length + 100,
          0,
        );
        assert.ok(zipped <= MAX_ZIPPED_BYTES, `${name}: the zip has ${zipped} bytes`);
      }
    });

    it(`has DuckDB's own files for ${architecture} in the light engine`, () => {
      const folder = join(functionCode("light-etl", { architecture }), bindingOf(architecture));
      for (const file of ["duckdb.node", "libduckdb.so"]) {
        const { machine, versions } = readElf(join(folder, file));
        assert.equal(machine, architecture);
        assert.ok(
          versions.some(({ library }) => library === "libc.so.6"),
          `${file} needs nothing of glibc`,
        );
      }
    });
  }

  describe("is refused", () => {
    let folder: string;
    let native: Buffer;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "fit-"));
      native = readFileSync(
        join(functionCode("light-etl", { architecture: "x86_64" }), bindingOf("x86_64"), "duckdb.node"),
      );
      writeFileSync(join(folder, "libduckdb.so"), "beside it");
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    /** The problems of the binding with each of these names in its tables replaced by another one of the same length. */
    function problemsWith(replaced: Readonly<Record<string, string>>, architecture: Architecture = "x86_64"): string[] {
      let text = native.toString("latin1");
      for (const [from, to] of Object.entries(replaced)) {
        assert.equal(from.length, to.length);
        assert.ok(text.includes(`${from}\0`), `the binding does not name ${from}`);
        text = text.replaceAll(`${from}\0`, `${to}\0`);
      }
      writeFileSync(join(folder, "native.bin"), Buffer.from(text, "latin1"));
      return fitProblems(folder, architecture);
    }

    it("not as it is, nor at the newest versions that there are", () => {
      assert.deepEqual(problemsWith({}), []);
      assert.deepEqual(problemsWith({ "GLIBC_2.14": "GLIBC_2.34", "GLIBCXX_3.4.20": "GLIBCXX_3.4.29" }), []);
    });

    it("when a native file needs newer versions than Amazon Linux 2023 has", () => {
      const problems = problemsWith({
        "GLIBC_2.14": "GLIBC_2.35",
        "GLIBCXX_3.4.20": "GLIBCXX_3.4.30",
        "CXXABI_1.3.8": "CXXABI_1.4.0",
      });
      assert.deepEqual(problems.sort(), [
        "native.bin needs CXXABI_1.4.0; Amazon Linux 2023 has CXXABI_1.3.13 at most",
        "native.bin needs GLIBCXX_3.4.30; Amazon Linux 2023 has GLIBCXX_3.4.29 at most",
        "native.bin needs GLIBC_2.35; Amazon Linux 2023 has GLIBC_2.34 at most",
      ]);
    });

    it("when a native file needs versions that are not known", () => {
      assert.deepEqual(problemsWith({ "GLIBC_2.14": "GLIBD_2.14" }), [
        "native.bin needs GLIBD_2.14 of libc.so.6, of which nothing is known here",
      ]);
    });

    it("when a native file needs a library that is not there", () => {
      rmSync(join(folder, "libduckdb.so"));
      assert.deepEqual(problemsWith({ "libm.so.6": "libz.so.1" }), [
        "native.bin needs libduckdb.so, which neither the bundle nor Amazon Linux 2023 has",
        "native.bin needs libz.so.1, which neither the bundle nor Amazon Linux 2023 has",
      ]);
    });

    it("when a native file is made for the other processor", () => {
      assert.deepEqual(problemsWith({}, "arm64"), ["native.bin is made for x86_64, not for arm64"]);
    });

    it("when a native file has no tables by which it could be checked", () => {
      native.fill(0, 0x3c, 0x3e);
      assert.throws(() => problemsWith({}), /native\.bin has no table of what it needs, so it cannot be checked/);
    });

    it("when it is too large unpacked, by one byte", () => {
      copyFileSync(__filename, join(folder, "large"));
      const rest = "beside it".length;
      truncateSync(join(folder, "large"), MAX_UNPACKED_BYTES - rest);
      assert.deepEqual(fitProblems(folder, "x86_64"), []);
      truncateSync(join(folder, "large"), MAX_UNPACKED_BYTES - rest + 1);
      assert.deepEqual(fitProblems(folder, "x86_64"), [
        "the code has 262144001 bytes when it is unpacked; Lambda takes 262144000 at most",
      ]);
    });
  });
});
