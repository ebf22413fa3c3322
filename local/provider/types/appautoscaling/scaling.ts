import * as scaling from "@aws-sdk/client-application-auto-scaling";
import type { PolicyArgs, TargetArgs } from "@pulumi/aws/appautoscaling";
import { define, type Context, type Inputs } from "../../handler";
import { fromApi, retag, toApi } from "../../shape";

/** MiniStack has no Application Auto Scaling: moto keeps targets and policies, and nothing is scaled by them. */
const send = (ctx: Context): scaling.ApplicationAutoScalingClient => ctx.moto(scaling.ApplicationAutoScalingClient);

interface Place {
  readonly ServiceNamespace: scaling.ServiceNamespace;
  readonly ResourceId: string;
  readonly ScalableDimension: scaling.ScalableDimension;
}

const place = (inputs: Pick<Inputs<TargetArgs>, "serviceNamespace" | "resourceId" | "scalableDimension">): Place => ({
  ServiceNamespace: inputs.serviceNamespace as scaling.ServiceNamespace,
  ResourceId: inputs.resourceId,
  ScalableDimension: inputs.scalableDimension as scaling.ScalableDimension,
});

/** `rds/cluster:orders/rds:cluster:ReadReplicaCount`: resource ids have slashes, namespaces and dimensions none. */
const idOf = ({ ServiceNamespace, ResourceId, ScalableDimension }: Place): string =>
  `${ServiceNamespace}/${ResourceId}/${ScalableDimension}`;
const placeOf = (id: string): Place => ({
  ServiceNamespace: id.slice(0, id.indexOf("/")) as scaling.ServiceNamespace,
  ResourceId: id.slice(id.indexOf("/") + 1, id.lastIndexOf("/")),
  ScalableDimension: id.slice(id.lastIndexOf("/") + 1) as scaling.ScalableDimension,
});

const register = (
  ctx: Context,
  inputs: Inputs<TargetArgs>,
  tags: Record<string, string> | undefined,
): Promise<unknown> =>
  send(ctx).send(
    new scaling.RegisterScalableTargetCommand({
      ...place(inputs),
      MinCapacity: inputs.minCapacity,
      MaxCapacity: inputs.maxCapacity,
      RoleARN: inputs.roleArn,
      SuspendedState: inputs.suspendedState && toApi<scaling.SuspendedState>(inputs.suspendedState),
      Tags: tags,
    }),
  );

export const target = define<TargetArgs>({
  type: "aws:appautoscaling/target:Target",
  outputs: ["arn"],
  replaceOn: ["resourceId", "scalableDimension", "serviceNamespace"],
  keeps: ["roleArn", "suspendedState"],
  taggable: true,
  async create(ctx, inputs) {
    await register(ctx, inputs, inputs.tags);
    return idOf(place(inputs));
  },
  async read(ctx, id) {
    const { ServiceNamespace, ResourceId, ScalableDimension } = placeOf(id);
    const { ScalableTargets: [held] = [] } = await send(ctx).send(
      new scaling.DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds: [ResourceId], ScalableDimension }),
    );
    if (!held) return undefined;
    return {
      serviceNamespace: held.ServiceNamespace,
      resourceId: held.ResourceId,
      scalableDimension: held.ScalableDimension,
      minCapacity: held.MinCapacity,
      maxCapacity: held.MaxCapacity,
      roleArn: held.RoleARN,
      arn: held.ScalableTargetARN,
    };
  },
  update: async (ctx, _id, olds, news) => {
    await register(ctx, news, undefined);
    const ResourceARN = String(olds.arn);
    await retag(
      olds,
      news,
      (TagKeys) => send(ctx).send(new scaling.UntagResourceCommand({ ResourceARN, TagKeys })),
      (Tags) => send(ctx).send(new scaling.TagResourceCommand({ ResourceARN, Tags })),
    );
  },
  async delete(ctx, id) {
    await send(ctx).send(new scaling.DeregisterScalableTargetCommand(placeOf(id)));
  },
});

async function put(ctx: Context, PolicyName: string, inputs: Inputs<PolicyArgs>): Promise<void> {
  const { targetTrackingScalingPolicyConfiguration: tracking, stepScalingPolicyConfiguration: steps } = inputs;
  await send(ctx).send(
    new scaling.PutScalingPolicyCommand({
      ...place(inputs),
      PolicyName,
      PolicyType: (inputs.policyType ?? "StepScaling") as scaling.PolicyType,
      TargetTrackingScalingPolicyConfiguration:
        tracking && toApi<scaling.TargetTrackingScalingPolicyConfiguration>(tracking),
      StepScalingPolicyConfiguration: steps && toApi<scaling.StepScalingPolicyConfiguration>(steps),
    }),
  );
}

export const policy = define<PolicyArgs>({
  type: "aws:appautoscaling/policy:Policy",
  outputs: ["alarmArns", "arn"],
  changing: ["alarmArns"],
  replaceOn: ["name", "resourceId", "scalableDimension", "serviceNamespace"],
  defaults: { policyType: "StepScaling" },
  keeps: ["name"],
  refuses: { predictiveScalingPolicyConfiguration: "the local cloud has no predictive scaling" },
  autoname: { property: "name", maxLength: 255 },
  async create(ctx, inputs) {
    await put(ctx, inputs.name ?? "", inputs);
    return `${idOf(place(inputs))}/${inputs.name}`;
  },
  async read(ctx, id, known) {
    const name = id.slice(id.lastIndexOf("/") + 1);
    const { ServiceNamespace, ResourceId, ScalableDimension } = placeOf(id.slice(0, id.lastIndexOf("/")));
    const { ScalingPolicies: [held] = [] } = await send(ctx).send(
      new scaling.DescribeScalingPoliciesCommand({
        ServiceNamespace,
        ResourceId,
        ScalableDimension,
        PolicyNames: [name],
      }),
    );
    if (!held) return undefined;
    const tracking = held.TargetTrackingScalingPolicyConfiguration;
    return {
      name: held.PolicyName,
      arn: held.PolicyARN,
      alarmArns: held.Alarms?.map(({ AlarmARN }) => AlarmARN) ?? [],
      policyType: held.PolicyType,
      serviceNamespace: held.ServiceNamespace,
      resourceId: held.ResourceId,
      scalableDimension: held.ScalableDimension,
      targetTrackingScalingPolicyConfiguration: tracking
        ? { ...known.targetTrackingScalingPolicyConfiguration, ...fromApi(tracking) }
        : undefined,
    };
  },
  update: async (ctx, _id, _olds, news) => put(ctx, news.name ?? "", news),
  async delete(ctx, id, known) {
    await send(ctx).send(new scaling.DeleteScalingPolicyCommand({ ...place(known), PolicyName: known.name ?? id }));
  },
});
