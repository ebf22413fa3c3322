import { UNSET, type Cases, type Fixture } from "./case";

const vpc: Fixture = { type: "aws:ec2/vpc:Vpc", props: { id: "vpc-1", cidrBlock: "10.0.0.0/16" } };
const group: Fixture = {
  type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  props: { vpcId: "vpc-1" },
  from: { vpcId: "vpc" },
};

const groupThatLetsIn = (...ingress: readonly object[]): Fixture => ({
  type: "aws:ec2/securityGroup:SecurityGroup",
  props: { ingress },
});

const oldRule = (props: Fixture["props"]): Fixture => ({ type: "aws:ec2/securityGroupRule:SecurityGroupRule", props });

export const NETWORKS: Cases = {
  "ec2/default-group-closed": {
    stack: { vpc, group },
    fields: {},
    noFields: "a group without rules is the compliant one",
    joins: ["group.vpcId"],
    compliant: { "says that it has no rules": { "group.ingress": [], "group.egress": [] } },
    violating: {
      "leaves the group alone": [{ group: UNSET }, /the rules of AWS/],
      "lets members reach each other": [{ "group.ingress": [{ self: true, protocol: "-1" }] }, /allows traffic/],
      "lets everything out": [{ "group.egress": [{ cidrBlocks: ["0.0.0.0/0"] }] }, /allows traffic/],
    },
  },
  "ec2/flow-logs": {
    stack: { vpc, log: { type: "aws:ec2/flowLog:FlowLog", props: { vpcId: "vpc-1" }, from: { vpcId: "vpc" } } },
    fields: {},
    noFields: "it asks whether there is a log, not what is in it",
    joins: ["log.vpcId"],
    violating: { "logs nothing": [{ log: UNSET }, /has no flow log/] },
  },
  "ec2/no-open-ingress": {
    stack: {
      ingress: {
        type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        props: { cidrIpv4: "10.0.0.0/16", fromPort: 443, toPort: 443, ipProtocol: "tcp" },
      },
    },
    fields: {
      "ingress.cidrIpv4": {
        unset: ["compliant", "it then lets in a group or a prefix list"],
        off: ["compliant", "no range is no range"],
      },
    },
    violating: {
      "lets in everybody": [{ "ingress.cidrIpv4": "0.0.0.0/0" }, /whole internet/],
      "lets in everybody over IPv6": [{ "ingress.cidrIpv6": "::/0" }, /whole internet/],
      "lets everybody in by a group's own rules": [
        { ingress: groupThatLetsIn({ cidrBlocks: ["10.0.0.0/16", "0.0.0.0/0"] }) },
        /whole internet/,
      ],
      "lets everybody in by a group's second rule, over IPv6": [
        { ingress: groupThatLetsIn({ cidrBlocks: ["10.0.0.0/16"] }, { ipv6CidrBlocks: ["::/0"] }) },
        /whole internet/,
      ],
      "lets everybody in by a rule of the old kind": [
        { ingress: oldRule({ type: "ingress", cidrBlocks: ["0.0.0.0/0"] }) },
        /whole internet/,
      ],
    },
    compliant: {
      "lets the network in by a group's own rules": { ingress: groupThatLetsIn({ cidrBlocks: ["10.0.0.0/16"] }) },
      "has a group without rules": { ingress: { type: "aws:ec2/securityGroup:SecurityGroup", props: {} } },
      "lets out what it holds, by a rule of the old kind": {
        ingress: oldRule({ type: "egress", cidrBlocks: ["0.0.0.0/0"] }),
      },
    },
  },
  "ec2/no-automatic-public-addresses": {
    stack: {
      subnet: {
        type: "aws:ec2/subnet:Subnet",
        props: { vpcId: "vpc-1", cidrBlock: "10.0.0.0/22", mapPublicIpOnLaunch: false },
      },
    },
    fields: {
      "subnet.mapPublicIpOnLaunch": {
        unset: ["compliant", "unset is no with AWS's provider"],
        off: ["compliant", "off is what it asks for"],
      },
    },
    violating: { "gives addresses": [{ "subnet.mapPublicIpOnLaunch": true }, /a public address/] },
  },
};
