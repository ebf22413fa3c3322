import assert from "node:assert/strict";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { ListStateMachinesCommand } from "@aws-sdk/client-sfn";
import { localStack, runningCloud } from "../../cli/deploy";
import { awsEnv } from "../../local/cloud";
import { deployedPlatform } from "./platform";

// The last of these tests by its name: nothing is left for another.
describe("the destroyed platform", function () {
  this.timeout(240_000);

  it("leaves no resource in the emulators, also when its buckets and tables had data", async () => {
    const platform = await deployedPlatform();
    const cloud = await runningCloud();
    const env = awsEnv(cloud);
    const at = {
      endpoint: env.AWS_ENDPOINT_URL,
      region: env.AWS_REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    const stack = await localStack(cloud);
    const { summary } = await stack.destroy({ color: "never" });
    assert.equal(summary.result, "succeeded");
    const { deployment } = await stack.exportStack();
    assert.deepEqual((deployment as { resources?: unknown[] }).resources ?? [], []);
    const { clients } = platform;
    const left = {
      buckets: (await clients.s3.send(new ListBucketsCommand({}))).Buckets ?? [],
      functions: (await clients.lambda.send(new ListFunctionsCommand({}))).Functions ?? [],
      machines: (await clients.sfn.send(new ListStateMachinesCommand({}))).stateMachines ?? [],
      tables: (await new DynamoDBClient(at).send(new ListTablesCommand({}))).TableNames ?? [],
      databases: (await new RDSClient(at).send(new DescribeDBInstancesCommand({}))).DBInstances ?? [],
      networks: ((await new EC2Client(at).send(new DescribeVpcsCommand({}))).Vpcs ?? []).filter(
        ({ IsDefault }) => !IsDefault,
      ),
    };
    for (const [what, things] of Object.entries(left)) assert.deepEqual(things, [], what);
  });
});
