import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateSecretCommand, DeleteSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DataLake, DataSyncTransfer, EncryptionKey } from "../../../components";
import { sharedMinistack } from "../../support/ministack";
import { WatchedProvider } from "../../support/requests";
import { withStack } from "../../support/stack";

const LOSE = { posture: "disposable", allowDataLoss: true } as const;
const AGENT = "arn:aws:datasync:eu-central-1:000000000000:agent/agent-0123456789abcdef0";

describe("transfers in the local cloud", function () {
  this.timeout(120_000);
  let provider: WatchedProvider;
  let endpoint: string;

  before(async () => {
    endpoint = (await sharedMinistack()).endpoint;
    provider = await WatchedProvider.start();
  });
  after(() => provider.stop());

  it("are tasks with their options, change in place, and go without a trace", async () => {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const at = { region: "eu-central-1", credentials };
    const secrets = new SecretsManagerClient({ ...at, endpoint });
    const { ARN: secretArn = "" } = await secrets.send(
      new CreateSecretCommand({
        Name: `share-${Date.now()}`,
        SecretString: '{"username":"plant","password":"geheim"}',
      }),
    );
    const program = (bandwidthMiBps: number) => async () => {
      const key = new EncryptionKey("lake", { description: "Lake", protection: LOSE });
      const lake = new DataLake("lake", { key, protection: LOSE });
      const share = new DataSyncTransfer("share", {
        key,
        source: { kind: "smb", host: "files.example.com", path: "/share", secretArn, agentArns: [AGENT] },
        destination: { kind: "s3", bucket: lake.zones.raw, prefix: "share/" },
        schedule: "cron(15 * * * ? *)",
        options: { bandwidthMiBps },
      });
      const exported = new DataSyncTransfer("export", {
        key,
        source: { kind: "nfs", host: "files.example.com", path: "/export", agentArns: [AGENT] },
        destination: { kind: "s3", bucket: lake.zones.raw, prefix: "export/" },
        bidirectional: true,
      });
      return { share: share.taskArn, there: exported.taskArn, back: exported.returnTaskArn };
    };
    await withStack(
      async ({ up, preview, destroy, stack }) => {
        const { outputs } = await up(program(10));
        assert.deepEqual(await preview(program(10)), {}, "a second deployment would change something");
        const folder = join(stack.workspace.workDir, ".pulumi", "stacks");
        const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
          name.endsWith(".json"),
        );
        assert.ok(files.length > 0);
        for (const file of files) assert.doesNotMatch(readFileSync(join(folder, file), "utf8"), /geheim/, file);

        const TaskArn = String(outputs.share?.value);
        const limits = provider.requests("CreateTask").map(({ params }) => params.Options?.BytesPerSecond as number);
        assert.equal(limits.length, 3);
        assert.ok(limits.includes(10 * 1024 ** 2));
        assert.deepEqual(await preview(program(20)), { update: 1 });
        await up(program(20));
        const changed = provider.only("UpdateTask");
        assert.equal(changed.TaskArn, TaskArn);
        assert.equal(changed.Options?.BytesPerSecond, 20 * 1024 ** 2);
        assert.match(String(outputs.there?.value), /:000000000000:task\/task-[0-9a-f]{17}$/);
        assert.notEqual(outputs.there?.value, outputs.back?.value);

        await destroy();
        assert.equal(provider.requests("DeleteTask").length, 3);
        const made = provider.requests("CreateLocationNfs", "CreateLocationS3", "CreateLocationSmb").length;
        assert.ok(made >= 4, `${made} locations`);
        assert.equal(provider.requests("DeleteLocation").length, made);
      },
      {},
      provider.attachment,
    );
    await secrets.send(new DeleteSecretCommand({ SecretId: secretArn, ForceDeleteWithoutRecovery: true }));
  });

  it("are refused where DataSync would refuse them", async () => {
    await withStack(
      async ({ up }) => {
        const program = async (): Promise<void> => {
          const key = new EncryptionKey("lake", { description: "Lake", protection: LOSE });
          const lake = new DataLake("lake", { key, protection: LOSE });
          new DataSyncTransfer("share", {
            key,
            source: { kind: "nfs", host: "files.example.com", path: "/e", agentArns: ["not-an-agent"] },
            destination: { kind: "s3", bucket: lake.zones.raw },
          });
        };
        await assert.rejects(up(program), /AgentArns/);
      },
      {},
      provider.attachment,
    );
  });
});
