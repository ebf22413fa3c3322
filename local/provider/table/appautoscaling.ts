import type { Row } from "../generic/row";

/** No emulator knows Application Auto Scaling: its requests are checked, and nothing is scaled. */
const SERVICE = "ApplicationAutoScaling";

export const APPAUTOSCALING: readonly Row[] = [
  {
    type: "aws:appautoscaling/policy:Policy",
    service: SERVICE,
    create: "PutScalingPolicy",
    id: "{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
    names: { name: "PolicyName" },
    update: ["PutScalingPolicy"],
    delete: "DeleteScalingPolicy",
    recorded: ({ ctx, inputs, hex }) => {
      const { serviceNamespace, resourceId, name } = inputs as Record<string, string>;
      const place = `scalingPolicy:${hex(32)}:resource/${serviceNamespace}/${resourceId}:policyName/${name}`;
      return { arn: ctx.arn("autoscaling", place), alarmArns: [] };
    },
    sends: { policyType: "StepScaling" },
    changing: ["alarmArns"],
    replaceOn: ["name", "resourceId", "scalableDimension", "serviceNamespace"],
    defaults: { policyType: "StepScaling" },
    keeps: ["name"],
    refuses: { predictiveScalingPolicyConfiguration: "the local cloud has no predictive scaling" },
    autoname: { property: "name", maxLength: 255 },
  },
  {
    type: "aws:appautoscaling/target:Target",
    service: SERVICE,
    create: "RegisterScalableTarget",
    id: "{serviceNamespace}/{resourceId}/{scalableDimension}",
    update: ["RegisterScalableTarget"],
    delete: "DeregisterScalableTarget",
    recorded: ({ ctx, hex }) => ({ arn: ctx.arn("application-autoscaling", `scalable-target/${hex(32)}`) }),
    replaceOn: ["resourceId", "scalableDimension", "serviceNamespace"],
    keeps: ["roleArn", "suspendedState"],
  },
];
