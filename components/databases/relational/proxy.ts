import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EncryptionKey } from "../../core/encryption-key";
import { serviceRole } from "../../core/iam";
import type { NetworkView } from "../../core/network/view";
import type { Scope } from "../../core/scope";
import type { MadeDatabase } from "./instance";
import { databaseLogs } from "./logs";
import { accessGroup, ingress, letClientsIn } from "./network";
import type { DatabasePlan } from "./plan";

export interface ProxyArgs {
  readonly proxy: NonNullable<DatabasePlan["proxy"]>;
  readonly plan: DatabasePlan;
  /** The database's identifier, after which the proxy is named so that its log group is there before it. */
  readonly identifier: pulumi.Output<string>;
  readonly database: MadeDatabase;
  readonly network: NetworkView;
  readonly databaseAccess: aws.ec2.SecurityGroup;
  readonly secretArn: pulumi.Input<string>;
  readonly key: EncryptionKey;
}

/** Makes a pool of connections that clients open instead of the database's own. It takes TLS only, and it alone knows the password. */
export function databaseProxy(
  scope: Scope,
  args: ProxyArgs,
): { readonly proxy: aws.rds.Proxy; readonly securityGroup: aws.ec2.SecurityGroup } {
  const { name } = scope;
  const { proxy: wanted, plan, database, network, databaseAccess } = args;
  const { facts, clientPort } = plan;
  const securityGroup = accessGroup(scope, "proxy-access", `Clients of the proxy of ${name}`, network);
  letClientsIn(scope.part("proxy"), securityGroup, facts.usualPort, plan.clients);
  ingress(scope, "proxy", databaseAccess, clientPort, { referencedSecurityGroupId: securityGroup.id });
  new aws.vpc.SecurityGroupEgressRule(
    `${name}-proxy-to-database`,
    {
      securityGroupId: securityGroup.id,
      referencedSecurityGroupId: databaseAccess.id,
      ipProtocol: "tcp",
      fromPort: clientPort,
      toPort: clientPort,
      description: `The database ${name}`,
    },
    scope.child(),
  );
  const { role, policy } = serviceRole(scope, "proxy-role", {
    service: "rds.amazonaws.com",
    description: `Lets the proxy of ${name} read the administrator's secret`,
    statements: [
      { actions: ["secretsmanager:GetSecretValue"], resources: [args.secretArn] },
      {
        actions: ["kms:Decrypt"],
        resources: [args.key.keyArn],
        conditions: {
          StringEquals: { "kms:ViaService": pulumi.interpolate`secretsmanager.${scope.aws.region}.amazonaws.com` },
        },
      },
    ],
  });
  const path = pulumi.interpolate`/aws/rds/proxy/${args.identifier}`;
  const logs = databaseLogs(scope.part("proxy"), path, plan.logRetentionDays, args.key);
  const { iamAuthentication = facts.iamAuthentication } = wanted;
  const proxy = new aws.rds.Proxy(
    `${name}-proxy`,
    {
      name: args.identifier,
      engineFamily: facts.proxyFamily ?? "",
      roleArn: role.arn,
      requireTls: true,
      debugLogging: false,
      idleClientTimeout: wanted.idleClientSeconds,
      vpcSubnetIds: pulumi.output(network.isolatedSubnetIds).apply((ids) => [...ids]),
      vpcSecurityGroupIds: [securityGroup.id],
      auths: [
        {
          authScheme: "SECRETS",
          secretArn: args.secretArn,
          iamAuth: iamAuthentication ? "REQUIRED" : "DISABLED",
          description: "The administrator",
        },
      ],
    },
    scope.child({ dependsOn: [logs, ...(policy ? [policy] : [])] }),
  );
  const targetGroup = new aws.rds.ProxyDefaultTargetGroup(
    `${name}-proxy-pool`,
    {
      dbProxyName: proxy.name,
      connectionPoolConfig: {
        maxConnectionsPercent: wanted.maxConnectionsPercent,
        connectionBorrowTimeout: wanted.borrowSeconds,
      },
    },
    scope.child(),
  );
  new aws.rds.ProxyTarget(
    `${name}-proxy-target`,
    { dbProxyName: proxy.name, targetGroupName: targetGroup.name, ...database.target },
    scope.child({ dependsOn: database.resources }),
  );
  return { proxy, securityGroup };
}
