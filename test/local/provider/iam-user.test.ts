import assert from "node:assert/strict";
import { GetUserCommand, IAMClient, ListAccessKeysCommand } from "@aws-sdk/client-iam";
import * as aws from "@pulumi/aws";
import { sharedMinistack } from "../../support/ministack";
import { withStack } from "../../support/stack";

describe("an IAM user in the local cloud", function () {
  this.timeout(60_000);

  const program = (status: string, action: string) => async () => {
    const user = new aws.iam.User("reader", { forceDestroy: true, tags: { team: "bi" } });
    new aws.iam.UserPolicy("reader", {
      user: user.name,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: action, Resource: "*" }],
      }),
    });
    const key = new aws.iam.AccessKey("reader", { user: user.name, status });
    return { user: user.name, id: key.id, secret: key.secret };
  };

  it("has a policy and a key whose secret is told once and kept secret; both change in place, and go with it", async () => {
    const { endpoint } = await sharedMinistack();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const iam = new IAMClient({ endpoint, region: "eu-central-1", credentials });
    await withStack(async ({ up, preview, refresh, destroy }) => {
      const { outputs } = await up(program("Active", "sts:AssumeRole"));
      const UserName = String(outputs.user?.value);
      assert.ok(outputs.secret?.secret && String(outputs.secret.value).length > 20);
      assert.deepEqual(await preview(program("Active", "sts:AssumeRole")), {});
      assert.deepEqual(await refresh(program("Active", "sts:AssumeRole")), {});
      assert.deepEqual(await preview(program("Inactive", "sts:TagSession")), { update: 2 });
      await up(program("Inactive", "sts:TagSession"));
      const { AccessKeyMetadata: [key] = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
      assert.deepEqual([key?.AccessKeyId, key?.Status], [outputs.id?.value, "Inactive"]);
      await destroy();
      await assert.rejects(iam.send(new GetUserCommand({ UserName })), { name: "NoSuchEntityException" });
    });
  });
});
