import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck } from "../../core/validate";

/** Bounds of a capacity that follows its use. */
export interface CapacityRange {
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * On demand, every request is paid and nothing is planned; a maximum keeps a mistake from becoming a bill. Autoscaled,
 * capacity follows use between bounds; indexes follow the same bounds as the table.
 */
export type Capacity =
  | { readonly mode: "onDemand"; readonly maxReadUnits?: number; readonly maxWriteUnits?: number }
  | {
      readonly mode: "autoscaled";
      readonly read: CapacityRange;
      readonly write: CapacityRange;
      /** Percent of the capacity that use should come to, 20 to 90. Default 70. */
      readonly targetUtilization?: number;
    };

const DEFAULT_UTILIZATION = 70;
/** Of a table, by default: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MOST_UNITS = 40_000;

export function checkCapacity(capacity: Capacity, check: ArgumentCheck): void {
  check.oneOf("capacity.mode", capacity.mode, ["onDemand", "autoscaled"]);
  if (capacity.mode === "onDemand") {
    check.integer("capacity.maxReadUnits", capacity.maxReadUnits, 1, MOST_UNITS);
    check.integer("capacity.maxWriteUnits", capacity.maxWriteUnits, 1, MOST_UNITS);
    return;
  }
  check.integer("capacity.targetUtilization", capacity.targetUtilization, 20, 90);
  for (const kind of ["read", "write"] as const) {
    const { minimum, maximum } = capacity[kind];
    check.integer(`capacity.${kind}.minimum`, minimum, 1, MOST_UNITS);
    check.integer(`capacity.${kind}.maximum`, maximum, minimum, MOST_UNITS);
  }
}

/** What the table's and an index's arguments say of capacity. */
export function capacityArgs(capacity: Capacity): {
  readonly table: Pick<aws.dynamodb.TableArgs, "billingMode" | "onDemandThroughput" | "readCapacity" | "writeCapacity">;
  readonly index: { readonly readCapacity?: number; readonly writeCapacity?: number };
} {
  if (capacity.mode === "autoscaled") {
    const units = { readCapacity: capacity.read.minimum, writeCapacity: capacity.write.minimum };
    return { table: { billingMode: "PROVISIONED", ...units }, index: units };
  }
  const { maxReadUnits: maxReadRequestUnits, maxWriteUnits: maxWriteRequestUnits } = capacity;
  const limited = maxReadRequestUnits !== undefined || maxWriteRequestUnits !== undefined;
  return {
    table: {
      billingMode: "PAY_PER_REQUEST",
      ...(limited ? { onDemandThroughput: { maxReadRequestUnits, maxWriteRequestUnits } } : {}),
    },
    index: {},
  };
}

/** Lets the capacity of the table and of each global index follow its use. */
export function autoscale(
  name: string,
  capacity: Extract<Capacity, { readonly mode: "autoscaled" }>,
  tableName: pulumi.Input<string>,
  indexes: readonly string[],
  options: pulumi.CustomResourceOptions,
): void {
  const places = [
    { role: "table", resourceId: pulumi.interpolate`table/${tableName}`, dimension: "table" },
    ...indexes.map((index) => ({
      role: index,
      resourceId: pulumi.interpolate`table/${tableName}/index/${index}`,
      dimension: "index",
    })),
  ];
  for (const { role, resourceId, dimension } of places) {
    for (const kind of ["read", "write"] as const) {
      const of = kind === "read" ? "Read" : "Write";
      const target = new aws.appautoscaling.Target(
        `${name}-${role}-${kind}-capacity`,
        {
          serviceNamespace: "dynamodb",
          resourceId,
          scalableDimension: `dynamodb:${dimension}:${of}CapacityUnits`,
          minCapacity: capacity[kind].minimum,
          maxCapacity: capacity[kind].maximum,
        },
        options,
      );
      new aws.appautoscaling.Policy(
        `${name}-${role}-${kind}-scaling`,
        {
          policyType: "TargetTrackingScaling",
          serviceNamespace: target.serviceNamespace,
          resourceId: target.resourceId,
          scalableDimension: target.scalableDimension,
          targetTrackingScalingPolicyConfiguration: {
            targetValue: capacity.targetUtilization ?? DEFAULT_UTILIZATION,
            predefinedMetricSpecification: { predefinedMetricType: `DynamoDB${of}CapacityUtilization` },
          },
        },
        options,
      );
    }
  }
}
