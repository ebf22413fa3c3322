import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, type Statement } from "../../core/iam";
import type { AwsContext, Scope } from "../../core/scope";

/**
 * The roles that DMS looks for by name, one of each in an account, and AWS's own policies for them:
 * https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole.
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
    why: "Lets DMS store files for Redshift",
  },
};

/** The names that DMS prescribes. */
export const ACCOUNT_ROLE_NAMES: readonly string[] = Object.values(ACCOUNT_ROLES).map(({ role }) => role);

interface Trusted {
  readonly service: pulumi.Input<string> | pulumi.Input<string>[];
  readonly conditions?: Statement["conditions"];
}

/** Says which services may assume a role, and for which resources. */
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

/** Redshift itself copies the files of a migration. */
const REDSHIFT: Trusted = { service: "redshift.amazonaws.com" };

/** DMS, for this account's own DMS resources only. */
const ownResources = ({ partition, accountId }: AwsContext): Trusted => ({
  service: "dms.amazonaws.com",
  conditions: {
    StringEquals: { "aws:SourceAccount": accountId },
    ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:dms:*:${accountId}:*` },
  },
});

/**
 * Secrets are read by `dms.<region>`, which does not say for which resource: the secret's own policy is the guard:
 * https://docs.aws.amazon.com/dms/latest/userguide/security_iam_secretsmanager.html.
 */
const regional = ({ region }: AwsContext): pulumi.Output<string> => pulumi.interpolate`dms.${region}.amazonaws.com`;

/**
 * Makes the account's three roles. They must be there before anything of DMS is made: DMS says "the IAM role dms-vpc-role is not
 * configured properly" otherwise. The provider waits until all of IAM knows them.
 */
export function accountRoles(scope: Scope): pulumi.Resource[] {
  return Object.entries(ACCOUNT_ROLES).map(([suffix, { role: roleName, policy, why }]) => {
    const copies = suffix === "endpoint-role" ? [REDSHIFT] : [];
    const role = new aws.iam.Role(
      `${scope.name}-${suffix}`,
      { name: roleName, description: why, assumeRolePolicy: trust(ownResources(scope.aws), ...copies) },
      // Only one role of the name can exist.
      scope.child({ deleteBeforeReplace: true }),
    );
    const policyArn = pulumi.interpolate`arn:${scope.aws.partition}:iam::aws:policy/service-role/${policy}`;
    const args = { role: role.name, policyArn };
    return new aws.iam.RolePolicyAttachment(`${scope.name}-${suffix}-policy`, args, scope.child());
  });
}

export interface MigrationRoleArgs {
  readonly description: string;
  /**
   * What assumes the role: DMS for `data` (buckets, streams, tables and the like), DMS and Redshift for `redshiftData`, DMS as
   * the region's own service for `secrets`, and for `conversion` also schema conversion, which is a service of its own:
   * https://docs.aws.amazon.com/dms/latest/userguide/set-up.html.
   */
  readonly purpose: "data" | "redshiftData" | "secrets" | "conversion";
  readonly statements: readonly Statement[];
}

/** Makes the role `<scope>-<role>` of this migration alone, with its rights as one inline policy. */
export function migrationRole(
  scope: Scope,
  role: string,
  { description, purpose, statements }: MigrationRoleArgs,
): { readonly role: aws.iam.Role; readonly policy: aws.iam.RolePolicy | undefined } {
  const name = `${scope.name}-${role}`;
  const assumeRolePolicy = {
    data: () => trust(ownResources(scope.aws)),
    redshiftData: () => trust(ownResources(scope.aws), REDSHIFT),
    secrets: () => trust({ service: regional(scope.aws) }),
    conversion: () => trust({ service: ["schema-conversion.dms.amazonaws.com", regional(scope.aws)] }),
  }[purpose]();
  const made = new aws.iam.Role(name, { description, assumeRolePolicy }, scope.child());
  if (statements.length === 0) return { role: made, policy: undefined };
  const args = { role: made.id, policy: policyDocument(statements) };
  return { role: made, policy: new aws.iam.RolePolicy(`${name}-policy`, args, scope.child()) };
}
