import { CreateRoleCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import type { Ministack } from "./ministack";

/** A statement that allows something. */
export interface Grant {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/**
 * Makes a role on an emulator, unless it is there, that these services may assume, and gives it exactly these rights. Test files
 * share an emulator, and each gives a role of the same name what it needs itself.
 */
export async function givenRole(
  { endpoint }: Pick<Ministack, "endpoint">,
  RoleName: string,
  services: readonly string[],
  grants: readonly Grant[] = [],
): Promise<string> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const iam = new IAMClient({ endpoint, region: "us-east-1", credentials });
  const Service = services.map((service) => `${service}.amazonaws.com`);
  const trusted = { Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trusted] });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument })).catch(async (error: Error) => {
    if (error.name !== "EntityAlreadyExistsException") throw error;
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: AssumeRolePolicyDocument }));
  });
  await grantTo(iam, RoleName, grants);
  return `arn:aws:iam::000000000000:role/${RoleName}`;
}

/** Replaces the rights of a role. */
export async function grantTo(iam: IAMClient, RoleName: string, grants: readonly Grant[]): Promise<void> {
  // A policy needs a statement.
  const none = { Effect: "Deny", Action: "iam:*", Resource: "*" };
  const Statement = [none, ...grants.map((grant) => ({ Effect: "Allow", ...grant }))];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "rights", PolicyDocument }));
}
