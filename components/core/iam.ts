import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "./scope";

type Condition = Readonly<
  Record<string, Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>>
>;

/** One statement of a policy document. Resources are concrete ARNs; `*` only where the service has nothing narrower. */
export interface Statement {
  readonly sid?: string;
  /** The default is `Allow`. */
  readonly effect?: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly pulumi.Input<string>[];
  /** Who the statement is about; in resource policies only. */
  readonly principals?: "*" | Readonly<Record<string, readonly pulumi.Input<string>[]>>;
  readonly conditions?: Condition;
}

/** Refuses requests that do not come over TLS: the first statement of every resource policy. */
export const denyPlainHttp = (actions: readonly string[], resources: Statement["resources"]): Statement => ({
  sid: "DenyPlainHttp",
  effect: "Deny",
  principals: "*",
  actions,
  resources,
  conditions: { Bool: { "aws:SecureTransport": "false" } },
});

interface PlainStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string[];
  readonly Resource: string[];
  readonly Condition?: unknown;
}

/** Makes the JSON text of a policy document. Statements that differ in their actions only become one. */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
  const plain = statements.map((statement) => ({
    ...(statement.sid ? { Sid: statement.sid } : {}),
    Effect: statement.effect ?? "Allow",
    ...(statement.principals ? { Principal: statement.principals } : {}),
    Action: [...statement.actions],
    Resource: [...statement.resources],
    ...(statement.conditions ? { Condition: statement.conditions } : {}),
  }));
  return pulumi
    .output(plain)
    .apply((resolved) =>
      JSON.stringify({ Version: "2012-10-17", Statement: mergedStatements(resolved as unknown as PlainStatement[]) }),
    );
}

/**
 * Joins statements that differ in their actions only. Grants repeat one another, as each has the rights to its key, and an inline
 * policy of a role ends at 10,240 characters
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
 */
export function mergedStatements(statements: readonly PlainStatement[]): PlainStatement[] {
  const merged = new Map<string, PlainStatement>();
  for (const statement of statements) {
    const { Action, ...rest } = statement;
    const key = JSON.stringify({ ...rest, Resource: [...rest.Resource].sort() });
    const before = merged.get(key);
    merged.set(key, before ? { ...before, Action: [...new Set([...before.Action, ...Action])] } : statement);
  }
  return [...merged.values()];
}

export interface ServiceRoleArgs {
  /** The service's principal, for example `lambda.amazonaws.com`. */
  readonly service: string;
  readonly description: string;
  readonly statements: readonly Statement[];
  /** Only resources of this account may use the role: the confused-deputy guard, for services that send it. */
  readonly sourceAccount?: pulumi.Input<string>;
  /** Only this resource may use the role, where the service documents its ARN as `aws:SourceArn`. */
  readonly sourceArn?: pulumi.Input<string>;
  /** Only callers that state this id may use the role, for services that document `sts:ExternalId`. */
  readonly externalId?: pulumi.Input<string>;
  readonly managedPolicies?: readonly pulumi.Input<string>[];
}

/** Makes the role `<scope>-<role>`, which one AWS service assumes, with its rights as one inline policy. */
export function serviceRole(
  scope: Scope,
  role: string,
  args: ServiceRoleArgs,
): { readonly role: aws.iam.Role; readonly policy: aws.iam.RolePolicy | undefined } {
  const name = `${scope.name}-${role}`;
  const source = {
    ...(args.sourceAccount ? { "aws:SourceAccount": args.sourceAccount } : {}),
    ...(args.sourceArn ? { "aws:SourceArn": args.sourceArn } : {}),
    ...(args.externalId ? { "sts:ExternalId": args.externalId } : {}),
  };
  const made = new aws.iam.Role(
    name,
    {
      description: args.description,
      assumeRolePolicy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: args.service },
            Action: "sts:AssumeRole",
            ...(Object.keys(source).length > 0 ? { Condition: { StringEquals: source } } : {}),
          },
        ],
      }),
    },
    scope.child(),
  );
  args.managedPolicies?.forEach((policyArn, index) => {
    new aws.iam.RolePolicyAttachment(`${name}-managed-${index}`, { role: made.name, policyArn }, scope.child());
  });
  const policy =
    args.statements.length === 0
      ? undefined
      : new aws.iam.RolePolicy(
          `${name}-policy`,
          { role: made.id, policy: policyDocument(args.statements) },
          scope.child(),
        );
  return { role: made, policy };
}
