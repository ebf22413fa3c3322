import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as glue from "@aws-sdk/client-glue";
import * as aws from "@pulumi/aws";
import { serveProvider, type RunningProvider } from "../../../local/provider/server";
import { modelFolder } from "../../../local/provider/strict/models";
import { requestCheck } from "../../../local/provider/strict/strict";
import { pythonVenv, sharedMinistack } from "../../support/ministack";
import { startMoto, type Moto } from "../../support/moto";
import { withStack } from "../../support/stack";

const KEY = "arn:aws:kms:eu-central-1:000000000000:key/11111111-2222-3333-4444-555555555555";

describe("what the local cloud keeps in moto", function () {
  this.timeout(120_000);
  let moto: Moto;
  let provider: RunningProvider;

  before(async () => {
    moto = await startMoto();
    provider = await serveProvider({
      endpoints: { ministack: (await sharedMinistack()).endpoint, moto: moto.endpoint },
      check: requestCheck(modelFolder(pythonVenv())),
      codeDirectory: mkdtempSync(join(tmpdir(), "function-code-")),
    });
  });
  after(async () => {
    await provider.stop();
    await moto.stop();
  });

  it("is the catalog's encryption: set, changed in place, noticed when changed by hand, switched off at the end", async () => {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new glue.GlueClient({ endpoint: moto.endpoint, region: "eu-central-1", credentials });
    const held = async (): Promise<string | undefined> =>
      (await client.send(new glue.GetDataCatalogEncryptionSettingsCommand({}))).DataCatalogEncryptionSettings
        ?.EncryptionAtRest?.CatalogEncryptionMode;
    const program = (encrypted: boolean) => async () => {
      const settings = new aws.glue.DataCatalogEncryptionSettings("catalog", {
        dataCatalogEncryptionSettings: {
          encryptionAtRest: encrypted
            ? { catalogEncryptionMode: "SSE-KMS", sseAwsKmsKeyId: KEY }
            : { catalogEncryptionMode: "DISABLED" },
          connectionPasswordEncryption: encrypted
            ? { returnConnectionPasswordEncrypted: true, awsKmsKeyId: KEY }
            : { returnConnectionPasswordEncrypted: false },
        },
      });
      return { id: settings.id };
    };
    await withStack(
      async (stack) => {
        const { outputs } = await stack.up(program(true));
        assert.equal(outputs.id?.value, "000000000000");
        assert.equal(await held(), "SSE-KMS");
        assert.deepEqual(await stack.preview(program(true)), {});
        assert.deepEqual(await stack.refresh(program(true)), {});
        assert.deepEqual(await stack.preview(program(false)), { update: 1 });

        await client.send(
          new glue.PutDataCatalogEncryptionSettingsCommand({
            DataCatalogEncryptionSettings: { EncryptionAtRest: { CatalogEncryptionMode: "DISABLED" } },
          }),
        );
        assert.deepEqual(await stack.refresh(program(true)), { update: 1 });
        await stack.up(program(true));
        assert.equal(await held(), "SSE-KMS");
        await stack.destroy();
        assert.equal(await held(), "DISABLED");
      },
      {},
      provider.attachment,
    );
  });
});
