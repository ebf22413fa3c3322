import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkView } from "../../core/network/view";
import type { Problem } from "./table-mappings";

/** A machine that runs for as long as the migration exists. */
export interface InstanceCompute {
  readonly kind: "instance";
  /** E.g. `dms.t3.medium`. */
  readonly instanceClass?: string;
  /** 5 to 6144. Logs and changes that wait are kept there. */
  readonly storageGiB?: number;
  readonly multiAz?: boolean;
  /** Default: the newest. */
  readonly engineVersion?: string;
  readonly networkType?: "IPV4" | "DUAL";
  /** `ddd:hh:mm-ddd:hh:mm`, UTC, 30 minutes at least. */
  readonly maintenanceWindow?: string;
}

/** Capacity that DMS adds and takes away; paid for while a task runs. One capacity unit is 2 GiB of memory. */
export interface ServerlessCompute {
  readonly kind: "serverless";
  readonly minCapacityUnits?: number;
  readonly maxCapacityUnits?: number;
  readonly multiAz?: boolean;
  readonly maintenanceWindow?: string;
}

export type MigrationCompute = InstanceCompute | ServerlessCompute;

export const COMPUTE_DEFAULTS = {
  instanceClass: "dms.t3.medium",
  storageGiB: 50,
  multiAz: true,
  networkType: "IPV4" as const,
  maintenanceWindow: "sun:03:00-sun:04:00",
  minCapacityUnits: 1,
  maxCapacityUnits: 4,
};

/** What DMS sells: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Serverless.html */
const CAPACITY_UNITS = [1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384];
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const WEEK = 7 * 24 * 60;

/** What is wrong with the compute. Pure. */
export function computeProblems(compute: MigrationCompute): Problem[] {
  const problems: Problem[] = [];
  const need = (fits: boolean, argument: string, value: unknown, allowed: string): void => {
    if (!fits) problems.push({ argument: `compute.${argument}`, value, allowed });
  };
  need(["instance", "serverless"].includes(compute.kind), "kind", compute.kind, "instance, serverless");
  const { maintenanceWindow: window } = compute;
  const minutes = window === undefined ? 60 : windowMinutes(window);
  need(minutes !== undefined && minutes >= 30, "maintenanceWindow", window, "ddd:hh:mm-ddd:hh:mm, 30 minutes or more");
  if (compute.kind === "instance") {
    const { instanceClass, storageGiB: storage, engineVersion, networkType } = compute;
    need(
      instanceClass === undefined || /^dms\.[a-z]\d[a-z]*\.\d*[a-z]+$/.test(instanceClass),
      "instanceClass",
      instanceClass,
      "a class such as dms.t3.medium or dms.r6i.large",
    );
    const fits = storage === undefined || (Number.isInteger(storage) && storage >= 5 && storage <= 6144);
    need(fits, "storageGiB", storage, "a whole number from 5 to 6144");
    need(
      engineVersion === undefined || /^\d+\.\d+\.\d+$/.test(engineVersion),
      "engineVersion",
      engineVersion,
      "a version such as 3.5.4",
    );
    need([undefined, "IPV4", "DUAL"].includes(networkType), "networkType", networkType, "IPV4, DUAL");
  } else {
    const units = { ...COMPUTE_DEFAULTS, ...compute };
    for (const bound of ["minCapacityUnits", "maxCapacityUnits"] as const) {
      need(CAPACITY_UNITS.includes(units[bound]), bound, units[bound], CAPACITY_UNITS.join(", "));
    }
    need(
      units.minCapacityUnits <= units.maxCapacityUnits,
      "minCapacityUnits",
      units.minCapacityUnits,
      `at most maxCapacityUnits, ${units.maxCapacityUnits}`,
    );
  }
  return problems;
}

/** The length of a weekly window; undefined if it is none. */
function windowMinutes(window: string): number | undefined {
  const match = /^([a-z]{3}):([01]\d|2[0-3]):([0-5]\d)-([a-z]{3}):([01]\d|2[0-3]):([0-5]\d)$/.exec(window);
  if (!match) return undefined;
  const at = (day = "", hour = "", minute = ""): number =>
    DAYS.includes(day) ? (DAYS.indexOf(day) * 24 + Number(hour)) * 60 + Number(minute) : Number.NaN;
  const length = at(match[4], match[5], match[6]) - at(match[1], match[2], match[3]);
  return Number.isNaN(length) ? undefined : (length + WEEK) % WEEK;
}

export interface ComputePlace {
  readonly id: (role: string) => pulumi.Output<string>;
  readonly network: NetworkView;
  /** Groups instead of one of its own. */
  readonly securityGroupIds?: readonly pulumi.Input<string>[];
  readonly keyArn: pulumi.Input<string>;
  /** Of options whose resources must wait for the account's roles. */
  readonly options: pulumi.CustomResourceOptions;
  readonly transform?: (args: aws.dms.ReplicationInstanceArgs) => aws.dms.ReplicationInstanceArgs;
}

/** Subnets and security groups, for an instance, serverless replications and schema conversion alike. */
export interface MigrationNetwork {
  readonly subnetGroupId: pulumi.Output<string>;
  readonly securityGroupIds: pulumi.Output<string[]>;
  readonly own: aws.ec2.SecurityGroup | undefined;
}

export function migrationNetwork(name: string, place: ComputePlace): MigrationNetwork {
  const { network, options } = place;
  const subnetGroup = new aws.dms.ReplicationSubnetGroup(
    `${name}-subnets`,
    {
      replicationSubnetGroupId: place.id("subnets"),
      replicationSubnetGroupDescription: `Subnets of the migration ${name}`,
      subnetIds: pulumi.output(network.privateSubnetIds).apply((ids) => [...ids]),
    },
    { ...options, deleteBeforeReplace: true },
  );
  const own = place.securityGroupIds ? undefined : ownGroup(name, network, options);
  const securityGroupIds = own ? own.id.apply((id) => [id]) : pulumi.output([...(place.securityGroupIds ?? [])]);
  return { subnetGroupId: subnetGroup.replicationSubnetGroupId, securityGroupIds, own };
}

/** Lets nobody in, and the migration out to its databases, wherever they are: they decide who comes in. */
function ownGroup(name: string, network: NetworkView, options: pulumi.CustomResourceOptions): aws.ec2.SecurityGroup {
  const group = new aws.ec2.SecurityGroup(
    `${name}-access`,
    { description: `The migration ${name}`, vpcId: network.vpcId, revokeRulesOnDelete: true },
    options,
  );
  new aws.vpc.SecurityGroupEgressRule(
    `${name}-egress`,
    { securityGroupId: group.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0", description: "Sources, targets, and AWS" },
    options,
  );
  return group;
}

/** The machine of an instance migration. */
export function replicationInstance(
  name: string,
  compute: InstanceCompute,
  network: MigrationNetwork,
  place: ComputePlace,
): aws.dms.ReplicationInstance {
  const chosen = { ...COMPUTE_DEFAULTS, ...compute };
  const args: aws.dms.ReplicationInstanceArgs = {
    replicationInstanceId: place.id("instance"),
    replicationInstanceClass: chosen.instanceClass,
    allocatedStorage: chosen.storageGiB,
    multiAz: chosen.multiAz,
    engineVersion: compute.engineVersion,
    networkType: chosen.networkType,
    preferredMaintenanceWindow: chosen.maintenanceWindow,
    autoMinorVersionUpgrade: true,
    applyImmediately: true,
    publiclyAccessible: false,
    kmsKeyArn: place.keyArn,
    replicationSubnetGroupId: network.subnetGroupId,
    vpcSecurityGroupIds: network.securityGroupIds,
  };
  return new aws.dms.ReplicationInstance(`${name}-instance`, place.transform?.(args) ?? args, {
    ...place.options,
    deleteBeforeReplace: true,
  });
}
