import * as dms from "@aws-sdk/client-database-migration-service";
import type { ReplicationInstanceArgs, ReplicationSubnetGroupArgs } from "@pulumi/aws/dms";
import { define, type Context, type Inputs } from "../../handler";
import { filter, moto, tagged } from "./moto";

type Group = Inputs<ReplicationSubnetGroupArgs>;
type Instance = Inputs<ReplicationInstanceArgs>;

const groupSettings = (inputs: Group): dms.CreateReplicationSubnetGroupCommandInput => ({
  ReplicationSubnetGroupIdentifier: inputs.replicationSubnetGroupId,
  ReplicationSubnetGroupDescription: inputs.replicationSubnetGroupDescription,
  SubnetIds: inputs.subnetIds,
});

const makeGroup = (ctx: Context, inputs: Group): Promise<unknown> =>
  moto(ctx).send(new dms.CreateReplicationSubnetGroupCommand({ ...groupSettings(inputs), Tags: tagged(inputs.tags) }));

const takeGroup = (ctx: Context, ReplicationSubnetGroupIdentifier: string): Promise<unknown> =>
  moto(ctx).send(new dms.DeleteReplicationSubnetGroupCommand({ ReplicationSubnetGroupIdentifier }));

/** moto keeps a group's name and description; its subnets are the program's word. */
export const replicationSubnetGroup = define<ReplicationSubnetGroupArgs>({
  type: "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup",
  outputs: ["replicationSubnetGroupArn", "vpcId"],
  replaceOn: ["replicationSubnetGroupId"],
  unordered: ["subnetIds"],
  taggable: true,
  check({ subnetIds, replicationSubnetGroupId: id }) {
    const problems = [];
    if (Array.isArray(subnetIds) && new Set(subnetIds).size < 2) {
      problems.push({ property: "subnetIds", reason: "a subnet group needs subnets in two zones at least" });
    }
    if (id === "default") {
      problems.push({ property: "replicationSubnetGroupId", reason: '"default" is reserved' });
    }
    return problems;
  },
  async create(ctx, inputs) {
    await makeGroup(ctx, inputs);
    return inputs.replicationSubnetGroupId;
  },
  async read(ctx, id) {
    const { ReplicationSubnetGroups: [held] = [] } = await moto(ctx).send(
      new dms.DescribeReplicationSubnetGroupsCommand({ Filters: filter("replication-subnet-group-id", id) }),
    );
    return (
      held && {
        replicationSubnetGroupId: held.ReplicationSubnetGroupIdentifier,
        replicationSubnetGroupDescription: held.ReplicationSubnetGroupDescription,
        replicationSubnetGroupArn: ctx.arn("dms", `subgrp:${id}`),
        vpcId: held.VpcId,
      }
    );
  },
  async update(ctx, id, _olds, news) {
    ctx.record(dms.DatabaseMigrationServiceClient, new dms.ModifyReplicationSubnetGroupCommand(groupSettings(news)));
    await takeGroup(ctx, id);
    await makeGroup(ctx, news);
  },
  async delete(ctx, id) {
    await takeGroup(ctx, id);
  },
});

/** What may change while the instance is there. */
const changeable = (inputs: Instance): Omit<dms.ModifyReplicationInstanceCommandInput, "ReplicationInstanceArn"> => ({
  AllocatedStorage: inputs.allocatedStorage,
  ReplicationInstanceClass: inputs.replicationInstanceClass,
  VpcSecurityGroupIds: inputs.vpcSecurityGroupIds,
  PreferredMaintenanceWindow: inputs.preferredMaintenanceWindow,
  MultiAZ: inputs.multiAz,
  EngineVersion: inputs.engineVersion,
  AutoMinorVersionUpgrade: inputs.autoMinorVersionUpgrade,
  NetworkType: inputs.networkType,
});

export const replicationInstance = define<ReplicationInstanceArgs>({
  type: "aws:dms/replicationInstance:ReplicationInstance",
  outputs: ["replicationInstanceArn", "replicationInstancePrivateIps", "replicationInstancePublicIps"],
  replaceOn: [
    "availabilityZone",
    "kmsKeyArn",
    "publiclyAccessible",
    "replicationInstanceId",
    "replicationSubnetGroupId",
    "dnsNameServers",
  ],
  keeps: [
    "allocatedStorage",
    "autoMinorVersionUpgrade",
    "availabilityZone",
    "engineVersion",
    "kmsKeyArn",
    "multiAz",
    "networkType",
    "preferredMaintenanceWindow",
    "publiclyAccessible",
    "replicationSubnetGroupId",
    "vpcSecurityGroupIds",
  ],
  unordered: ["vpcSecurityGroupIds"],
  settings: ["applyImmediately", "allowMajorVersionUpgrade"],
  refuses: { kerberosAuthenticationSettings: "secrets of Secrets Manager" },
  taggable: true,
  check({ multiAz, availabilityZone }) {
    return multiAz === true && availabilityZone !== undefined
      ? [{ property: "availabilityZone", reason: "a Multi-AZ instance has none of its own" }]
      : [];
  },
  async create(ctx, inputs) {
    await moto(ctx).send(
      new dms.CreateReplicationInstanceCommand({
        ...changeable(inputs),
        ReplicationInstanceIdentifier: inputs.replicationInstanceId,
        ReplicationInstanceClass: inputs.replicationInstanceClass,
        AvailabilityZone: inputs.availabilityZone,
        DnsNameServers: inputs.dnsNameServers,
        KmsKeyId: inputs.kmsKeyArn,
        PubliclyAccessible: inputs.publiclyAccessible ?? false,
        ReplicationSubnetGroupIdentifier: inputs.replicationSubnetGroupId,
        Tags: tagged(inputs.tags),
      }),
    );
    return inputs.replicationInstanceId;
  },
  async read(ctx, id) {
    const held = await instanceOf(ctx, id);
    if (!held) return undefined;
    return {
      replicationInstanceId: held.ReplicationInstanceIdentifier,
      replicationInstanceArn: held.ReplicationInstanceArn,
      replicationInstanceClass: held.ReplicationInstanceClass,
      allocatedStorage: held.AllocatedStorage,
      multiAz: held.MultiAZ,
      publiclyAccessible: held.PubliclyAccessible,
      autoMinorVersionUpgrade: held.AutoMinorVersionUpgrade,
      preferredMaintenanceWindow: held.PreferredMaintenanceWindow,
      kmsKeyArn: held.KmsKeyId,
      networkType: held.NetworkType,
      engineVersion: held.EngineVersion,
      replicationSubnetGroupId: held.ReplicationSubnetGroup?.ReplicationSubnetGroupIdentifier,
      vpcSecurityGroupIds: (held.VpcSecurityGroups ?? []).map((group) => group.VpcSecurityGroupId ?? ""),
      replicationInstancePrivateIps: held.ReplicationInstancePrivateIpAddresses ?? [],
      replicationInstancePublicIps: held.ReplicationInstancePublicIpAddresses ?? [],
    };
  },
  async update(ctx, _id, olds, news) {
    await moto(ctx).send(
      new dms.ModifyReplicationInstanceCommand({
        ...changeable(news),
        ReplicationInstanceArn: String(olds.replicationInstanceArn),
        ApplyImmediately: news.applyImmediately,
        AllowMajorVersionUpgrade: news.allowMajorVersionUpgrade,
      }),
    );
  },
  async delete(ctx, id, known) {
    const arn = String(known.replicationInstanceArn);
    const { ReplicationTasks = [] } = await moto(ctx).send(
      new dms.DescribeReplicationTasksCommand({ Filters: filter("replication-instance-arn", arn) }),
    );
    if (ReplicationTasks.length > 0) throw new Error(`InvalidResourceStateFault: ${id} still has tasks`);
    await moto(ctx).send(new dms.DeleteReplicationInstanceCommand({ ReplicationInstanceArn: arn }));
  },
});

async function instanceOf(ctx: Context, id: string): Promise<dms.ReplicationInstance | undefined> {
  const { ReplicationInstances = [] } = await moto(ctx).send(
    new dms.DescribeReplicationInstancesCommand({ Filters: filter("replication-instance-id", id) }),
  );
  return ReplicationInstances[0];
}
