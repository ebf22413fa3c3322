import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../../core/scope";
import type { DatabasePlan } from "./plan";

export interface DatabaseGroups {
  readonly parameters: aws.rds.ParameterGroup | undefined;
  readonly clusterParameters: aws.rds.ClusterParameterGroup | undefined;
  readonly options: aws.rds.OptionGroup | undefined;
}

/** Makes the groups of parameters, TLS among them, and of options, each where the topology keeps them. */
export function databaseGroups(
  scope: Scope,
  plan: DatabasePlan,
  securityGroupId: pulumi.Input<string>,
): DatabaseGroups {
  const { name } = scope;
  const args = {
    family: plan.family,
    parameters: plan.parameters.map((parameter) => ({ ...parameter })),
    description: `Parameters of the database ${name}`,
  };
  return {
    ...(plan.isCluster
      ? {
          parameters: undefined,
          clusterParameters: new aws.rds.ClusterParameterGroup(`${name}-cluster-parameters`, args, scope.child()),
        }
      : {
          parameters: new aws.rds.ParameterGroup(`${name}-parameters`, args, scope.child()),
          clusterParameters: undefined,
        }),
    options: plan.options.length === 0 ? undefined : optionGroup(scope, plan, securityGroupId),
  };
}

function optionGroup(scope: Scope, plan: DatabasePlan, securityGroupId: pulumi.Input<string>): aws.rds.OptionGroup {
  return new aws.rds.OptionGroup(
    `${scope.name}-options`,
    {
      engineName: plan.engine,
      majorEngineVersion: plan.majorVersion,
      optionGroupDescription: `Options of the database ${scope.name}`,
      options: plan.options.map(({ name, version, port, settings }) => ({
        optionName: name,
        version,
        port,
        vpcSecurityGroupMemberships: port === undefined ? undefined : [securityGroupId],
        optionSettings: Object.entries(settings).map(([key, value]) => ({ name: key, value })),
      })),
    },
    scope.child(),
  );
}
