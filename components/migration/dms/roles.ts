import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, type Statement } from "../../core/iam";
import type { AwsContext } from "../../core/scope";

/**
 * The roles DMS looks for by name, one of each an account, and AWS's own policies for them:
 * https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole
 */
const ACCOUNT_ROLES: Readonly<
  Record<string, { readonly role: string; readonly policy: string; readonly why: string }>
> = {
  "vpc-role": {
    role: "dms-vpc-role",
    policy: "AmazonDMSVPCManagementRole",
    why: "Lets DMS manage the network interfaces of replication instances",
  },
  "logs-role": {
    role: "dms-cloudwatch-logs-role",
    policy: "AmazonDMSCloudWatchLogsRole",
    why: "Lets DMS write the logs of tasks",
  },
  "endpoint-role": {
    role: "dms-access-for-endpoint",
    policy: "AmazonDMSRedshiftS3Role",
    why: "Lets DMS keep files for Redshift",
  },
};

/** The names DMS prescribes. */
export const ACCOUNT_ROLE_NAMES: readonly string[] = Object.values(ACCOUNT_ROLES).map(({ role }) => role);

interface Trusted {
  readonly service: pulumi.Input<string>;
  readonly conditions?: Statement["conditions"];
}

/** Who may take a role, and on whose behalf. */
function trust(...trusted: readonly Trusted[]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: trusted.map(({ service, conditions }) => ({
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sts:AssumeRole",
      ...(conditions ? { Condition: conditions } : {}),
    })),
  });
}

const REDSHIFT: Trusted = { service: "redshift.amazonaws.com" };

/** DMS, on behalf of this account's own DMS resources only. */
const ownResources = ({ partition, accountId }: AwsContext): Statement["conditions"] => ({
  StringEquals: { "aws:SourceAccount": accountId },
  ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:dms:*:${accountId}:*` },
});

/**
 * Creates the account's three roles. What comes back must be there before anything of DMS is made: DMS says "the IAM role
 * dms-vpc-role is not configured properly" otherwise. What IAM has not told everybody yet, the provider waits for.
 */
export function accountRoles(
  name: string,
  context: AwsContext,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return Object.entries(ACCOUNT_ROLES).map(([suffix, { role: roleName, policy, why }]) => {
    const role = new aws.iam.Role(
      `${name}-${suffix}`,
      {
        name: roleName,
        description: why,
        assumeRolePolicy: trust(
          { service: "dms.amazonaws.com", conditions: ownResources(context) },
          // Redshift itself copies the files.
          ...(suffix === "endpoint-role" ? [REDSHIFT] : []),
        ),
      },
      // Only one of the name can exist.
      { ...options, deleteBeforeReplace: true },
    );
    return new aws.iam.RolePolicyAttachment(
      `${name}-${suffix}-policy`,
      {
        role: role.name,
        policyArn: pulumi.interpolate`arn:${context.partition}:iam::aws:policy/service-role/${policy}`,
      },
      options,
    );
  });
}

export interface EndpointRoleArgs {
  readonly description: string;
  /** `data`: buckets, streams, tables and the like. `secrets`: Secrets Manager, which DMS asks as the region's own service. */
  readonly purpose: "data" | "secrets";
  /** Redshift itself copies files from the bucket. */
  readonly redshift?: boolean;
  readonly statements: readonly Statement[];
}

/** A role of this migration alone, with the rights its endpoints need. */
export function endpointRole(
  name: string,
  args: EndpointRoleArgs,
  context: AwsContext,
  options: pulumi.CustomResourceOptions,
): { readonly role: aws.iam.Role; readonly policy: aws.iam.RolePolicy | undefined } {
  // Secrets are asked for by `dms.<region>`, which says nothing about whom it comes from: the secret's own policy is the guard.
  // https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html
  const assumeRolePolicy =
    args.purpose === "secrets"
      ? trust({ service: pulumi.interpolate`dms.${context.region}.amazonaws.com` })
      : trust(
          { service: "dms.amazonaws.com", conditions: ownResources(context) },
          ...(args.redshift ? [REDSHIFT] : []),
        );
  const role = new aws.iam.Role(name, { description: args.description, assumeRolePolicy }, options);
  const policy =
    args.statements.length === 0
      ? undefined
      : new aws.iam.RolePolicy(`${name}-policy`, { role: role.id, policy: policyDocument(args.statements) }, options);
  return { role, policy };
}
