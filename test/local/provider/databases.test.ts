import assert from "node:assert/strict";
import * as rds from "@aws-sdk/client-rds";
import * as secrets from "@aws-sdk/client-secrets-manager";
import * as aws from "@pulumi/aws";
import { sharedMinistack } from "../../support/ministack";
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

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const settings = {
      endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    client = new rds.RDSClient(settings);
    keeper = new secrets.SecretsManagerClient(settings);
  });

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
});
