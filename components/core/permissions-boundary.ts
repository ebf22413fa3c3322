import type * as pulumi from "@pulumi/pulumi";

const BOUNDED = ["aws:iam/role:Role", "aws:iam/user:User"];

/**
 * Bounds every IAM role and user of a program by a managed policy. A program registers it once, before it makes a component.
 *
 * @example
 * pulumi.runtime.registerResourceTransform(permissionsBoundaryTransform(policyArn));
 */
export function permissionsBoundaryTransform(policyArn: pulumi.Input<string>): pulumi.ResourceTransform {
  return ({ type, props, opts }) =>
    BOUNDED.includes(type) ? { props: { permissionsBoundary: policyArn, ...props }, opts } : undefined;
}
