import assert from "node:assert/strict";
import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import * as aws from "@pulumi/aws";
import { EncryptionKey, Network, type NetworkArgs } from "../../../components";
import { sharedMinistack } from "../../support/ministack";
import { newcomers, withStack } from "../../support/stack";

describe("a network in the local cloud", function () {
  this.timeout(120_000);
  let ec2: EC2Client;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    ec2 = new EC2Client({ endpoint, region: "eu-central-1", credentials });
  });

  const program =
    (changes: Partial<Omit<NetworkArgs, "key">> = {}) =>
    async () => {
      const protection = { posture: "disposable", allowDataLoss: true } as const;
      const key = new EncryptionKey("network", { description: "Network", protection });
      const network = new Network("network", {
        key,
        zones: 2,
        natGateways: "single",
        interfaceEndpoints: ["kms"],
        ...changes,
      });
      return {
        vpc: network.vpcId,
        public: network.publicSubnetIds,
        private: network.privateSubnetIds,
        isolated: network.isolatedSubnetIds,
      };
    };

  it("changes the tags of a flow log in place, and finds them again", async () => {
    const tagged = (tags: Record<string, string>) => async () => {
      const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.9.0.0/16" });
      const logs = new aws.cloudwatch.LogGroup("logs", {});
      const iamRoleArn = "arn:aws:iam::000000000000:role/logs";
      const where = { vpcId: vpc.id, logDestination: logs.arn, iamRoleArn };
      return { id: new aws.ec2.FlowLog("log", { ...where, trafficType: "ALL", tags }).id };
    };
    await withStack(async ({ up, refresh }) => {
      const first = await up(tagged({ owner: "one" }));
      assert.deepEqual(await refresh(tagged({ owner: "one" })), {});
      const second = await up(tagged({ owner: "two", team: "network" }));
      assert.equal(second.outputs.id?.value, first.outputs.id?.value);
      assert.deepEqual(await refresh(tagged({ owner: "two", team: "network" })), {});
    });
  });

  it("is made by awsx's own component, changes in place, and goes without a trace", async () => {
    const networks = await newcomers(async () =>
      ((await ec2.send(new DescribeVpcsCommand({}))).Vpcs ?? []).map(({ VpcId }) => VpcId ?? ""),
    );
    await withStack(async ({ up, preview, refresh, destroy, stack }) => {
      const { outputs } = await up(program());
      assert.deepEqual(await preview(program()), {}, "a second deployment would change something");
      assert.deepEqual(await refresh(program()), {}, "a refresh finds something else than was made");

      const { deployment } = await stack.exportStack();
      const resources = (deployment as { resources: { urn: string; type: string; parent?: string }[] }).resources;
      const component = resources.find(({ type }) => type === "awsx:ec2:Vpc");
      const vpc = resources.find(({ type }) => type === "aws:ec2/vpc:Vpc");
      assert.equal(vpc?.parent, component?.urn);
      assert.match(vpc?.urn ?? "", /::network-vpc$/);

      const VpcId = String(outputs.vpc?.value);
      const within = [{ Name: "vpc-id", Values: [VpcId] }];
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: within }));
      const ranges = (name: string): (string | undefined)[] =>
        (outputs[name]?.value as string[]).map((id) => Subnets.find(({ SubnetId }) => SubnetId === id)?.CidrBlock);
      assert.deepEqual(ranges("public"), ["10.0.0.0/22", "10.0.4.0/22"]);
      assert.deepEqual(ranges("private"), ["10.0.128.0/20", "10.0.144.0/20"]);
      assert.deepEqual(ranges("isolated"), ["10.0.32.0/22", "10.0.36.0/22"]);

      assert.deepEqual(
        Subnets.filter(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch),
        [],
        "awsx's own subnets would give addresses away",
      );

      const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters: within }));
      const wayOut = (subnet: string): string => {
        const table = RouteTables.find(({ Associations = [] }) =>
          Associations.some(({ SubnetId }) => SubnetId === subnet),
        );
        const out = table?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
        return out?.NatGatewayId ?? out?.GatewayId ?? "none";
      };
      for (const id of outputs.public?.value as string[]) assert.match(wayOut(id), /^igw-/);
      const gateways = (outputs.private?.value as string[]).map(wayOut);
      assert.match(gateways[0] ?? "", /^nat-/);
      assert.equal(new Set(gateways).size, 1);
      for (const id of outputs.isolated?.value as string[]) assert.equal(wayOut(id), "none");

      const { SecurityGroups: [byDefault] = [] } = await ec2.send(
        new DescribeSecurityGroupsCommand({ Filters: [...within, { Name: "group-name", Values: ["default"] }] }),
      );
      assert.deepEqual([byDefault?.IpPermissions, byDefault?.IpPermissionsEgress], [[], []]);
      const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({ Filters: within }));
      const s3 = VpcEndpoints.find(({ ServiceName }) => ServiceName?.endsWith(".s3"));
      assert.equal(s3?.RouteTableIds?.length, 2);
      assert.equal(VpcEndpoints.length, 3);

      const changed = program({ interfaceEndpoints: ["kms", "sts"] });
      assert.deepEqual(await preview(changed), { create: 1 });
      await up(changed);
      await destroy();
      assert.deepEqual(await networks(), []);
    });
  });
});
