import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, utimesSync } from "node:fs";
import { join, resolve } from "node:path";
import { unzipSync } from "fflate";
import { SPARK_SCRIPT, sparkArchive, sparkPackage } from "../../components/core/platform-function/spark";

const repository = resolve(__dirname, "../..");

describe("the Spark engine's package", () => {
  it("holds every module that its own modules and the script import, and not the script", () => {
    const entries = unzipSync(sparkArchive());
    const names = Object.keys(entries);
    assert.ok(names.includes("glue/__init__.py"));
    assert.ok(!names.includes("glue/etl.py"));
    for (const [name, bytes] of Object.entries(entries)) {
      for (const [, module] of Buffer.from(bytes)
        .toString()
        .matchAll(/^from \.(\w+) import/gm)) {
        assert.ok(names.includes(`glue/${module}.py`), `${name} imports ${module}`);
      }
    }
    for (const [, module] of readFileSync(SPARK_SCRIPT, "utf8").matchAll(/^from glue\.(\w+) import/gm)) {
      assert.ok(names.includes(`glue/${module}.py`), `the script imports ${module}`);
    }
  });

  it("has the same bytes whenever and wherever it is made", () => {
    const before = sparkArchive();
    utimesSync(join(repository, "functions/glue/job.py"), new Date(), new Date());
    const program =
      'process.stdout.write(require("./components/core/platform-function/spark").sparkArchive().toString("base64"))';
    const made = execFileSync(process.execPath, ["-r", "ts-node/register", "-e", program], {
      cwd: repository,
      encoding: "utf8",
      env: { ...process.env, TZ: "Asia/Tokyo" },
    });
    assert.equal(made, before.toString("base64"));
    assert.ok(readFileSync(sparkPackage()).equals(before));
  });

  it("ends with the name of an unreadable file first, however deep Spark has buried it, and keeps every other error", () => {
    const program = [
      "from glue.errors import EtlError, UnreadableFile, named",
      "buried = Exception('An error occurred while calling o1.parquet.\\n' + 'at java\\n' * 99",
      "  + 'glue.errors.UnreadableFile: the gzip data ends too early\\n at java')",
      "print(type(named(buried)).__name__, named(buried))",
      "own = UnreadableFile('a.csv: 2 rows were read, but 1 written and 0 rejected')",
      "print(named(own) is own)",
      "other = EtlError('s3://b/k could not be removed')",
      "print(named(other) is other)",
    ].join("\n");
    const printed = execFileSync("python3", ["-c", program], {
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: join(repository, "functions"), PYTHONDONTWRITEBYTECODE: "1" },
    });
    assert.equal(printed, "UnreadableFile the gzip data ends too early\nTrue\nTrue\n");
  });
});
