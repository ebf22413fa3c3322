import type { Row } from "../generic/row";
import { withoutKeys, withoutPolicies } from "../types/iam";

/** IAM answers with documents that are percent-encoded. */
const decoded = (document: string | undefined): string | undefined => document && decodeURIComponent(document);

/** A request gives the boundary's ARN, and an answer a structure around it. */
const BOUNDARY = ["PermissionsBoundary.PermissionsBoundaryArn", "PermissionsBoundary"];

/** A policy that is part of a role or user; neither name may have a colon. */
const inlinePolicy = (noun: "Role" | "User"): Row => {
  const owner = noun.toLowerCase();
  return {
    type: `aws:iam/${owner}Policy:${noun}Policy`,
    service: "IAM",
    create: `Put${noun}Policy`,
    id: `{${owner}}:{name}`,
    names: { [owner]: `${noun}Name`, name: "PolicyName", policy: "PolicyDocument" },
    read: { operation: `Get${noun}Policy`, item: "." },
    update: [`Put${noun}Policy`],
    delete: `Delete${noun}Policy`,
    computed: ({ item }) => ({ policy: decoded(item.PolicyDocument) }),
    replaceOn: [owner, "name", "namePrefix"],
    keeps: ["name"],
    documents: ["policy"],
    autoname: { property: "name", prefix: "namePrefix", maxLength: 128 },
  };
};

export const IAM: readonly Row[] = [
  {
    type: "aws:iam/accessKey:AccessKey",
    service: "IAM",
    create: "CreateAccessKey",
    id: "AccessKey.AccessKeyId",
    names: { user: "UserName" },
    read: { operation: "ListAccessKeys", with: ({ user }) => ({ UserName: user }) },
    update: ["UpdateAccessKey"],
    delete: "DeleteAccessKey",
    once: ({ AccessKey }) => ({ secret: AccessKey.SecretAccessKey }),
    replaceOn: ["user", "pgpKey"],
    defaults: { status: "Active" },
    refuses: { pgpKey: "the local cloud encrypts nothing for others" },
  },
  {
    type: "aws:iam/role:Role",
    service: "IAM",
    create: "CreateRole",
    id: "{name}",
    names: {
      assumeRolePolicy: ["AssumeRolePolicyDocument", "PolicyDocument"],
      permissionsBoundary: BOUNDARY,
      uniqueId: "RoleId",
    },
    read: "GetRole",
    update: [
      "UpdateAssumeRolePolicy",
      "UpdateRole",
      { operation: "PutRolePermissionsBoundary", off: "DeleteRolePermissionsBoundary" },
    ],
    delete: "DeleteRole",
    tags: { tag: "TagRole", untag: "UntagRole", of: "id" },
    computed: ({ item }) => ({
      assumeRolePolicy: decoded(item.AssumeRolePolicyDocument),
      maxSessionDuration: item.MaxSessionDuration ?? 3600,
    }),
    unset: { description: "" },
    cleared: ["description", "permissionsBoundary"],
    replaceOn: ["name", "namePrefix", "path"],
    defaults: { path: "/", maxSessionDuration: 3600 },
    keeps: ["name"],
    documents: ["assumeRolePolicy"],
    settings: ["forceDetachPolicies"],
    refuses: {
      inlinePolicies: "use aws.iam.RolePolicy instead",
      managedPolicyArns: "use aws.iam.RolePolicyAttachment instead",
    },
    autoname: { property: "name", prefix: "namePrefix", maxLength: 64 },
    wrap: withoutPolicies,
  },
  inlinePolicy("Role"),
  {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service: "IAM",
    create: "AttachRolePolicy",
    id: "{role}/{policyArn}",
    names: { role: "RoleName" },
    read: "ListAttachedRolePolicies",
    delete: "DetachRolePolicy",
  },
  {
    type: "aws:iam/user:User",
    service: "IAM",
    create: "CreateUser",
    id: "{name}",
    names: { permissionsBoundary: BOUNDARY, uniqueId: "UserId" },
    read: "GetUser",
    update: [{ operation: "PutUserPermissionsBoundary", off: "DeleteUserPermissionsBoundary" }],
    delete: "DeleteUser",
    tags: { tag: "TagUser", untag: "UntagUser", of: "id" },
    computed: ({ item }) => ({ path: item.Path ?? "/" }),
    cleared: ["permissionsBoundary"],
    replaceOn: ["name", "path"],
    defaults: { path: "/" },
    keeps: ["name"],
    settings: ["forceDestroy"],
    autoname: { property: "name", maxLength: 64 },
    wrap: withoutKeys,
  },
  inlinePolicy("User"),
];
