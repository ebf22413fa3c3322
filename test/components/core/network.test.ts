import assert from "node:assert/strict";
import { EncryptionKey, Network, type NetworkArgs } from "../../../components";
import { networkLayout } from "../../../components/core/network/layout";
import { record, type Recording } from "../../support/harness";

const make = (changes: Partial<Omit<NetworkArgs, "key">> = {}): Promise<Recording> =>
  record(() => {
    const key = new EncryptionKey("network", { description: "Network" });
    new Network("network", { key, ...changes });
  });

describe("Network", () => {
  it("has three kinds of subnets in every zone, none of which gives away public addresses", async () => {
    const subnets = (await make({ zones: 3 })).all("ec2/subnet:Subnet");
    assert.deepEqual(
      subnets.map(({ name, inputs }) => [name, inputs.mapPublicIpOnLaunch]),
      [1, 2, 3].flatMap((zone) => [
        [`network-vpc-public-${zone}`, false],
        [`network-vpc-private-${zone}`, false],
        [`network-vpc-isolated-${zone}`, false],
      ]),
    );
  });

  it("has as many ways out as it is asked for", async () => {
    const ways = async (natGateways: NetworkArgs["natGateways"]): Promise<number[]> => {
      const recording = await make({ natGateways });
      return [recording.all("ec2/natGateway:NatGateway").length, recording.all("ec2/route:Route").length];
    };
    assert.deepEqual(await ways("none"), [0, 3]);
    assert.deepEqual(await ways("single"), [1, 6]);
    assert.deepEqual(await ways("onePerZone"), [3, 6]);
  });

  it("logs its traffic, encrypted, and closes the default security group", async () => {
    const recording = await make();
    assert.equal(recording.one("ec2/flowLog:FlowLog").inputs.trafficType, "ALL");
    assert.match(recording.one("cloudwatch/logGroup:LogGroup").inputs.kmsKeyId, /^arn:aws:kms/);
    const { inputs } = recording.one("ec2/defaultSecurityGroup:DefaultSecurityGroup");
    assert.deepEqual([inputs.ingress, inputs.egress], [undefined, undefined]);
  });

  it("lets endpoints be reached from the VPC only, over TLS", async () => {
    const { inputs } = (await make({ cidrBlock: "10.8.0.0/18" })).one(
      "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    );
    assert.deepEqual([inputs.cidrIpv4, inputs.fromPort, inputs.toPort], ["10.8.0.0/18", 443, 443]);
  });

  const refused: [string, Partial<NetworkArgs>, RegExp][] = [
    ["one zone", { zones: 1 }, /zones is 1; allowed: a whole number from 2 to 3/],
    ["a range that is none", { cidrBlock: "10.0.0.0" }, /cidrBlock is "10\.0\.0\.0"; allowed: an IPv4 range/],
    ["a range too large", { cidrBlock: "10.0.0.0/8" }, /cidrBlock is "10\.0\.0\.0\/8"/],
    ["a range too small", { cidrBlock: "10.0.0.0/24" }, /cidrBlock is "10\.0\.0\.0\/24"/],
    ["a range that begins elsewhere", { cidrBlock: "10.0.1.0/16" }, /cidrBlock is "10\.0\.1\.0\/16"/],
    [
      "an unknown endpoint",
      { interfaceEndpoints: ["s4" as never] },
      /interfaceEndpoints\[0\] is "s4"; allowed: glue, kms/,
    ],
    [
      "an endpoint twice",
      { interfaceEndpoints: ["kms", "sts", "kms"] },
      /interfaceEndpoints is .*; allowed: each service once/,
    ],
  ];
  for (const [what, changes, message] of refused) {
    it(`refuses ${what}`, () => assert.rejects(make(changes), message));
  }
});

describe("a network's addresses", () => {
  const number = (cidr: string): [number, number] => {
    const [address = "", length = "0"] = cidr.split("/");
    const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    return [first, first + 2 ** (32 - Number(length))];
  };

  for (const cidr of ["10.0.0.0/16", "172.31.64.0/18", "192.168.252.0/22"]) {
    it(`are all of ${cidr}, and none is in two subnets`, () => {
      const { public: open, private: inner, isolated } = networkLayout(cidr, 3);
      const [from, to] = number(cidr);
      const ranges = [...open, ...inner, ...isolated].map(number).sort(([a], [b]) => a - b);
      assert.equal(ranges.length, 9);
      for (const [index, [start, end]] of ranges.entries()) {
        assert.ok(start >= from && end <= to);
        assert.equal(start % (end - start), 0, "begins at its own first address");
        assert.ok(start >= (ranges[index - 1]?.[1] ?? from));
      }
    });
  }
});
