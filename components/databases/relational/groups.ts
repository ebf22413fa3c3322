import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { DatabasePlan } from "./plan";

export interface DatabaseGroups {
  readonly parameters: aws.rds.ParameterGroup | undefined;
  readonly clusterParameters: aws.rds.ClusterParameterGroup | undefined;
  readonly options: aws.rds.OptionGroup | undefined;
}

/** Parameters, TLS among them, and options, each where the topology keeps them. */
export function databaseGroups(
  name: string,
  plan: DatabasePlan,
  securityGroupId: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): DatabaseGroups {
  const clustered = plan.topology === "aurora" || plan.topology === "readableStandbys";
  const groupArgs = { family: plan.family, parameters: plan.parameters.map((one) => ({ ...one })) };
  const description = `Parameters of the database ${name}`;
  return {
    parameters: clustered
      ? undefined
      : new aws.rds.ParameterGroup(`${name}-parameters`, { ...groupArgs, description }, options),
    clusterParameters: clustered
      ? new aws.rds.ClusterParameterGroup(`${name}-cluster-parameters`, { ...groupArgs, description }, options)
      : undefined,
    options:
      plan.options.length === 0
        ? undefined
        : new aws.rds.OptionGroup(
            `${name}-options`,
            {
              engineName: plan.engine,
              majorEngineVersion: plan.majorVersion,
              optionGroupDescription: `Options of the database ${name}`,
              options: plan.options.map((option) => ({
                optionName: option.name,
                version: option.version,
                port: option.port,
                vpcSecurityGroupMemberships: option.port === undefined ? undefined : [securityGroupId],
                optionSettings: Object.entries(option.settings ?? {}).map(([key, value]) => ({ name: key, value })),
              })),
            },
            options,
          ),
  };
}
