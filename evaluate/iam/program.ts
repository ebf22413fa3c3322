import type { Properties, RecordedResource } from "../recorded";
import { decide, type AccessRequest, type Decision } from "./decide";
import { MANAGED_POLICIES } from "./managed";
import { parsePolicy, statementOf, type PolicyStatement } from "./policy";

/** A role of a program with its policies. */
export interface ProgramRole {
  readonly resource: RecordedResource;
  readonly arn: string;
  /** The statements of the policies that the program writes. */
  readonly own: PolicyStatement[];
  /** Those, and the statements of the managed policies that are known. */
  readonly statements: PolicyStatement[];
  readonly trust: readonly PolicyStatement[];
  /** Undefined when it has none, or one that the program does not define: the owner of such a boundary answers for it. */
  readonly boundary: readonly PolicyStatement[] | undefined;
}

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

/** The resources of a program and their policies, indexed once, so that each question costs a look-up. */
export class ProgramPolicies {
  readonly roles: ProgramRole[] = [];
  private readonly byName = new Map<string, ProgramRole>();
  private readonly byArn = new Map<string, RecordedResource>();
  private readonly byPhysicalName = new Map<string, RecordedResource>();
  private readonly byUrn = new Map<string, RecordedResource>();
  private readonly byType = new Map<string, RecordedResource[]>();
  private readonly resourcePolicies = new Map<string, PolicyStatement[]>();

  constructor(readonly resources: readonly RecordedResource[]) {
    for (const resource of resources) {
      const { type, state } = resource;
      this.byUrn.set(resource.urn, resource);
      this.byType.set(type, [...(this.byType.get(type) ?? []), resource]);
      // The policy of a bucket, queue or topic repeats the name of what it is for.
      const isAttachment =
        /Policy$|policy:|bucket[A-Z]/.test(type) || type === "aws:cloudwatch/eventTarget:EventTarget";
      if (state.arn && !isAttachment) this.byArn.set(state.arn, resource);
      if (state.name && !isAttachment) this.byPhysicalName.set(`${type} ${state.name}`, resource);
    }
    for (const role of this.of("aws:iam/role:Role")) this.addRole(role);
    this.addIdentityPolicies();
    this.addResourcePolicies();
  }

  /** Returns the resources of a type. */
  of(type: string): readonly RecordedResource[] {
    return this.byType.get(type) ?? [];
  }

  /** Returns the resource with an ARN; undefined when the program does not define it. */
  at(arn: string): RecordedResource | undefined {
    return this.byArn.get(arn);
  }

  /** Returns the resource of a type with a physical name. */
  named(type: string, name: string): RecordedResource | undefined {
    return this.byPhysicalName.get(`${type} ${name}`);
  }

  /** Returns the components that have a resource, from the nearest outwards. */
  ancestors(resource: RecordedResource): RecordedResource[] {
    const parent = this.byUrn.get(resource.parent);
    return parent ? [parent, ...this.ancestors(parent)] : [];
  }

  /** Returns the role with an ARN or a name; undefined when the program does not define it. */
  role(arnOrName: string | undefined): ProgramRole | undefined {
    return arnOrName === undefined ? undefined : this.byName.get(lastPart(arnOrName));
  }

  /** Returns the policy of the resource with an ARN: empty when it has none, undefined when the program does not define the resource. */
  policyOf(arn: string): readonly PolicyStatement[] | undefined {
    const owner = ownerOf(arn);
    return this.resourcePolicies.get(owner) ?? (this.byArn.has(owner) ? [] : undefined);
  }

  /** Decides a request by the policies of the program. A resource that the program does not define is judged by the caller's policies alone. */
  decide(request: AccessRequest): Decision {
    const role = request.caller.kind === "identity" ? this.role(request.caller.arn) : undefined;
    return decide(request, {
      identity: role?.statements ?? [],
      boundary: role?.boundary,
      resource: this.policyOf(request.resource),
    });
  }

  private addRole(resource: RecordedResource): void {
    const { inputs, state } = resource;
    const boundary = this.of("aws:iam/policy:Policy").find((policy) => policy.state.arn === inputs.permissionsBoundary);
    const own = (inputs.inlinePolicies ?? []).flatMap(({ policy }: Properties) => read(policy));
    const role: ProgramRole = {
      resource,
      arn: state.arn,
      own,
      statements: [...own],
      trust: read(inputs.assumeRolePolicy),
      boundary: boundary && read(boundary.inputs.policy),
    };
    this.roles.push(role);
    this.byName.set(state.name, role);
    this.resourcePolicies.set(
      role.arn,
      [...role.trust].map((statement) => ({ ...statement, resources: ["*"] })),
    );
  }

  private addIdentityPolicies(): void {
    const add = (role: ProgramRole | undefined, statements: readonly PolicyStatement[], isOwn: boolean): void => {
      role?.statements.push(...statements);
      if (isOwn) role?.own.push(...statements);
    };
    for (const { inputs } of this.of("aws:iam/rolePolicy:RolePolicy"))
      add(this.role(inputs.role), read(inputs.policy), true);
    const managed = new Map(this.of("aws:iam/policy:Policy").map(({ state, inputs }) => [state.arn, inputs.policy]));
    const attach = (role: string, policyArn: string): void => {
      const own = managed.get(policyArn);
      const known = MANAGED_POLICIES[lastPart(policyArn)]?.statements.map(statementOf) ?? [];
      add(this.role(role), own === undefined ? known : read(own), own !== undefined);
    };
    for (const { inputs } of this.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment"))
      attach(inputs.role, String(inputs.policyArn));
    for (const { inputs } of this.of("aws:iam/policyAttachment:PolicyAttachment"))
      for (const role of (inputs.roles ?? []) as string[]) attach(role, String(inputs.policyArn));
    for (const { inputs, state } of this.of("aws:iam/role:Role"))
      for (const policyArn of (inputs.managedPolicyArns ?? []) as string[]) attach(state.name, policyArn);
  }

  private addResourcePolicies(): void {
    const add = (arn: unknown, statements: readonly PolicyStatement[]): void => {
      const before = this.resourcePolicies.get(String(arn)) ?? [];
      this.resourcePolicies.set(String(arn), [...before, ...statements]);
    };
    for (const { inputs } of this.of("aws:s3/bucketPolicy:BucketPolicy"))
      add(`arn:${partitionOf(inputs.policy)}:s3:::${inputs.bucket}`, read(inputs.policy));
    const queues = new Map(this.of("aws:sqs/queue:Queue").map(({ state }) => [state.url, state.arn]));
    for (const { inputs } of this.of("aws:sqs/queuePolicy:QueuePolicy"))
      add(queues.get(inputs.queueUrl), read(inputs.policy));
    for (const { inputs } of this.of("aws:sns/topicPolicy:TopicPolicy")) add(inputs.arn, read(inputs.policy));
    // A resource may also have its policy among its own arguments.
    for (const type of ["aws:sqs/queue:Queue", "aws:sns/topic:Topic", "aws:kms/key:Key"])
      for (const { inputs, state } of this.of(type)) if (inputs.policy) add(state.arn, read(inputs.policy));
    for (const { inputs } of this.of("aws:kms/keyPolicy:KeyPolicy")) {
      const key = this.of("aws:kms/key:Key").find(({ state }) => [state.arn, state.keyId].includes(inputs.keyId));
      // It replaces the policy that the key was created with.
      if (key) this.resourcePolicies.set(key.state.arn, read(inputs.policy));
    }
    for (const { inputs } of this.of("aws:secretsmanager/secretPolicy:SecretPolicy"))
      add(inputs.secretArn, read(inputs.policy));
    for (const { inputs } of this.of("aws:lambda/permission:Permission")) {
      const named = this.named(
        "aws:lambda/function:Function",
        lastPart(String(inputs.function).split(":").pop() ?? ""),
      );
      const arn = String(inputs.function).startsWith("arn:") ? inputs.function : named?.state.arn;
      add(arn, [permission(inputs, arn)]);
    }
    for (const { inputs } of this.of("aws:cloudwatch/logResourcePolicy:LogResourcePolicy"))
      add(LOGS, read(inputs.policyDocument));
  }
}

/** CloudWatch Logs has one set of resource policies for an account and region, whatever the log group. */
const LOGS = "logs";

/** Returns the ARN of what has the policy for a resource: of an object the bucket, of a stream the region's logs, of a version the function. */
function ownerOf(arn: string): string {
  const [, , service = ""] = arn.split(":");
  if (service === "s3") return arn.split("/")[0] ?? arn;
  if (service === "logs") return LOGS;
  if (service === "lambda") return arn.split(":").slice(0, 7).join(":");
  return arn;
}

const read = (policy: unknown): PolicyStatement[] => (typeof policy === "string" ? parsePolicy(policy) : []);
const partitionOf = (policy: unknown): string => /"arn:(aws[\w-]*):/.exec(String(policy))?.[1] ?? "aws";

/** Writes a Lambda permission as the statement that Lambda adds to the function's policy. */
const permission = (inputs: Properties, arn: string): PolicyStatement => {
  const isService = !/^(\d{12}|arn:.*|\*)$/.test(String(inputs.principal));
  return statementOf({
    Effect: "Allow",
    Action: inputs.action,
    Resource: arn,
    Principal: inputs.principal === "*" ? "*" : { [isService ? "Service" : "AWS"]: inputs.principal },
    Condition: {
      ...(inputs.sourceArn ? { ArnLike: { "aws:SourceArn": inputs.sourceArn } } : {}),
      ...(inputs.sourceAccount ? { StringEquals: { "aws:SourceAccount": inputs.sourceAccount } } : {}),
    },
  });
};
