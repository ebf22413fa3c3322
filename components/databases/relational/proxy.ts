import * as aws from "@pulumi/aws";
import type { Scope } from "../../core/scope";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { serviceRole } from "../../core/iam";
import type { NetworkView } from "../../core/network/view";
import type { DatabaseClients, DatabaseProxy } from "./arguments";
import type { EngineFacts } from "./engine-facts";
import { databaseLogs } from "./logs";
import { ingress } from "./network";

const DEFAULTS = { maxConnectionsPercent: 90, idleClientSeconds: 1800, borrowSeconds: 120 };

export interface ProxyArgs {
  readonly proxy: DatabaseProxy;
  readonly facts: EngineFacts;
  /** The database's identifier, after which the proxy is named so that its log group is there before it. */
  readonly identifier: pulumi.Output<string>;
  readonly target: Pick<aws.rds.ProxyTargetArgs, "dbInstanceIdentifier" | "dbClusterIdentifier">;
  readonly ready: pulumi.Resource[];
  readonly network: NetworkView;
  readonly clients: DatabaseClients;
  readonly databaseAccess: aws.ec2.SecurityGroup;
  readonly databasePort: number;
  readonly secretArn: pulumi.Input<string>;
  readonly key: EncryptionKey;
  readonly region: pulumi.Input<string>;
  readonly logRetentionDays: number;
}

/** A pool of connections that clients open instead of the database's own; TLS only, and it alone knows the password. */
export function databaseProxy(
  scope: Scope,
  args: ProxyArgs,
): { readonly proxy: aws.rds.Proxy; readonly securityGroup: aws.ec2.SecurityGroup } {
  const { name } = scope;
  const options = scope.child();
  const { proxy: wanted, facts, network, clients, databaseAccess, databasePort } = args;
  const securityGroup = new aws.ec2.SecurityGroup(
    `${name}-proxy-access`,
    { description: `Clients of the proxy of ${name}`, vpcId: network.vpcId, revokeRulesOnDelete: true },
    options,
  );
  for (const [role, client] of Object.entries(clients.securityGroups ?? {}))
    ingress(`${name}-proxy`, role, securityGroup, facts.usualPort, { referencedSecurityGroupId: client }, options);
  for (const cidrIpv4 of clients.cidrBlocks ?? [])
    ingress(`${name}-proxy`, cidrIpv4.replace(/[./]/g, "-"), securityGroup, facts.usualPort, { cidrIpv4 }, options);
  ingress(name, "proxy", databaseAccess, databasePort, { referencedSecurityGroupId: securityGroup.id }, options);
  new aws.vpc.SecurityGroupEgressRule(
    `${name}-proxy-to-database`,
    {
      securityGroupId: securityGroup.id,
      referencedSecurityGroupId: databaseAccess.id,
      ipProtocol: "tcp",
      fromPort: databasePort,
      toPort: databasePort,
      description: `The database ${name}`,
    },
    options,
  );
  const { role, policy } = serviceRole(scope, "proxy-role", {
    service: "rds.amazonaws.com",
    description: `Lets the proxy of ${name} read the administrator's secret`,
    statements: [
      { actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], resources: [args.secretArn] },
      {
        actions: ["kms:Decrypt"],
        resources: [args.key.keyArn],
        conditions: {
          StringEquals: { "kms:ViaService": pulumi.interpolate`secretsmanager.${args.region}.amazonaws.com` },
        },
      },
    ],
  });
  const logs = databaseLogs(
    `${name}-proxy`,
    pulumi.interpolate`/aws/rds/proxy/${args.identifier}`,
    args.logRetentionDays,
    args.key,
    options,
  );
  const iam = wanted.iamAuthentication ?? facts.iamAuthentication;
  const proxy = new aws.rds.Proxy(
    `${name}-proxy`,
    {
      name: args.identifier,
      engineFamily: facts.proxyFamily ?? "",
      roleArn: role.arn,
      requireTls: true,
      debugLogging: false,
      idleClientTimeout: wanted.idleClientSeconds ?? DEFAULTS.idleClientSeconds,
      vpcSubnetIds: pulumi.output(network.isolatedSubnetIds).apply((ids) => [...ids]),
      vpcSecurityGroupIds: [securityGroup.id],
      auths: [
        {
          authScheme: "SECRETS",
          secretArn: args.secretArn,
          iamAuth: iam ? "REQUIRED" : "DISABLED",
          description: "The administrator",
        },
      ],
    },
    { ...options, dependsOn: [logs, ...(policy ? [policy] : [])] },
  );
  const targetGroup = new aws.rds.ProxyDefaultTargetGroup(
    `${name}-proxy-pool`,
    {
      dbProxyName: proxy.name,
      connectionPoolConfig: {
        maxConnectionsPercent: wanted.maxConnectionsPercent ?? DEFAULTS.maxConnectionsPercent,
        connectionBorrowTimeout: wanted.borrowSeconds ?? DEFAULTS.borrowSeconds,
      },
    },
    options,
  );
  new aws.rds.ProxyTarget(
    `${name}-proxy-target`,
    { dbProxyName: proxy.name, targetGroupName: targetGroup.name, ...args.target },
    { ...options, dependsOn: args.ready },
  );
  return { proxy, securityGroup };
}
