import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../../core/scope";
import type { MigrationNetwork, ResolvedCompute, UniqueName } from "./compute";
import { migrationLogs, shortIdentifier, type MigrationLogs } from "./logs";
import { tableMappings } from "./table-mappings";
import { taskSettings } from "./task-settings";
import type { ResolvedTask } from "./tasks";

export interface ReplicationTasksArgs {
  readonly compute: ResolvedCompute;
  readonly network: MigrationNetwork;
  readonly uniqueName: UniqueName;
  readonly logs: MigrationLogs;
  /** The machine that runs the tasks; empty for serverless replications. */
  readonly instanceArn: pulumi.Output<string>;
  readonly sourceArn: pulumi.Output<string>;
  readonly targetArn: pulumi.Output<string>;
  /** Whether DMS can compare the rows of source and target. */
  readonly validates: boolean;
  readonly transformTask?: (args: aws.dms.ReplicationTaskArgs) => aws.dms.ReplicationTaskArgs;
  readonly transformReplication?: (args: aws.dms.ReplicationConfigArgs) => aws.dms.ReplicationConfigArgs;
}

export interface MadeTask {
  readonly role: string;
  readonly task: ResolvedTask;
  readonly arn: pulumi.Output<string>;
  /** The name by which DMS knows the task. */
  readonly id: pulumi.Output<string>;
}

/** Makes a task on the instance, or a serverless replication, for each name. */
export function replicationTasks(
  scope: Scope,
  tasks: Readonly<Record<string, ResolvedTask>>,
  args: ReplicationTasksArgs,
): MadeTask[] {
  const { compute, network, uniqueName, instanceArn, sourceArn, targetArn, validates } = args;
  return Object.entries(tasks).map(([role, task]) => {
    const name = `${scope.name}-task-${role}`;
    const common = {
      sourceEndpointArn: sourceArn,
      targetEndpointArn: targetArn,
      tableMappings: tableMappings(task),
    };
    const settings = taskSettings(task.tuning, { validates });
    if (compute.kind === "serverless") {
      const replicationArgs: aws.dms.ReplicationConfigArgs = {
        ...common,
        replicationConfigIdentifier: uniqueName(`task-${role}`),
        // The last part of the ARN and of the log group's name, which DMS would choose later than the group must exist.
        resourceIdentifier: uniqueName(`task-${role}`).apply(shortIdentifier),
        replicationType: task.type,
        replicationSettings: settings,
        startReplication: task.running,
        computeConfig: {
          minCapacityUnits: compute.minCapacityUnits,
          maxCapacityUnits: compute.maxCapacityUnits,
          multiAz: compute.multiAz,
          preferredMaintenanceWindow: compute.maintenanceWindow,
          kmsKeyId: args.logs.key.keyArn,
          replicationSubnetGroupId: network.subnetGroupId,
          vpcSecurityGroupIds: network.securityGroupIds,
        },
      };
      const given = args.transformReplication?.(replicationArgs) ?? replicationArgs;
      const path = pulumi.interpolate`dms-serverless-replication-${given.resourceIdentifier}`;
      const group = migrationLogs(scope, `${role}-logs`, args.logs, path);
      const made = new aws.dms.ReplicationConfig(
        name,
        given,
        scope.mainChild({ deleteBeforeReplace: true, dependsOn: [group] }),
      );
      return { role, task, arn: made.arn, id: made.replicationConfigIdentifier };
    }
    const from: { readonly position?: string; readonly time?: string } = typeof task.from === "object" ? task.from : {};
    const taskArgs: aws.dms.ReplicationTaskArgs = {
      ...common,
      replicationTaskId: uniqueName(`task-${role}`),
      replicationInstanceArn: instanceArn,
      migrationType: task.type,
      replicationTaskSettings: settings,
      cdcStartPosition: from.position,
      cdcStartTime: from.time,
      startReplicationTask: task.running,
    };
    const options = scope.mainChild({ deleteBeforeReplace: true });
    const made = new aws.dms.ReplicationTask(name, args.transformTask?.(taskArgs) ?? taskArgs, options);
    return { role, task, arn: made.replicationTaskArn, id: made.replicationTaskId };
  });
}
