import * as rds from "@aws-sdk/client-rds";
import type { ProxyArgs, ProxyDefaultTargetGroupArgs, ProxyTargetArgs } from "@pulumi/aws/rds";
import { define, type Inputs } from "../../handler";
import { tagList } from "../../shape";
import { retagRds, send, tagsOf } from "./tags";

const auth = ({ auths }: Inputs<ProxyArgs>): rds.UserAuthConfig[] =>
  (auths ?? []).map((one) => ({
    AuthScheme: one.authScheme as rds.AuthScheme | undefined,
    ClientPasswordAuthType: one.clientPasswordAuthType as rds.ClientPasswordAuthType | undefined,
    Description: one.description,
    IAMAuth: one.iamAuth as rds.IAMAuthMode | undefined,
    SecretArn: one.secretArn,
    UserName: one.username,
  }));

export const proxy = define<ProxyArgs>({
  type: "aws:rds/proxy:Proxy",
  outputs: ["arn", "endpoint"],
  changing: ["endpoint"],
  replaceOn: ["engineFamily", "vpcSubnetIds", "endpointNetworkType", "targetConnectionNetworkType"],
  defaults: { idleClientTimeout: 1800, endpointNetworkType: "IPV4", targetConnectionNetworkType: "IPV4" },
  keeps: ["name", "vpcSecurityGroupIds", "defaultAuthScheme"],
  unordered: ["auths", "vpcSubnetIds", "vpcSecurityGroupIds"],
  autoname: { property: "name", maxLength: 63, transform: (name) => name.toLowerCase() },
  taggable: true,
  async create(ctx, inputs) {
    const DBProxyName = inputs.name ?? "";
    await send(ctx).send(
      new rds.CreateDBProxyCommand({
        DBProxyName,
        EngineFamily: inputs.engineFamily as rds.EngineFamily,
        RoleArn: inputs.roleArn,
        Auth: auth(inputs),
        DefaultAuthScheme: inputs.defaultAuthScheme as rds.DefaultAuthScheme | undefined,
        RequireTLS: inputs.requireTls ?? false,
        DebugLogging: inputs.debugLogging ?? false,
        IdleClientTimeout: inputs.idleClientTimeout,
        VpcSubnetIds: inputs.vpcSubnetIds,
        VpcSecurityGroupIds: inputs.vpcSecurityGroupIds,
        Tags: tagList(inputs.tags),
      }),
    );
    return DBProxyName;
  },
  async read(ctx, DBProxyName) {
    const { DBProxies: [held] = [] } = await send(ctx).send(new rds.DescribeDBProxiesCommand({ DBProxyName }));
    if (!held) return undefined;
    return {
      name: held.DBProxyName,
      arn: held.DBProxyArn,
      endpoint: held.Endpoint,
      engineFamily: held.EngineFamily,
      roleArn: held.RoleArn,
      requireTls: held.RequireTLS,
      debugLogging: held.DebugLogging,
      idleClientTimeout: held.IdleClientTimeout,
      vpcSubnetIds: held.VpcSubnetIds,
      vpcSecurityGroupIds: held.VpcSecurityGroupIds,
      auths: held.Auth?.map((one) => ({
        authScheme: one.AuthScheme,
        clientPasswordAuthType: one.ClientPasswordAuthType,
        description: one.Description,
        iamAuth: one.IAMAuth,
        secretArn: one.SecretArn,
        username: one.UserName,
      })),
      tags: await tagsOf(ctx, held.DBProxyArn),
    };
  },
  async update(ctx, DBProxyName, olds, news, changed) {
    if (changed.has("name")) throw new Error("the local cloud cannot rename a proxy: destroy and deploy it anew");
    await send(ctx).send(
      new rds.ModifyDBProxyCommand({
        DBProxyName,
        Auth: auth(news),
        RoleArn: news.roleArn,
        RequireTLS: news.requireTls ?? false,
        DebugLogging: news.debugLogging ?? false,
        IdleClientTimeout: news.idleClientTimeout ?? 1800,
        SecurityGroups: news.vpcSecurityGroupIds,
      }),
    );
    await retagRds(ctx, String(olds.arn), olds, news);
  },
  async delete(ctx, DBProxyName) {
    await send(ctx).send(new rds.DeleteDBProxyCommand({ DBProxyName }));
  },
});

const DEFAULT_GROUP = "default";
const POOL = { maxConnectionsPercent: 100, maxIdleConnectionsPercent: 50, connectionBorrowTimeout: 120 };

const pool = ({
  connectionPoolConfig: given,
}: Inputs<ProxyDefaultTargetGroupArgs>): rds.ConnectionPoolConfiguration => {
  const all = given?.maxConnectionsPercent ?? POOL.maxConnectionsPercent;
  return {
    MaxConnectionsPercent: all,
    MaxIdleConnectionsPercent: given?.maxIdleConnectionsPercent ?? Math.floor(all / 2),
    ConnectionBorrowTimeout: given?.connectionBorrowTimeout ?? POOL.connectionBorrowTimeout,
    InitQuery: given?.initQuery,
    SessionPinningFilters: given?.sessionPinningFilters ?? [],
  };
};

/** The group every proxy is born with: it is set, and never deleted. */
export const proxyDefaultTargetGroup = define<ProxyDefaultTargetGroupArgs>({
  type: "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
  outputs: ["arn", "name"],
  replaceOn: ["dbProxyName"],
  async create(ctx, inputs) {
    await send(ctx).send(
      new rds.ModifyDBProxyTargetGroupCommand({
        DBProxyName: inputs.dbProxyName,
        TargetGroupName: DEFAULT_GROUP,
        ConnectionPoolConfig: pool(inputs),
      }),
    );
    return inputs.dbProxyName;
  },
  async read(ctx, DBProxyName, known) {
    const { TargetGroups: [group] = [] } = await send(ctx).send(
      new rds.DescribeDBProxyTargetGroupsCommand({ DBProxyName }),
    );
    if (!group) return undefined;
    const config = group.ConnectionPoolConfig;
    const given = known.connectionPoolConfig ?? {};
    return {
      dbProxyName: group.DBProxyName,
      name: group.TargetGroupName,
      arn: group.TargetGroupArn,
      connectionPoolConfig: {
        ...given,
        maxConnectionsPercent: config?.MaxConnectionsPercent,
        connectionBorrowTimeout: config?.ConnectionBorrowTimeout,
        // What follows from the other settings is no difference.
        ...(given.maxIdleConnectionsPercent === undefined
          ? {}
          : { maxIdleConnectionsPercent: config?.MaxIdleConnectionsPercent }),
      },
    };
  },
  async update(ctx, DBProxyName, _olds, news) {
    await send(ctx).send(
      new rds.ModifyDBProxyTargetGroupCommand({
        DBProxyName,
        TargetGroupName: DEFAULT_GROUP,
        ConnectionPoolConfig: pool(news),
      }),
    );
  },
  async delete() {},
});

export const proxyTarget = define<ProxyTargetArgs>({
  type: "aws:rds/proxyTarget:ProxyTarget",
  outputs: ["endpoint", "port", "rdsResourceId", "targetArn", "trackedClusterId", "type"],
  replaceOn: ["dbProxyName", "targetGroupName", "dbInstanceIdentifier", "dbClusterIdentifier"],
  async create(ctx, inputs) {
    await send(ctx).send(
      new rds.RegisterDBProxyTargetsCommand({
        DBProxyName: inputs.dbProxyName,
        TargetGroupName: inputs.targetGroupName,
        DBInstanceIdentifiers: inputs.dbInstanceIdentifier ? [inputs.dbInstanceIdentifier] : undefined,
        DBClusterIdentifiers: inputs.dbClusterIdentifier ? [inputs.dbClusterIdentifier] : undefined,
      }),
    );
    const [type, name] = inputs.dbInstanceIdentifier
      ? ["RDS_INSTANCE", inputs.dbInstanceIdentifier]
      : ["TRACKED_CLUSTER", inputs.dbClusterIdentifier];
    return `${inputs.dbProxyName}/${inputs.targetGroupName}/${type}/${name}`;
  },
  async read(ctx, id) {
    const [DBProxyName, TargetGroupName, type, name] = id.split("/");
    const { Targets = [] } = await send(ctx).send(
      new rds.DescribeDBProxyTargetsCommand({ DBProxyName, TargetGroupName }),
    );
    const target = Targets.find((one) => one.Type === type && one.RdsResourceId === name);
    if (!target) return undefined;
    return {
      dbProxyName: DBProxyName,
      targetGroupName: TargetGroupName,
      dbInstanceIdentifier: type === "RDS_INSTANCE" ? name : undefined,
      dbClusterIdentifier: type === "TRACKED_CLUSTER" ? name : undefined,
      endpoint: target.Endpoint,
      port: target.Port,
      rdsResourceId: target.RdsResourceId,
      targetArn: target.TargetArn,
      trackedClusterId: target.TrackedClusterId,
      type: target.Type,
    };
  },
  async delete(ctx, _id, known) {
    await send(ctx).send(
      new rds.DeregisterDBProxyTargetsCommand({
        DBProxyName: known.dbProxyName,
        TargetGroupName: known.targetGroupName,
        DBInstanceIdentifiers: known.dbInstanceIdentifier ? [known.dbInstanceIdentifier] : undefined,
        DBClusterIdentifiers: known.dbClusterIdentifier ? [known.dbClusterIdentifier] : undefined,
      }),
    );
  },
});
