import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Scope } from "../../core/scope";
import type { Resolved, Settings } from "../../core/settings";
import type { ArgumentCheck } from "../../core/validate";

/** What a table may have by default: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html. */
const MAX_UNITS = 40_000;
const units = z.int().min(1).max(MAX_UNITS);

const range = z.strictObject({
  minimum: units.describe("The least capacity."),
  maximum: units.describe("The most capacity."),
});

export const capacitySettings = z
  .discriminatedUnion("mode", [
    z.strictObject({
      mode: z.literal("onDemand"),
      maxReadUnits: units.optional().describe("Limits reads, so that a mistake does not become a bill."),
      maxWriteUnits: units.optional().describe("Limits writes, so that a mistake does not become a bill."),
    }),
    z.strictObject({
      mode: z.literal("autoscaled"),
      read: range.describe("Bounds of the capacity for reads."),
      write: range.describe("Bounds of the capacity for writes."),
      targetUtilization: z.int().min(20).max(90).default(70).describe("Percent of the capacity that is to be used."),
    }),
  ])
  .prefault({ mode: "onDemand" })
  .describe(
    "How capacity is provided: on demand every request is paid; autoscaled capacity follows its use between bounds, which hold for each global index too.",
  );

/** How the capacity of a table is provided. */
export type Capacity = Settings<typeof capacitySettings>;
type ResolvedCapacity = Resolved<typeof capacitySettings>;

/** Checks that bounds are in order. */
export function checkCapacity(capacity: ResolvedCapacity, check: ArgumentCheck): void {
  if (capacity.mode === "onDemand") return;
  for (const kind of ["read", "write"] as const) {
    const { minimum, maximum } = capacity[kind];
    check.integer(`capacity.${kind}.maximum`, maximum, minimum, MAX_UNITS);
  }
}

/** Returns what the arguments of the table and of an index say about capacity. */
export function capacityArgs(capacity: ResolvedCapacity): {
  readonly table: Pick<aws.dynamodb.TableArgs, "billingMode" | "onDemandThroughput" | "readCapacity" | "writeCapacity">;
  readonly index: { readonly readCapacity?: number; readonly writeCapacity?: number };
} {
  if (capacity.mode === "autoscaled") {
    const least = { readCapacity: capacity.read.minimum, writeCapacity: capacity.write.minimum };
    return { table: { billingMode: "PROVISIONED", ...least }, index: least };
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
  scope: Scope,
  capacity: Extract<ResolvedCapacity, { readonly mode: "autoscaled" }>,
  tableName: pulumi.Input<string>,
  indexes: readonly string[],
): void {
  const targets = [
    { role: "table", resourceId: pulumi.interpolate`table/${tableName}`, dimension: "table" },
    ...indexes.map((index) => ({
      role: index,
      resourceId: pulumi.interpolate`table/${tableName}/index/${index}`,
      dimension: "index",
    })),
  ];
  for (const { role, resourceId, dimension } of targets) {
    for (const kind of ["read", "write"] as const) {
      const verb = kind === "read" ? "Read" : "Write";
      const target = new aws.appautoscaling.Target(
        `${scope.name}-${role}-${kind}-capacity`,
        {
          serviceNamespace: "dynamodb",
          resourceId,
          scalableDimension: `dynamodb:${dimension}:${verb}CapacityUnits`,
          minCapacity: capacity[kind].minimum,
          maxCapacity: capacity[kind].maximum,
        },
        scope.child(),
      );
      new aws.appautoscaling.Policy(
        `${scope.name}-${role}-${kind}-scaling`,
        {
          policyType: "TargetTrackingScaling",
          serviceNamespace: target.serviceNamespace,
          resourceId: target.resourceId,
          scalableDimension: target.scalableDimension,
          targetTrackingScalingPolicyConfiguration: {
            targetValue: capacity.targetUtilization,
            predefinedMetricSpecification: { predefinedMetricType: `DynamoDB${verb}CapacityUtilization` },
          },
        },
        scope.child(),
      );
    }
  }
}
