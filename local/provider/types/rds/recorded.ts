import * as rds from "@aws-sdk/client-rds";
import type { ClusterEndpointArgs, InstanceAutomatedBackupsReplicationArgs } from "@pulumi/aws/rds";
import { define } from "../../handler";
import { tagList } from "../../shape";

/** What neither emulator knows: checked against AWS's service model, and kept in the stack's state. */

export const clusterEndpoint = define<ClusterEndpointArgs>({
  type: "aws:rds/clusterEndpoint:ClusterEndpoint",
  outputs: ["arn", "endpoint"],
  replaceOn: ["clusterEndpointIdentifier", "clusterIdentifier"],
  unordered: ["staticMembers", "excludedMembers"],
  taggable: true,
  async create(ctx, inputs) {
    const { clusterEndpointIdentifier: id, clusterIdentifier } = inputs;
    ctx.record(
      rds.RDSClient,
      new rds.CreateDBClusterEndpointCommand({
        DBClusterEndpointIdentifier: id,
        DBClusterIdentifier: clusterIdentifier,
        EndpointType: inputs.customEndpointType,
        StaticMembers: inputs.staticMembers,
        ExcludedMembers: inputs.excludedMembers,
        Tags: tagList(inputs.tags),
      }),
    );
    const endpoint = `${id}.cluster-custom-local.${ctx.region}.rds.amazonaws.com`;
    return { id, outs: { endpoint, arn: ctx.arn("rds", `cluster-endpoint:${id}`) } };
  },
  read: async () => ({}),
  async update(ctx, DBClusterEndpointIdentifier, _olds, news) {
    ctx.record(
      rds.RDSClient,
      new rds.ModifyDBClusterEndpointCommand({
        DBClusterEndpointIdentifier,
        EndpointType: news.customEndpointType,
        StaticMembers: news.staticMembers,
        ExcludedMembers: news.excludedMembers,
      }),
    );
  },
  async delete(ctx, DBClusterEndpointIdentifier) {
    ctx.record(rds.RDSClient, new rds.DeleteDBClusterEndpointCommand({ DBClusterEndpointIdentifier }));
  },
});

export const automatedBackupsReplication = define<InstanceAutomatedBackupsReplicationArgs>({
  type: "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
  outputs: [],
  replaceOn: ["kmsKeyId", "preSignedUrl", "retentionPeriod", "sourceDbInstanceArn"],
  defaults: { retentionPeriod: 7 },
  async create(ctx, inputs) {
    ctx.record(
      rds.RDSClient,
      new rds.StartDBInstanceAutomatedBackupsReplicationCommand({
        SourceDBInstanceArn: inputs.sourceDbInstanceArn,
        BackupRetentionPeriod: inputs.retentionPeriod,
        KmsKeyId: inputs.kmsKeyId,
        PreSignedUrl: inputs.preSignedUrl,
      }),
    );
    return inputs.sourceDbInstanceArn;
  },
  read: async () => ({}),
  async delete(ctx, SourceDBInstanceArn) {
    ctx.record(rds.RDSClient, new rds.StopDBInstanceAutomatedBackupsReplicationCommand({ SourceDBInstanceArn }));
  },
});
