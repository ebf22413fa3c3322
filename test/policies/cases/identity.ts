import { ACCOUNT, allow, narrowed, open, policy, UNKNOWN, type Cases, type Change, type Fixture } from "./case";

const statement = (more: object = {}): object => ({
  Effect: "Allow",
  Action: ["s3:GetObject", "s3:PutObject"],
  Resource: "arn:aws:s3:::shop-raw/*",
  ...more,
});
const document = policy(statement());
const rights: Fixture = { type: "aws:iam/rolePolicy:RolePolicy", props: { policy: document } };
const instead = (...more: readonly object[]): Change => ({ "rights.policy": policy(...more.map(statement)) });
const unreadable: Record<string, readonly [Change, RegExp]> = {
  "has a policy that is no JSON": [{ "rights.policy": "{" }, /no policy that can be read/],
  "has a policy without statements": [{ "rights.policy": "{}" }, /no policy that can be read/],
};
const attachment = (kind: string, policyArn: unknown): Fixture => ({
  type: `aws:iam/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`,
  props: { policyArn },
});
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const KINDS = ["RolePolicyAttachment", "UserPolicyAttachment", "GroupPolicyAttachment", "PolicyAttachment"];
const everywhere = (change: (type: string) => Fixture): Record<string, Change> =>
  Object.fromEntries(
    ["aws:iam/policy:Policy", "aws:iam/userPolicy:UserPolicy", "aws:iam/groupPolicy:GroupPolicy"].map((type) => [
      `is of ${type}`,
      { rights: change(type) },
    ]),
  );

export const IDENTITY: Cases = {
  "iam/no-admin": {
    stack: { rights },
    fields: { "rights.policy": {} },
    compliant: {
      ...everywhere((type) => ({ type, props: { policy: document } })),
      "allows every action on one bucket": instead({ Action: "*" }),
      "allows some actions on everything": instead({ Resource: "*" }),
      "denies everything": instead({ Effect: "Deny", Action: "*", Resource: "*" }, {}),
      "attaches another policy": {
        rights: attachment("RolePolicyAttachment", "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole"),
      },
      "attaches a policy whose name begins so": {
        rights: attachment("RolePolicyAttachment", `arn:aws:iam::${ACCOUNT}:policy/AdministratorAccessOfRaw`),
      },
    },
    violating: {
      ...unreadable,
      "allows everything": [instead({ Action: "*", Resource: "*" }), /every action on every resource/],
      "allows everything among others": [
        instead({}, { Action: ["s3:GetObject", "*:*"], Resource: ["arn:aws:s3:::a", "*"] }),
        /every action on every resource/,
      ],
      "allows everything but one action": [
        instead({ Action: undefined, NotAction: "iam:*", Resource: "*" }),
        /every action on every resource/,
      ],
      "allows everything on all but one resource": [
        instead({ Action: "*", Resource: undefined, NotResource: "arn:aws:s3:::a" }),
        /every action on every resource/,
      ],
      ...Object.fromEntries(
        KINDS.map((kind) => [
          `is a ${kind} of AdministratorAccess`,
          [{ rights: attachment(kind, ADMINISTRATOR) }, /AdministratorAccess/] as const,
        ]),
      ),
      "attaches nobody knows what": [{ rights: attachment("RolePolicyAttachment", undefined) }, /policyArn is not set/],
    },
    unknown: { "attaches who knows what": { rights: attachment("RolePolicyAttachment", UNKNOWN) } },
  },
  "iam/no-wildcard-service": {
    stack: { rights },
    fields: { "rights.policy": {} },
    compliant: {
      ...everywhere((type) => ({ type, props: { policy: document } })),
      "allows all reads of a service": instead({ Action: "s3:Get*" }),
      "denies all of a service": instead({ Effect: "Deny", Action: "s3:*" }, {}),
    },
    violating: {
      ...unreadable,
      "allows all of a service": [instead({ Action: "s3:*" }), /^s3:\* allows every action/],
      "allows all of a service in its second statement": [
        instead({}, { Action: ["s3:GetObject", "dynamodb:*"] }),
        /^dynamodb:\* allows every action/,
      ],
      "allows everything": [instead({ Action: "*" }), /^\* allows every action/],
      "allows all but some": [instead({ Action: undefined, NotAction: ["iam:*"] }), /^NotAction allows every action/],
    },
  },
  "iam/trust-not-public": {
    stack: {
      role: {
        type: "aws:iam/role:Role",
        props: {
          assumeRolePolicy: policy({
            Effect: "Allow",
            Principal: { Service: "glue.amazonaws.com" },
            Action: "sts:AssumeRole",
          }),
        },
      },
    },
    fields: { "role.assumeRolePolicy": {} },
    compliant: narrowed("role.assumeRolePolicy"),
    violating: {
      ...open("role.assumeRolePolicy"),
      "has a service and everybody": [
        { "role.assumeRolePolicy": policy(allow({ Principal: { Service: "glue.amazonaws.com", AWS: "*" } })) },
        /every principal may assume it/,
      ],
    },
  },
};
