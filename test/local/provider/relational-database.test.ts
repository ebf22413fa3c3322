import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as rds from "@aws-sdk/client-rds";
import {
  EncryptionKey,
  NotificationTopic,
  RelationalDatabase,
  type ConnectionGuide,
  type RelationalDatabaseArgs,
} from "../../../components";
import { serveProvider, type RunningProvider } from "../../../local/provider/server";
import { modelFolder } from "../../../local/provider/strict/models";
import { requestCheck } from "../../../local/provider/strict/strict";
import { pythonVenv, sharedMinistack } from "../../support/ministack";
import { newcomers, withStack } from "../../support/stack";

type Wanted = Omit<RelationalDatabaseArgs, "network" | "key">;

/** Data may go, so that `destroy` can leave nothing. */
const DISPOSABLE = { posture: "disposable", allowDataLoss: true } as const;
const GIVEN = { kind: "given", password: "only of this test" } as const;

/** Each kind of database, and a change of it that is made in place. */
const KINDS: Readonly<Record<string, readonly [wanted: Wanted, changed: Wanted]>> = {
  "PostgreSQL with a standby and a proxy": [
    { engine: "postgres", instanceClass: "db.r7g.large", databaseName: "orders", proxy: {} },
    {
      engine: "postgres",
      instanceClass: "db.r7g.xlarge",
      databaseName: "orders",
      proxy: { maxConnectionsPercent: 50 },
      backup: { retentionDays: 21 },
    },
  ],
  "MySQL with a replica": [
    { engine: "mysql", instanceClass: "db.r7g.large", credentials: GIVEN, replicas: { near: {} } },
    {
      engine: "mysql",
      instanceClass: "db.r7g.large",
      credentials: GIVEN,
      replicas: { near: { instanceClass: "db.r7g.xlarge" } },
      parameters: { long_query_time: "2" },
    },
  ],
  "readable standbys": [
    { engine: "mysql", instanceClass: "db.m6gd.large", availability: "readableStandbys" },
    {
      engine: "mysql",
      instanceClass: "db.m6gd.large",
      availability: "readableStandbys",
      backup: { retentionDays: 35 },
    },
  ],
  "Aurora with readers that scale": [
    { engine: "aurora-postgresql", instanceClass: "db.r7g.large", aurora: { autoscaling: { minimum: 1, maximum: 3 } } },
    {
      engine: "aurora-postgresql",
      instanceClass: "db.r7g.large",
      aurora: { readers: 2, autoscaling: { minimum: 2, maximum: 5 } },
    },
  ],
};

describe("RelationalDatabase in the local cloud", function () {
  this.timeout(180_000);
  let client: rds.RDSClient;
  let logsClient: logs.CloudWatchLogsClient;
  let provider: RunningProvider;
  let vpc: DefaultVpc;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    client = new rds.RDSClient({ endpoint, region: "eu-central-1", credentials });
    logsClient = new logs.CloudWatchLogsClient({ endpoint, region: "eu-central-1", credentials });
    provider = await serveProvider({
      endpoints: { ministack: endpoint },
      check: requestCheck(modelFolder(pythonVenv())),
      codeDirectory: mkdtempSync(join(tmpdir(), "function-code-")),
    });
    vpc = await defaultVpc(endpoint);
  });
  after(() => provider.stop());

  const program = (wanted: Wanted) => async () => {
    const key = new EncryptionKey("sales", { description: "Sales" });
    const network = {
      vpcId: vpc.vpcId,
      cidrBlock: "172.31.0.0/16",
      publicSubnetIds: [],
      privateSubnetIds: vpc.subnets,
      isolatedSubnetIds: vpc.subnets,
    };
    const alerts = new NotificationTopic("alerts", { key });
    const clients = { cidrBlocks: ["172.31.0.0/20"] };
    const made = new RelationalDatabase("orders", { network, key, alerts, clients, protection: DISPOSABLE, ...wanted });
    return { identifier: made.identifier, connection: made.connection, arn: made.databaseArn, secret: made.secretArn };
  };

  for (const [what, [wanted, changed]] of Object.entries(KINDS)) {
    it(`is ${what}: made, changed in place without another name, gone with all it had`, async () => {
      const left = await newcomers(async () => {
        const { DBInstances = [] } = await client.send(new rds.DescribeDBInstancesCommand({}));
        const { DBClusters = [] } = await client.send(new rds.DescribeDBClustersCommand({}));
        const { logGroups = [] } = await logsClient.send(
          new logs.DescribeLogGroupsCommand({ logGroupNamePrefix: "/aws/rds/" }),
        );
        return [
          ...DBInstances.map(({ DBInstanceArn = "" }) => DBInstanceArn),
          ...DBClusters.map(({ DBClusterArn = "" }) => DBClusterArn),
          ...logGroups.map(({ logGroupName = "" }) => logGroupName),
        ];
      });
      await withStack(
        async (stack) => {
          const { outputs } = await stack.up(program(wanted));
          const guide = outputs.connection?.value as ConnectionGuide;
          assert.ok(guide.writer.length > 0 && guide.port > 0);
          assert.match(outputs.secret?.value as string, /^arn:aws:secretsmanager:/);
          assert.ok((await left()).some((name) => name.startsWith("/aws/rds/")));
          assert.deepEqual(await stack.preview(program(wanted)), {});
          assert.deepEqual(await stack.refresh(program(wanted)), {});

          const { outputs: after, summary } = await stack.up(program(changed));
          assert.equal(after.identifier?.value, outputs.identifier?.value);
          assert.equal(summary.resourceChanges?.replace, undefined);
          assert.deepEqual(await stack.preview(program(changed)), {});
          await stack.destroy();
        },
        {},
        provider.attachment,
      );
      assert.deepEqual(await left(), []);
    });
  }
});

interface DefaultVpc {
  readonly vpcId: string;
  readonly subnets: string[];
}

/** The VPC every region has from the beginning. */
async function defaultVpc(endpoint: string): Promise<DefaultVpc> {
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization:
        "AWS4-HMAC-SHA256 Credential=test/20261123/eu-central-1/ec2/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: "Action=DescribeSubnets&Version=2016-11-15&Filter.1.Name=default-for-az&Filter.1.Value.1=true",
  });
  const text = await answer.text();
  const subnets = [...text.matchAll(/<subnetId>(subnet-\w+)<\/subnetId>/g)].map(([, id = ""]) => id);
  const vpcId = /<vpcId>(vpc-\w+)<\/vpcId>/.exec(text)?.[1];
  assert.ok(vpcId && subnets.length >= 2, "the emulator has no default VPC");
  return { vpcId, subnets: subnets.slice(0, 2) };
}
