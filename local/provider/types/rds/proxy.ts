import * as rds from "@aws-sdk/client-rds";
import type { ProxyDefaultTargetGroupArgs } from "@pulumi/aws/rds";
import { define, type Inputs } from "../../handler";
import { send } from "./tags";

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
