import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as rds from "@aws-sdk/client-rds";
import * as secrets from "@aws-sdk/client-secrets-manager";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serveProvider, type RunningProvider } from "../../../local/provider/server";
import { modelFolder } from "../../../local/provider/strict/models";
import { requestCheck } from "../../../local/provider/strict/strict";
import { pythonVenv, sharedMinistack } from "../../support/ministack";
import { newcomers, withStack } from "../../support/stack";

const KEY = "arn:aws:kms:eu-central-1:000000000000:key/11111111-2222-3333-4444-555555555555";
const ROLE = "arn:aws:iam::000000000000:role/monitoring";

interface Change {
  readonly instanceClass?: string;
  readonly days?: number;
  readonly slow?: string;
  readonly tags?: Record<string, string>;
}

describe("databases in the local cloud", function () {
  this.timeout(180_000);
  let client: rds.RDSClient;
  let keeper: secrets.SecretsManagerClient;
  let provider: RunningProvider;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const settings = {
      endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    client = new rds.RDSClient(settings);
    keeper = new secrets.SecretsManagerClient(settings);
    provider = await serveProvider({
      endpoints: { ministack: endpoint },
      check: requestCheck(modelFolder(pythonVenv())),
      codeDirectory: mkdtempSync(join(tmpdir(), "function-code-")),
    });
  });
  after(() => provider.stop());

  const program =
    ({ instanceClass = "db.r7g.large", days = 14, slow = "500", tags = { team: "data" } }: Change = {}) =>
    async () => {
      const parameters = new aws.rds.ParameterGroup("orders", {
        family: "postgres17",
        parameters: [
          { name: "rds.force_ssl", value: "1" },
          { name: "log_min_duration_statement", value: slow },
        ],
        tags,
      });
      const options = new aws.rds.OptionGroup("audit", {
        engineName: "mariadb",
        majorEngineVersion: "11.4",
        options: [
          { optionName: "MARIADB_AUDIT_PLUGIN", optionSettings: [{ name: "SERVER_AUDIT_EVENTS", value: "CONNECT" }] },
        ],
      });
      const instance = new aws.rds.Instance("orders", {
        engine: "postgres",
        engineVersion: "17",
        instanceClass,
        allocatedStorage: 100,
        maxAllocatedStorage: 200,
        storageType: "gp3",
        storageEncrypted: true,
        kmsKeyId: KEY,
        multiAz: true,
        username: "platform_admin",
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: KEY,
        parameterGroupName: parameters.name,
        port: 5433,
        backupRetentionPeriod: days,
        backupWindow: "01:00-02:00",
        maintenanceWindow: "sun:03:00-sun:04:00",
        monitoringInterval: 60,
        monitoringRoleArn: ROLE,
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: KEY,
        enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
        iamDatabaseAuthenticationEnabled: true,
        copyTagsToSnapshot: true,
        finalSnapshotIdentifier: "orders-final",
        tags,
      });
      const replica = new aws.rds.Instance("orders-near", {
        replicateSourceDb: instance.identifier,
        instanceClass,
        skipFinalSnapshot: true,
      });
      const copies = new aws.rds.InstanceAutomatedBackupsReplication("orders", {
        region: "eu-west-1",
        sourceDbInstanceArn: instance.arn,
        kmsKeyId: KEY.replace("eu-central-1", "eu-west-1"),
        retentionPeriod: 14,
      });
      const secretArn = instance.masterUserSecrets.apply((list) => list[0]?.secretArn ?? "");
      const rotation = new aws.secretsmanager.SecretRotation("orders", {
        secretId: secretArn,
        rotateImmediately: false,
        rotationRules: { automaticallyAfterDays: days },
      });
      return {
        identifier: instance.identifier,
        arn: instance.arn,
        address: instance.address,
        port: instance.port,
        secretArn,
        rotation: rotation.id,
        copies: copies.id,
        options: options.name,
        parameters: parameters.name,
        replica: replica.identifier,
      };
    };

  it("are instances with replicas, groups and secrets: made, changed in place, noticed when changed by hand, gone", async () => {
    const left = await newcomers(async () => {
      const { DBInstances = [] } = await client.send(new rds.DescribeDBInstancesCommand({}));
      const { SecretList = [] } = await keeper.send(new secrets.ListSecretsCommand({}));
      const { DBParameterGroups = [] } = await client.send(new rds.DescribeDBParameterGroupsCommand({}));
      return [
        ...DBInstances.map(({ DBInstanceArn }) => DBInstanceArn ?? ""),
        ...SecretList.map(({ ARN }) => ARN ?? ""),
        ...DBParameterGroups.map(({ DBParameterGroupArn }) => DBParameterGroupArn ?? ""),
      ];
    });
    await withStack(async (stack) => {
      const { outputs } = await stack.up(program());
      const value = (name: string): string => outputs[name]?.value as string;
      assert.equal(value("arn"), `arn:aws:rds:eu-central-1:000000000000:db:${value("identifier")}`);
      const { SecretString = "" } = await keeper.send(
        new secrets.GetSecretValueCommand({ SecretId: value("secretArn") }),
      );
      const { username, password } = JSON.parse(SecretString) as Record<string, string>;
      assert.equal(username, "platform_admin");
      assert.match(password ?? "", /^\w{20,}$/);

      assert.deepEqual(await stack.preview(program()), {});
      assert.deepEqual(await stack.refresh(program()), {});
      assert.deepEqual(await stack.preview(program()), {});

      const changed = program({ instanceClass: "db.r7g.xlarge", days: 21, slow: "1000", tags: { team: "sales" } });
      await stack.up(changed);
      const DBInstanceIdentifier = value("identifier");
      const held = await client.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier }));
      assert.equal(held.DBInstances?.[0]?.DBInstanceClass, "db.r7g.xlarge");
      assert.equal(held.DBInstances?.[0]?.BackupRetentionPeriod, 21);
      const rules = await keeper.send(new secrets.DescribeSecretCommand({ SecretId: value("secretArn") }));
      assert.equal(rules.RotationRules?.AutomaticallyAfterDays, 21);
      const { Parameters } = await client.send(
        new rds.DescribeDBParametersCommand({ DBParameterGroupName: value("parameters"), Source: "user" }),
      );
      assert.deepEqual(Parameters?.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue]).sort(), [
        ["log_min_duration_statement", "1000"],
        ["rds.force_ssl", "1"],
      ]);
      assert.deepEqual(await stack.preview(changed), {});

      await client.send(
        new rds.ModifyDBInstanceCommand({
          DBInstanceIdentifier,
          DeletionProtection: true,
          BackupRetentionPeriod: 1,
          ApplyImmediately: true,
        }),
      );
      assert.deepEqual(await stack.refresh(changed), { update: 1 });
      await stack.up(changed);
      const again = await client.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier }));
      assert.equal(again.DBInstances?.[0]?.BackupRetentionPeriod, 21);
      assert.equal(again.DBInstances?.[0]?.DeletionProtection, false);

      await stack.destroy();
      const { DBSnapshots = [] } = await client.send(
        new rds.DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: "orders-final" }),
      );
      assert.equal(DBSnapshots.length, 1, "no final snapshot was taken");
      await client.send(new rds.DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "orders-final" }));
    });
    assert.deepEqual(await left(), []);
  });

  it("are clusters of Aurora with members, a proxy in front and readers that scale", async () => {
    const { endpoint } = await sharedMinistack();
    const subnetIds = await defaultSubnets(endpoint);
    const program =
      (readers: number, percent = 90, capacity = 4) =>
      async () => {
        const subnets = new aws.rds.SubnetGroup("orders", { description: "Orders", subnetIds });
        const parameters = new aws.rds.ClusterParameterGroup("orders", {
          family: "aurora-postgresql17",
          parameters: [{ name: "rds.force_ssl", value: "1" }],
        });
        const cluster = new aws.rds.Cluster("orders", {
          engine: "aurora-postgresql",
          engineVersion: "17",
          databaseName: "orders",
          masterUsername: "platform_admin",
          manageMasterUserPassword: true,
          masterUserSecretKmsKeyId: KEY,
          storageEncrypted: true,
          kmsKeyId: KEY,
          port: 5433,
          dbSubnetGroupName: subnets.name,
          dbClusterParameterGroupName: parameters.name,
          backupRetentionPeriod: 14,
          preferredBackupWindow: "01:00-02:00",
          preferredMaintenanceWindow: "sun:03:00-sun:04:00",
          enabledCloudwatchLogsExports: ["postgresql"],
          copyTagsToSnapshot: true,
          skipFinalSnapshot: true,
          tags: { team: "data" },
        });
        const members: aws.rds.ClusterInstance[] = [];
        for (let index = 0; index <= readers; index++) {
          const member = new aws.rds.ClusterInstance(
            `orders-${index}`,
            {
              clusterIdentifier: cluster.id,
              engine: "aurora-postgresql",
              instanceClass: "db.r7g.large",
              promotionTier: index,
            },
            { dependsOn: members.slice(0, 1) },
          );
          members.push(member);
        }
        const reports = new aws.rds.ClusterEndpoint("reports", {
          clusterIdentifier: cluster.id,
          clusterEndpointIdentifier: pulumi.interpolate`${cluster.id}-reports`,
          customEndpointType: "READER",
          staticMembers: members.slice(1).map(({ identifier }) => identifier),
        });
        const target = new aws.appautoscaling.Target("readers", {
          serviceNamespace: "rds",
          resourceId: pulumi.interpolate`cluster:${cluster.id}`,
          scalableDimension: "rds:cluster:ReadReplicaCount",
          minCapacity: 1,
          maxCapacity: capacity,
        });
        new aws.appautoscaling.Policy("readers", {
          policyType: "TargetTrackingScaling",
          serviceNamespace: target.serviceNamespace,
          resourceId: target.resourceId,
          scalableDimension: target.scalableDimension,
          targetTrackingScalingPolicyConfiguration: {
            targetValue: 60,
            predefinedMetricSpecification: { predefinedMetricType: "RDSReaderAverageCPUUtilization" },
            scaleInCooldown: 300,
          },
        });
        const secret = new aws.secretsmanager.Secret("orders", { kmsKeyId: KEY, recoveryWindowInDays: 0 });
        const version = new aws.secretsmanager.SecretVersion("orders", {
          secretId: secret.id,
          secretString: JSON.stringify({ username: "etl", password: `pass-${percent}` }),
        });
        const proxy = new aws.rds.Proxy("orders", {
          engineFamily: "POSTGRESQL",
          roleArn: ROLE,
          requireTls: true,
          idleClientTimeout: 900,
          vpcSubnetIds: subnetIds,
          auths: [{ authScheme: "SECRETS", iamAuth: "REQUIRED", secretArn: secret.arn }],
        });
        const pool = new aws.rds.ProxyDefaultTargetGroup("orders", {
          dbProxyName: proxy.name,
          connectionPoolConfig: { maxConnectionsPercent: percent, connectionBorrowTimeout: 60 },
        });
        const at = new aws.rds.ProxyTarget("orders", {
          dbProxyName: proxy.name,
          targetGroupName: pool.name,
          dbClusterIdentifier: cluster.id,
        });
        return {
          cluster: cluster.id,
          writers: pulumi.all(members.map(({ writer }) => writer)),
          secrets: cluster.masterUserSecrets,
          reports: reports.endpoint,
          vpc: subnets.vpcId,
          proxy: proxy.name,
          target: at.id,
          secret: secret.arn,
          version: version.versionId,
        };
      };
    await withStack(
      async (stack) => {
        const { outputs } = await stack.up(program(1));
        const value = (name: string): string => outputs[name]?.value as string;
        assert.deepEqual(outputs.writers?.value, [true, false]);
        assert.match(value("vpc"), /^vpc-/);
        assert.match(value("reports"), /-reports\.cluster-custom-/);
        const [managed] = outputs.secrets?.value as { secretArn: string; kmsKeyId: string }[];
        assert.equal(managed?.kmsKeyId, KEY);
        assert.deepEqual(await stack.preview(program(1)), {});
        assert.deepEqual(await stack.refresh(program(1)), {});
        assert.deepEqual(await stack.preview(program(1)), {});

        await stack.up(program(2, 70, 6));
        const { DBClusters } = await client.send(
          new rds.DescribeDBClustersCommand({ DBClusterIdentifier: value("cluster") }),
        );
        assert.equal(DBClusters?.[0]?.DBClusterMembers?.length, 3);
        const { TargetGroups } = await client.send(
          new rds.DescribeDBProxyTargetGroupsCommand({ DBProxyName: value("proxy") }),
        );
        assert.equal(TargetGroups?.[0]?.ConnectionPoolConfig?.MaxConnectionsPercent, 70);
        const { SecretString } = await keeper.send(new secrets.GetSecretValueCommand({ SecretId: value("secret") }));
        assert.equal(JSON.parse(SecretString ?? "{}").password, "pass-70");
        assert.deepEqual(await stack.preview(program(2, 70, 6)), {});

        await client.send(
          new rds.DeregisterDBProxyTargetsCommand({
            DBProxyName: value("proxy"),
            DBClusterIdentifiers: [value("cluster")],
          }),
        );
        assert.deepEqual(await stack.refresh(program(2, 70, 6)), { delete: 1 });
        await stack.up(program(2, 70, 6));

        await stack.destroy();
        assert.deepEqual((await client.send(new rds.DescribeDBProxiesCommand({}))).DBProxies, []);
        assert.deepEqual((await client.send(new rds.DescribeDBClustersCommand({}))).DBClusters, []);
        await assert.rejects(keeper.send(new secrets.DescribeSecretCommand({ SecretId: managed?.secretArn })));
      },
      {},
      provider.attachment,
    );
  });

  it("are refused where AWS would refuse them, before anything is made", async () => {
    await withStack(async (stack) => {
      const said = (refused: () => Promise<void>): Promise<string> =>
        stack.up(refused).then(
          () => assert.fail("it was deployed"),
          (error: unknown) => String((error as Error).message),
        );
      const overlapping = await said(async () => {
        new aws.rds.Instance("orders", {
          engine: "postgres",
          instanceClass: "db.r7g.large",
          allocatedStorage: 20,
          username: "chief",
          manageMasterUserPassword: true,
          backupWindow: "03:30-04:30",
          maintenanceWindow: "sun:03:00-sun:04:00",
          skipFinalSnapshot: true,
        });
      });
      assert.match(overlapping, /must not overlap the backup window/);
      const unsaved = await said(async () => {
        new aws.rds.Cluster("orders", {
          engine: "aurora-mysql",
          masterUsername: "chief",
          manageMasterUserPassword: true,
        });
      });
      assert.match(unsaved, /finalSnapshotIdentifier.*is required unless skipFinalSnapshot is true/s);
    });
  });
});

/** Subnets of the emulator's default VPC. */
async function defaultSubnets(endpoint: string): Promise<string[]> {
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization:
        "AWS4-HMAC-SHA256 Credential=test/20261123/eu-central-1/ec2/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: "Action=DescribeSubnets&Version=2016-11-15",
  });
  const found = [...(await answer.text()).matchAll(/<subnetId>(subnet-\w+)<\/subnetId>/g)].map(([, id = ""]) => id);
  assert.ok(found.length >= 2, "the emulator has no default subnets");
  return found.slice(0, 2);
}
