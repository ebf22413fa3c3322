import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { NetworkView } from "../../core/network/view";
import type { Scope } from "../../core/scope";
import type { Resolved, Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";
import { weeklyWindow } from "../../core/windows";
import { migrationLogs, type MigrationLogs } from "./logs";

/** Capacities that DMS sells: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Serverless.html. */
const capacityUnits = z.literal([1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384]);

const common = {
  multiAz: z
    .boolean()
    .default(true)
    .describe("A standby in another zone.")
    .meta({ safer: [false, true] }),
  maintenanceWindow: z
    .string()
    .refine((window) => (weeklyWindow(window)?.minutes ?? 0) >= 30, "ddd:hh:mm-ddd:hh:mm, 30 minutes or more")
    .default("sun:03:00-sun:04:00")
    .describe("When AWS may interrupt, weekly, UTC."),
};

/** A machine that runs for as long as the migration exists. */
export const replicationInstanceSettings = z.strictObject({
  kind: z.literal("instance"),
  instanceClass: z
    .string()
    .regex(/^dms\.[a-z]\d[a-z]*\.\d*[a-z]+$/, "a class such as dms.t3.medium or dms.r6i.large")
    .default("dms.t3.medium")
    .describe("Class of the replication instance."),
  storageGiB: z
    .int()
    .min(5)
    .max(6144)
    .default(50)
    .describe("Storage of the instance, GiB, for its logs and for changes that wait."),
  engineVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, "a version such as 3.5.4")
    .optional()
    .describe("Version of DMS; the newest when unset."),
  networkType: z.enum(["IPV4", "DUAL"]).default("IPV4").describe("Addresses of the instance."),
  ...common,
});

/** Capacity that DMS adds and removes; it is paid while a task runs. */
const serverlessSettings = z.strictObject({
  kind: z.literal("serverless"),
  minCapacityUnits: capacityUnits.default(1).describe("The least capacity, in units of 2 GiB of memory."),
  maxCapacityUnits: capacityUnits.default(4).describe("The most capacity, in units of 2 GiB of memory."),
  ...common,
});

export const computeSettings = z
  .discriminatedUnion("kind", [replicationInstanceSettings, serverlessSettings])
  .prefault({ kind: "instance" })
  .describe("What runs the tasks: a machine, or capacity that DMS adds and removes while a task runs.");

/** What runs the tasks of a migration. */
export type MigrationCompute = Settings<typeof computeSettings>;
export type ResolvedCompute = Resolved<typeof computeSettings>;
type InstanceCompute = Resolved<typeof replicationInstanceSettings>;

/** Checks that the bounds of serverless capacity are in order. */
export function checkCompute(compute: ResolvedCompute, check: ArgumentCheck): void {
  if (compute.kind === "instance") return;
  const { minCapacityUnits: least, maxCapacityUnits: most } = compute;
  check.require(least <= most, "compute.minCapacityUnits", least, `at most maxCapacityUnits, ${most}`);
}

/** Makes a physical name that no other migration has. */
export type UniqueName = (role: string) => pulumi.Output<string>;

/** Subnets and security groups, for an instance, serverless replications and schema conversion alike. */
export interface MigrationNetwork {
  readonly subnetGroupId: pulumi.Output<string>;
  readonly securityGroupIds: pulumi.Output<string[]>;
  /** The group that was made for the migration. */
  readonly own: aws.ec2.SecurityGroup | undefined;
}

/** Makes the subnet group and, where no groups are given, a security group. */
export function migrationNetwork(
  scope: Scope,
  uniqueName: UniqueName,
  network: NetworkView,
  given: readonly pulumi.Input<string>[] | undefined,
): MigrationNetwork {
  const subnetGroup = new aws.dms.ReplicationSubnetGroup(
    `${scope.name}-subnets`,
    {
      replicationSubnetGroupId: uniqueName("subnets"),
      replicationSubnetGroupDescription: `Subnets of the migration ${scope.name}`,
      subnetIds: pulumi.output(network.privateSubnetIds).apply((ids) => [...ids]),
    },
    scope.mainChild({ deleteBeforeReplace: true }),
  );
  const own = given ? undefined : ownGroup(scope, network);
  const securityGroupIds = own ? own.id.apply((id) => [id]) : pulumi.output([...(given ?? [])]);
  return { subnetGroupId: subnetGroup.replicationSubnetGroupId, securityGroupIds, own };
}

/** Makes a group that lets no client in, and the migration out to its databases: these decide who may connect. */
function ownGroup(scope: Scope, network: NetworkView): aws.ec2.SecurityGroup {
  const group = new aws.ec2.SecurityGroup(
    `${scope.name}-access`,
    { description: `The migration ${scope.name}`, vpcId: network.vpcId, revokeRulesOnDelete: true },
    scope.mainChild(),
  );
  new aws.vpc.SecurityGroupEgressRule(
    `${scope.name}-egress`,
    { securityGroupId: group.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0", description: "Sources, targets, and AWS" },
    scope.mainChild(),
  );
  return group;
}

export interface ReplicationInstanceArgs {
  readonly compute: InstanceCompute;
  readonly network: MigrationNetwork;
  readonly uniqueName: UniqueName;
  readonly logs: MigrationLogs;
  readonly transform?: (args: aws.dms.ReplicationInstanceArgs) => aws.dms.ReplicationInstanceArgs;
}

/** Makes the machine of a migration by instance. */
export function replicationInstance(
  scope: Scope,
  { compute, network, uniqueName, logs, transform }: ReplicationInstanceArgs,
): aws.dms.ReplicationInstance {
  const args: aws.dms.ReplicationInstanceArgs = {
    replicationInstanceId: uniqueName("instance"),
    replicationInstanceClass: compute.instanceClass,
    allocatedStorage: compute.storageGiB,
    multiAz: compute.multiAz,
    engineVersion: compute.engineVersion,
    networkType: compute.networkType,
    preferredMaintenanceWindow: compute.maintenanceWindow,
    autoMinorVersionUpgrade: true,
    applyImmediately: true,
    publiclyAccessible: false,
    kmsKeyArn: logs.key.keyArn,
    replicationSubnetGroupId: network.subnetGroupId,
    vpcSecurityGroupIds: network.securityGroupIds,
  };
  const given = transform?.(args) ?? args;
  const group = migrationLogs(scope, "logs", logs, pulumi.interpolate`dms-tasks-${given.replicationInstanceId}`);
  const options = scope.mainChild({ deleteBeforeReplace: true, dependsOn: [group] });
  return new aws.dms.ReplicationInstance(`${scope.name}-instance`, given, options);
}
