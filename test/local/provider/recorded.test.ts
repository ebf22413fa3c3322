import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { WatchedProvider } from "../../support/requests";
import { withStack } from "../../support/stack";

const KEY = "arn:aws:kms:eu-central-1:000000000000:key/11111111-2222-3333-4444-555555555555";
const TOPIC = "arn:aws:sns:eu-central-1:000000000000:events";

describe("what no emulator keeps", function () {
  this.timeout(120_000);
  let provider: WatchedProvider;

  before(async () => {
    provider = await WatchedProvider.start();
  });
  beforeEach(() => provider.forget());
  after(() => provider.stop());

  it("is the catalog's encryption: asked for, changed in place, found by a refresh, switched off at the end", async () => {
    const modes = (): string[] =>
      provider
        .requests("PutDataCatalogEncryptionSettings")
        .map(({ params }) => params.DataCatalogEncryptionSettings.EncryptionAtRest.CatalogEncryptionMode as string);
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
        assert.deepEqual(modes(), ["SSE-KMS"]);
        assert.deepEqual(await stack.preview(program(true)), {});
        assert.deepEqual(await stack.refresh(program(true)), {});
        assert.deepEqual(await stack.preview(program(false)), { update: 1 });
        await stack.up(program(false));
        await stack.up(program(true));
        await stack.destroy();
        assert.deepEqual(modes(), ["SSE-KMS", "DISABLED", "SSE-KMS", "DISABLED"]);
      },
      {},
      provider.attachment,
    );
  });

  it("has tags that change in place, is refused where AWS would refuse it, and keeps its name to itself", async () => {
    const program =
      (tags: Record<string, string>, sourceType = "db-instance", twice = false) =>
      async (): Promise<void> => {
        const args = { name: "orders", snsTopic: TOPIC, sourceType, eventCategories: ["failover"], tags };
        new aws.rds.EventSubscription("orders", args);
        if (twice) new aws.rds.EventSubscription("again", args);
      };
    await withStack(
      async (stack) => {
        await stack.up(program({ team: "data" }));
        assert.deepEqual(await stack.preview(program({ team: "web" })), { update: 1 });
        await stack.up(program({ team: "web" }));
        assert.deepEqual(provider.only("AddTagsToResource"), {
          ResourceName: "arn:aws:rds:eu-central-1:000000000000:es:orders",
          Tags: [{ Key: "team", Value: "web" }],
        });
        await assert.rejects(stack.stack.up({ program: program({}, "db-instance", true) }), /orders exists already/);
        await stack.destroy();
        assert.equal(provider.requests("DeleteEventSubscription").length, 1);
      },
      {},
      provider.attachment,
    );
  });
});
