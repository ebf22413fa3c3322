import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { COMPUTE_DEFAULTS, type ComputePlace, type MigrationCompute } from "./compute";
import type { MigrationTask } from "./tasks";
import { tableMappings } from "./table-mappings";
import { taskSettings } from "./task-settings";

export interface RunPlace extends ComputePlace {
  readonly compute: MigrationCompute;
  readonly subnetGroupId: pulumi.Output<string>;
  readonly groupIds: pulumi.Output<string[]>;
  /** Absent for serverless. */
  readonly instance: aws.dms.ReplicationInstance | undefined;
  readonly sourceArn: pulumi.Output<string>;
  readonly targetArn: pulumi.Output<string>;
  /** DMS can compare the rows of the two. */
  readonly validates: boolean;
  readonly transformTask?: (args: aws.dms.ReplicationTaskArgs) => aws.dms.ReplicationTaskArgs;
  readonly transformReplication?: (args: aws.dms.ReplicationConfigArgs) => aws.dms.ReplicationConfigArgs;
}

export interface MadeTask {
  readonly role: string;
  readonly task: MigrationTask;
  readonly arn: pulumi.Output<string>;
  /** The name DMS knows it by. */
  readonly id: pulumi.Output<string>;
}

/** A task a name on the instance, or a serverless replication a name. */
export function replicationTasks(
  name: string,
  tasks: Readonly<Record<string, MigrationTask>>,
  place: RunPlace,
): MadeTask[] {
  return Object.entries(tasks).map(([role, task]) => {
    const common = {
      sourceEndpointArn: place.sourceArn,
      targetEndpointArn: place.targetArn,
      tableMappings: tableMappings(task),
    };
    const settings = taskSettings(task.tuning ?? {}, { validates: place.validates });
    const options = { ...place.options, deleteBeforeReplace: true };
    if (!place.instance) {
      const args: aws.dms.ReplicationConfigArgs = {
        ...common,
        replicationConfigIdentifier: place.id(`task-${role}`),
        replicationType: task.type,
        replicationSettings: settings,
        startReplication: task.running ?? false,
        computeConfig: {
          ...capacity(place.compute),
          kmsKeyId: place.keyArn,
          replicationSubnetGroupId: place.subnetGroupId,
          vpcSecurityGroupIds: place.groupIds,
        },
      };
      const made = new aws.dms.ReplicationConfig(
        `${name}-task-${role}`,
        place.transformReplication?.(args) ?? args,
        options,
      );
      return { role, task, arn: made.arn, id: made.replicationConfigIdentifier };
    }
    const { from } = task;
    const begin = from === undefined || from === "now" ? undefined : from;
    const args: aws.dms.ReplicationTaskArgs = {
      ...common,
      replicationTaskId: place.id(`task-${role}`),
      replicationInstanceArn: place.instance.replicationInstanceArn,
      migrationType: task.type,
      replicationTaskSettings: settings,
      cdcStartPosition: begin && "position" in begin ? begin.position : undefined,
      cdcStartTime: begin && "time" in begin ? begin.time : undefined,
      startReplicationTask: task.running ?? false,
    };
    const made = new aws.dms.ReplicationTask(`${name}-task-${role}`, place.transformTask?.(args) ?? args, options);
    return { role, task, arn: made.replicationTaskArn, id: made.replicationTaskId };
  });
}

function capacity(
  compute: MigrationCompute,
): Omit<aws.types.input.dms.ReplicationConfigComputeConfig, "replicationSubnetGroupId"> {
  const chosen = { ...COMPUTE_DEFAULTS, ...compute };
  return {
    minCapacityUnits: chosen.minCapacityUnits,
    maxCapacityUnits: chosen.maxCapacityUnits,
    multiAz: chosen.multiAz,
    preferredMaintenanceWindow: chosen.maintenanceWindow,
  };
}
